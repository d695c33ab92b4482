package tui

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

// chosenTheme renders the theme of that name; of another name, or none, auto.
func chosenTheme(p termenv.Profile, name string) *theme {
	if p == termenv.Ascii || !slices.Contains(Themes, name) {
		name = "auto"
	}
	switch {
	case p == termenv.Ascii || name == "dark":
		return newTheme(p, true)
	case name == "light":
		return newTheme(p, false)
	case name == "contrast" && darkBackground():
		return render(p, &contrastDark)
	case name == "contrast":
		return render(p, &contrastLight)
	}
	return newTheme(p, darkBackground())
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

var contrastDarkLooks = [styleCount]look{
	stDim: {}, stBold: {bold: true},
	stBorder: {}, stFocus: {fg: "#FFFF00", bold: true}, stTrack: {},
	stBad: {fg: "#FF9C9C"}, stBadBold: {fg: "#FF9C9C", bold: true}, stBadFill: {fg: "#000000", bg: "#FF9C9C", bold: true},
	stFault: {fg: "#FFD966"}, stFaultBold: {fg: "#FFD966", bold: true},
	stGood: {fg: "#7DF0A4"}, stGoodBold: {fg: "#7DF0A4", bold: true},
	stBar: {fg: "#000000", bg: "#FFFFFF"}, stBarBold: {fg: "#000000", bg: "#FFFFFF", bold: true},
	stBarDim: {fg: "#000000", bg: "#FFFFFF"}, stBarFault: {fg: "#5E3D00", bg: "#FFFFFF", bold: true},
	stCaption: {bold: true}, stSelect: {reverse: true, bold: true},
	stStruck: {strike: true}, stInput: {}, stCursor: {reverse: true},
}

var contrastLightLooks = [styleCount]look{
	stDim: {}, stBold: {bold: true},
	stBorder: {}, stFocus: {fg: "#0000C0", bold: true}, stTrack: {},
	stBad: {fg: "#8F0F0F"}, stBadBold: {fg: "#8F0F0F", bold: true}, stBadFill: {fg: "#FFFFFF", bg: "#8F0F0F", bold: true},
	stFault: {fg: "#5E3D00"}, stFaultBold: {fg: "#5E3D00", bold: true},
	stGood: {fg: "#0B5424"}, stGoodBold: {fg: "#0B5424", bold: true},
	stBar: {fg: "#FFFFFF", bg: "#000000"}, stBarBold: {fg: "#FFFFFF", bg: "#000000", bold: true},
	stBarDim: {fg: "#FFFFFF", bg: "#000000"}, stBarFault: {fg: "#FFD966", bg: "#000000", bold: true},
	stCaption: {bold: true}, stSelect: {reverse: true, bold: true},
	stStruck: {strike: true}, stInput: {}, stCursor: {reverse: true},
}
