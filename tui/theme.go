package tui

import (
	"github.com/muesli/termenv"
)

// style is one way for a cell to look. Styles are rendered once, into the escape
// sequence that selects them, and appended.
type style uint8

// The styles. Each says what it is for, not how it looks. The eight of a version's
// number stand in a row.
const (
	stText   style = iota // the terminal's own
	stDim                 // what can be skipped
	stBold                // names, the newest
	stBorder              // quiet borders
	stFocus               // the focused pane's border
	stTrack               // the future, and links at rest
	stBad                 // broken or untrue
	stBadBold
	stBadFill // … and to be seen from the last row
	stFault   // done to the cluster
	stFaultBold
	stGood // holds
	stGoodBold
	stBar // the title bar
	stBarBold
	stBarDim
	stBarFault
	stCaption // what the lesson says now
	stSelect  // the chosen line
	stStruck  // refused versions
	stInput   // what is being typed
	stCode    // words of the script language in prose
	stCursor
	stVersion     // v1's text; seven more follow
	stVersionBold = stVersion + versions
	stBadge       = stVersionBold + versions // v1's badge: filled
	styleCount    = stBadge + versions
	versions      = 8
)

// version returns the style of a version's text.
func version(n int) style { return stVersion + style(max(n-1, 0)%versions) }

// badge returns the style of the badge of a version that is served.
func badge(n int) style { return stBadge + style(max(n-1, 0)%versions) }

func versionBold(n int) style { return stVersionBold + style(max(n-1, 0)%versions) }

// theme is the styles rendered for one terminal.
type theme struct {
	seq     [styleCount]string
	parts   [styleCount]parts
	alike   [styleCount]style // the first style that looks the same
	visible [styleCount]bool  // a blank in this style shows
	badges  bool              // badges are filled; otherwise they stand in brackets
}

// look is how a style looks.
type look struct {
	fg, bg                                  string // "#rrggbb"; "" for the terminal's own
	bold, faint, underline, reverse, strike bool
}

// okabeIto are the colours of versions 1 … 8, told apart by colour-blind eyes too.
// Source: Okabe & Ito, Color Universal Design (2008); its black is a grey here.
var okabeIto = [versions]string{"#56B4E9", "#E69F00", "#CC79A7", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#A9B1BA"}

// The same hues as text on a dark and on a light background.
var (
	onDark  = [versions]string{"#56B4E9", "#E69F00", "#DA8FBA", "#20B98C", "#F0E442", "#4C9BE0", "#EC7A2B", "#A9B1BA"}
	onLight = [versions]string{"#1B6E9E", "#8C6000", "#A9437D", "#007A59", "#736B00", "#0072B2", "#B44F00", "#5C646D"}
)

// badgeText is what is legible on each badge.
var badgeText = [versions]string{"#000000", "#000000", "#000000", "#000000", "#000000", "#FFFFFF", "#000000", "#000000"}

// newTheme renders the styles for a terminal with so many colours (termenv.Ascii:
// none, attributes only).
func newTheme(p termenv.Profile, dark bool) *theme {
	if dark {
		return render(p, &darkColours)
	}
	return render(p, &lightColours)
}

// colours are all looks of a theme. Those of the versions are made from theirs.
type colours struct {
	looks              *[styleCount]look
	text, filled, over [versions]string // a version's text, its badge, and what stands on that
}

var (
	darkColours    = colours{&darkLooks, onDark, okabeIto, badgeText}
	lightColours   = colours{&lightLooks, onLight, okabeIto, badgeText}
	sixteenColours = colours{&sixteenLooks, sixteenText, sixteenFill, sixteenOver}
)

// render renders the styles. A terminal with sixteen colours has its own.
func render(p termenv.Profile, of *colours) *theme {
	if p == termenv.ANSI {
		of = &sixteenColours
	}
	looks, text, filled, over := *of.looks, of.text, of.filled, of.over
	for i := range versions {
		looks[int(stVersion)+i] = look{fg: text[i]}
		looks[int(stVersionBold)+i] = look{fg: text[i], bold: p != termenv.ANSI} // bold would be another colour
		looks[int(stBadge)+i] = look{fg: over[i], bg: filled[i], bold: p != termenv.ANSI}
	}
	t := &theme{badges: p != termenv.Ascii}
	for i, l := range looks {
		t.parts[i] = partsOf(p, l)
		t.seq[i] = t.parts[i].sequence()
		for t.seq[t.alike[i]] != t.seq[i] {
			t.alike[i]++
		}
		t.visible[i] = l.bg != "" && p != termenv.Ascii || l.reverse || l.underline || l.strike
	}
	return t
}

// parts are the codes of a look, each with a semicolon before it.
type parts struct{ attrs, fg, bg string }

func partsOf(p termenv.Profile, l look) parts {
	var s parts
	for _, a := range []struct {
		on   bool
		code string
	}{{l.bold, ";1"}, {l.faint, ";2"}, {l.underline, ";4"}, {l.reverse, ";7"}, {l.strike, ";9"}} {
		if a.on {
			s.attrs += a.code
		}
	}
	if c := p.Color(l.fg); p != termenv.Ascii && l.fg != "" && c != nil {
		s.fg = ";" + c.Sequence(false)
	}
	if c := p.Color(l.bg); p != termenv.Ascii && l.bg != "" && c != nil {
		s.bg = ";" + c.Sequence(true)
	}
	return s
}

// sequence returns what selects the look, whatever was selected before.
func (s parts) sequence() string { return "\x1b[0" + s.attrs + s.fg + s.bg + "m" }

// change appends what selects one style when another is selected: what differs, or, if an
// attribute is to go, everything.
func (t *theme) change(out []byte, from, to style) []byte {
	was, is := &t.parts[from], &t.parts[to]
	if was.attrs != is.attrs && was.attrs != "" || is.attrs == "" && is.fg == "" && is.bg == "" {
		out = append(out, "\x1b["...)
		out = append(append(append(out, is.attrs...), is.fg...), is.bg...)
		return append(out, 'm')
	}
	begun := len(out)
	if was.attrs != is.attrs {
		out = append(out, is.attrs...)
	}
	if was.fg != is.fg {
		out = append(out, orElse(is.fg, ";39")...)
	}
	if was.bg != is.bg {
		out = append(out, orElse(is.bg, ";49")...)
	}
	if len(out) == begun {
		return out
	}
	// The first code's semicolon gives way to what begins a sequence.
	out = append(out, 0)
	copy(out[begun+1:], out[begun:])
	out[begun], out[begun+1] = '\x1b', '['
	return append(out, 'm')
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// What a terminal with sixteen colours shows: its own, by number. Black text is
// never bold, which many terminals would show as grey.
var (
	sixteenText = [versions]string{"14", "3", "13", "10", "11", "12", "15", "7"}
	sixteenFill = [versions]string{"6", "3", "13", "2", "11", "4", "15", "7"}
	sixteenOver = [versions]string{"0", "0", "0", "0", "0", "15", "0", "0"}
)

var sixteenLooks = [styleCount]look{
	stDim: {fg: "8"}, stBold: {bold: true},
	stBorder: {fg: "8"}, stFocus: {fg: "14", bold: true}, stTrack: {fg: "8"},
	stBad: {fg: "9"}, stBadBold: {fg: "9", bold: true}, stBadFill: {fg: "15", bg: "1", bold: true},
	stFault: {fg: "11"}, stFaultBold: {fg: "11", bold: true},
	stGood: {fg: "10"}, stGoodBold: {fg: "10", bold: true},
	stBar: {}, stBarBold: {bold: true}, // a filled bar would outshine what is below it
	stBarDim: {fg: "8"}, stBarFault: {fg: "11", bold: true},
	stCaption: {bold: true}, stSelect: {reverse: true},
	stStruck: {fg: "8", strike: true}, stInput: {}, stCode: {fg: "14"}, stCursor: {reverse: true},
}

var darkLooks = [styleCount]look{
	stDim: {fg: "#7A8490"}, stBold: {bold: true},
	stBorder: {fg: "#4C5661"}, stFocus: {fg: "#56B4E9", bold: true}, stTrack: {fg: "#5B6672"},
	stBad: {fg: "#FF6B6B"}, stBadBold: {fg: "#FF6B6B", bold: true}, stBadFill: {fg: "#1A0000", bg: "#FF6B6B", bold: true},
	stFault: {fg: "#F2C55C"}, stFaultBold: {fg: "#F2C55C", bold: true},
	stGood: {fg: "#62D48A"}, stGoodBold: {fg: "#62D48A", bold: true},
	stBar: {fg: "#D8DEE9", bg: "#22303F"}, stBarBold: {fg: "#FFFFFF", bg: "#22303F", bold: true},
	stBarDim: {fg: "#8FA1B3", bg: "#22303F"}, stBarFault: {fg: "#F2C55C", bg: "#22303F", bold: true},
	stCaption: {fg: "#FFFFFF", bold: true}, stSelect: {fg: "#FFFFFF", bg: "#2F4A63", bold: true},
	stStruck: {fg: "#7A8490", strike: true}, stInput: {fg: "#FFFFFF"}, stCode: {fg: "#8FC7E8"}, stCursor: {reverse: true},
}

var lightLooks = [styleCount]look{
	stDim: {fg: "#6A737D"}, stBold: {bold: true},
	stBorder: {fg: "#B4BCC4"}, stFocus: {fg: "#0072B2", bold: true}, stTrack: {fg: "#858E97"},
	stBad: {fg: "#C62828"}, stBadBold: {fg: "#C62828", bold: true}, stBadFill: {fg: "#FFFFFF", bg: "#C62828", bold: true},
	stFault: {fg: "#8A5A00"}, stFaultBold: {fg: "#8A5A00", bold: true},
	stGood: {fg: "#1B7F3B"}, stGoodBold: {fg: "#1B7F3B", bold: true},
	stBar: {fg: "#1F2933", bg: "#DCE6EF"}, stBarBold: {fg: "#000000", bg: "#DCE6EF", bold: true},
	stBarDim: {fg: "#52606D", bg: "#DCE6EF"}, stBarFault: {fg: "#8A5A00", bg: "#DCE6EF", bold: true},
	stCaption: {bold: true}, stSelect: {fg: "#000000", bg: "#BBD7EE", bold: true},
	stStruck: {fg: "#6A737D", strike: true}, stInput: {}, stCode: {fg: "#1F5F86"}, stCursor: {reverse: true},
}
