package canvas

import (
	"slices"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// Themes are the choices of colours: auto is dark or light, as the terminal's background is
// found to be; contrast is for it, too, without greys.
var Themes = []string{"auto", "dark", "light", "contrast"}

// darkBackground asks the terminal what its background is.
var darkBackground = lipgloss.HasDarkBackground

// ChosenTheme renders the theme of that name; of another name, or none, auto.
func ChosenTheme(p termenv.Profile, name string) *Theme {
	if p == termenv.Ascii || !slices.Contains(Themes, name) {
		name = "auto"
	}
	switch {
	case p == termenv.Ascii || name == "dark":
		return NewTheme(p, true)
	case name == "light":
		return NewTheme(p, false)
	case name == "contrast" && darkBackground():
		return render(p, &contrastDark)
	case name == "contrast":
		return render(p, &contrastLight)
	}
	return NewTheme(p, darkBackground())
}

// The high-contrast colours: at least 7:1 on their background (WCAG 2.1, success
// criterion 1.4.6), the quiet parts included. Badges are those of all themes: colours as far
// apart are not to be had within that.
var (
	contrastDark = colours{
		&contrastDarkLooks,
		[versions]string{"#9BD8FF", "#FFC04D", "#FFB3DA", "#5CE6B8", "#FFF266", "#8CC4FF", "#FF9F5C", "#D0D6DC"},
		okabeIto, badgeText,
	}
	contrastLight = colours{
		&contrastLightLooks,
		[versions]string{"#004C78", "#6B4700", "#7A1F55", "#00523B", "#575000", "#00497A", "#7A3300", "#3D444B"},
		okabeIto, badgeText,
	}
)

var contrastDarkLooks = [StyleCount]look{
	StDim: {}, StBold: {bold: true},
	StBorder: {}, StFocus: {fg: "#FFFF00", bold: true}, StTrack: {},
	StBad: {fg: "#FF9C9C"}, StBadBold: {fg: "#FF9C9C", bold: true}, StBadFill: {fg: "#000000", bg: "#FF9C9C", bold: true},
	StFault: {fg: "#FFD966"}, StFaultBold: {fg: "#FFD966", bold: true},
	StGood: {fg: "#7DF0A4"}, StGoodBold: {fg: "#7DF0A4", bold: true},
	StBar: {fg: "#000000", bg: "#FFFFFF"}, StBarBold: {fg: "#000000", bg: "#FFFFFF", bold: true},
	StBarDim: {fg: "#000000", bg: "#FFFFFF"}, StBarFault: {fg: "#5E3D00", bg: "#FFFFFF", bold: true},
	StCaption: {bold: true}, StSelect: {reverse: true, bold: true},
	StStruck: {strike: true}, StInput: {}, StCursor: {reverse: true},
}

var contrastLightLooks = [StyleCount]look{
	StDim: {}, StBold: {bold: true},
	StBorder: {}, StFocus: {fg: "#0000C0", bold: true}, StTrack: {},
	StBad: {fg: "#8F0F0F"}, StBadBold: {fg: "#8F0F0F", bold: true}, StBadFill: {fg: "#FFFFFF", bg: "#8F0F0F", bold: true},
	StFault: {fg: "#5E3D00"}, StFaultBold: {fg: "#5E3D00", bold: true},
	StGood: {fg: "#0B5424"}, StGoodBold: {fg: "#0B5424", bold: true},
	StBar: {fg: "#FFFFFF", bg: "#000000"}, StBarBold: {fg: "#FFFFFF", bg: "#000000", bold: true},
	StBarDim: {fg: "#FFFFFF", bg: "#000000"}, StBarFault: {fg: "#FFD966", bg: "#000000", bold: true},
	StCaption: {bold: true}, StSelect: {reverse: true, bold: true},
	StStruck: {strike: true}, StInput: {}, StCursor: {reverse: true},
}
