package canvas

import "github.com/muesli/termenv"

// Style is one way for a cell to look. Styles are rendered once, into the escape
// sequence that selects them, and appended.
type Style uint8

// The styles. Each says what it is for, not how it looks. The eight of a version's
// number stand in a row.
const (
	StText   Style = iota // the terminal's own
	StDim                 // what can be skipped
	StBold                // names, the newest
	StBorder              // quiet borders
	StFocus               // the focused pane's border
	StTrack               // the future, and links at rest
	StBad                 // broken or untrue
	StBadBold
	StBadFill // … and to be seen from the last row
	StFault   // done to the cluster
	StFaultBold
	StGood // holds
	StGoodBold
	StBar // the title bar
	StBarBold
	StBarDim
	StBarFault
	StCaption // what the lesson says now
	StSelect  // the chosen line
	StStruck  // refused versions
	StInput   // what is being typed
	StCode    // words of the script language in prose
	StCursor
	stVersion     // v1's text; seven more follow
	stVersionBold = stVersion + versions
	stBadge       = stVersionBold + versions // v1's badge: filled
	StyleCount    = stBadge + versions
	versions      = 8
)

// Version returns the style of a version's text.
func Version(n int) Style { return stVersion + Style(max(n-1, 0)%versions) }

// badge returns the style of the badge of a version that is served.
func badge(n int) Style { return stBadge + Style(max(n-1, 0)%versions) }

// VersionBold returns the style of a version's text that is to be seen first.
func VersionBold(n int) Style { return stVersionBold + Style(max(n-1, 0)%versions) }

// Theme is the styles rendered for one terminal.
type Theme struct {
	Seq     [StyleCount]string
	parts   [StyleCount]parts
	alike   [StyleCount]Style // the first style that looks the same
	Visible [StyleCount]bool  // a blank in this style shows
	Badges  bool              // badges are filled; otherwise they stand in brackets
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

// NewTheme renders the styles for a terminal with so many colours (termenv.Ascii:
// none, attributes only).
func NewTheme(p termenv.Profile, dark bool) *Theme {
	if dark {
		return render(p, &darkColours)
	}
	return render(p, &lightColours)
}

// colours are all looks of a theme. Those of the versions are made from theirs.
type colours struct {
	looks              *[StyleCount]look
	text, filled, over [versions]string // a version's text, its badge, and what stands on that
}

var (
	darkColours    = colours{&darkLooks, onDark, okabeIto, badgeText}
	lightColours   = colours{&lightLooks, onLight, okabeIto, badgeText}
	sixteenColours = colours{&sixteenLooks, sixteenText, sixteenFill, sixteenOver}
)

// render renders the styles. A terminal with sixteen colours has its own.
func render(p termenv.Profile, of *colours) *Theme {
	if p == termenv.ANSI {
		of = &sixteenColours
	}
	looks, text, filled, over := *of.looks, of.text, of.filled, of.over
	for i := range versions {
		looks[int(stVersion)+i] = look{fg: text[i]}
		looks[int(stVersionBold)+i] = look{fg: text[i], bold: p != termenv.ANSI} // bold would be another colour
		looks[int(stBadge)+i] = look{fg: over[i], bg: filled[i], bold: p != termenv.ANSI}
	}
	t := &Theme{Badges: p != termenv.Ascii}
	for i, l := range looks {
		t.parts[i] = partsOf(p, l)
		t.Seq[i] = t.parts[i].sequence()
		for t.Seq[t.alike[i]] != t.Seq[i] {
			t.alike[i]++
		}
		t.Visible[i] = l.bg != "" && p != termenv.Ascii || l.reverse || l.underline || l.strike
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
func (t *Theme) change(out []byte, from, to Style) []byte {
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

var sixteenLooks = [StyleCount]look{
	StDim: {fg: "8"}, StBold: {bold: true},
	StBorder: {fg: "8"}, StFocus: {fg: "14", bold: true}, StTrack: {fg: "8"},
	StBad: {fg: "9"}, StBadBold: {fg: "9", bold: true}, StBadFill: {fg: "15", bg: "1", bold: true},
	StFault: {fg: "11"}, StFaultBold: {fg: "11", bold: true},
	StGood: {fg: "10"}, StGoodBold: {fg: "10", bold: true},
	StBar: {}, StBarBold: {bold: true}, // a filled bar would outshine what is below it
	StBarDim: {fg: "8"}, StBarFault: {fg: "11", bold: true},
	StCaption: {bold: true}, StSelect: {reverse: true},
	StStruck: {fg: "8", strike: true}, StInput: {}, StCode: {fg: "14"}, StCursor: {reverse: true},
}

var darkLooks = [StyleCount]look{
	StDim: {fg: "#7A8490"}, StBold: {bold: true},
	StBorder: {fg: "#4C5661"}, StFocus: {fg: "#56B4E9", bold: true}, StTrack: {fg: "#5B6672"},
	StBad: {fg: "#FF6B6B"}, StBadBold: {fg: "#FF6B6B", bold: true}, StBadFill: {fg: "#1A0000", bg: "#FF6B6B", bold: true},
	StFault: {fg: "#F2C55C"}, StFaultBold: {fg: "#F2C55C", bold: true},
	StGood: {fg: "#62D48A"}, StGoodBold: {fg: "#62D48A", bold: true},
	StBar: {fg: "#D8DEE9", bg: "#22303F"}, StBarBold: {fg: "#FFFFFF", bg: "#22303F", bold: true},
	StBarDim: {fg: "#8FA1B3", bg: "#22303F"}, StBarFault: {fg: "#F2C55C", bg: "#22303F", bold: true},
	StCaption: {fg: "#FFFFFF", bold: true}, StSelect: {fg: "#FFFFFF", bg: "#2F4A63", bold: true},
	StStruck: {fg: "#7A8490", strike: true}, StInput: {fg: "#FFFFFF"}, StCode: {fg: "#8FC7E8"}, StCursor: {reverse: true},
}

var lightLooks = [StyleCount]look{
	StDim: {fg: "#6A737D"}, StBold: {bold: true},
	StBorder: {fg: "#B4BCC4"}, StFocus: {fg: "#0072B2", bold: true}, StTrack: {fg: "#858E97"},
	StBad: {fg: "#C62828"}, StBadBold: {fg: "#C62828", bold: true}, StBadFill: {fg: "#FFFFFF", bg: "#C62828", bold: true},
	StFault: {fg: "#8A5A00"}, StFaultBold: {fg: "#8A5A00", bold: true},
	StGood: {fg: "#1B7F3B"}, StGoodBold: {fg: "#1B7F3B", bold: true},
	StBar: {fg: "#1F2933", bg: "#DCE6EF"}, StBarBold: {fg: "#000000", bg: "#DCE6EF", bold: true},
	StBarDim: {fg: "#52606D", bg: "#DCE6EF"}, StBarFault: {fg: "#8A5A00", bg: "#DCE6EF", bold: true},
	StCaption: {bold: true}, StSelect: {fg: "#000000", bg: "#BBD7EE", bold: true},
	StStruck: {fg: "#6A737D", strike: true}, StInput: {}, StCode: {fg: "#1F5F86"}, StCursor: {reverse: true},
}
