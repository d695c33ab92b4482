package canvas

import (
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// narrow tells whether a character is one column as it is: most are.
func narrow(r rune) bool {
	return r >= 0x20 && r < 0x7f || r >= 0x2500 && r < 0x25fd || r >= 0x2800 && r < 0x2900
}

// widths measures characters as terminals do that are not set to East Asian
// ambiguity: box drawing and arrows are one column.
var widths = runewidth.Condition{StrictEmojiNeutral: true}

// RuneWidth returns the columns a character takes: 0 for combining marks, 1 for
// what can't be printed (it is drawn as a replacement).
func RuneWidth(r rune) int {
	switch {
	case r < 0x300, r >= 0x1f1e6 && r <= 0x1f1ff, r >= 0x1f3fb && r <= 0x1f3ff:
		return 1
	case r >= 0x2190 && r < 0x2300, r >= 0x2500 && r < 0x25fd, r >= 0x2800 && r < 0x2900, r >= 0x2010 && r < 0x2028:
		return 1
	}
	if w := widths.RuneWidth(r); w > 0 {
		return w
	}
	if unicode.In(r, unicode.Mn, unicode.Variation_Selector) {
		return 0
	}
	return 1
}

// TextWidth returns the columns a text takes.
func TextWidth(s string) int {
	n := 0
	for _, r := range s {
		if narrow(r) {
			n++
		} else {
			n += RuneWidth(r)
		}
	}
	return n
}

// SafeRune replaces what would not be one plain character on a terminal, or one
// whose width depends on its neighbours: halves of flags, skin tones, letters that
// conjoin.
func SafeRune(r rune) rune {
	switch {
	case r >= 0x1f1e6 && r <= 0x1f1ff, r >= 0x1f3fb && r <= 0x1f3ff, r >= 0x1160 && r <= 0x11ff, r >= 0xd7b0 && r <= 0xd7ff:
		return '\ufffd'
	case r >= 0x20 && r < 0x7f, r >= 0x2500 && r < 0x2900:
		return r
	case r < 0xa1 || r == 0xad || r > 0xffff && !unicode.IsPrint(r):
		if r == 0xa0 {
			return ' '
		}
		return '\ufffd'
	case unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp, unicode.Me):
		return '\ufffd'
	}
	return r
}

// appendRune appends what a cell holds as UTF-8; a cell on which nothing was drawn is blank.
func appendRune(out []byte, r rune) []byte {
	if r == 0 {
		r = ' '
	}
	return utf8.AppendRune(out, r)
}

// inASCII returns what stands for a sign of the program's texts on a terminal that draws
// only ASCII. Other characters are values', and stay.
func inASCII(r rune) rune {
	switch r {
	case '…':
		return '~'
	case '×':
		return 'x'
	case '←':
		return '<'
	case '→':
		return '>'
	case '↑':
		return '^'
	case '↓':
		return 'v'
	case '–', '—', '─':
		return '-'
	case '·', '•':
		return '.'
	}
	return r
}
