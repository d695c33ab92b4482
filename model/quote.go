package model

import "unicode/utf8"

// Quote writes a word as the script language (and redis-cli) reads it back: bare
// if it may stand so, else in double quotes with \n, \r, \t, \a, \b, \", \\ and
// \xHH. Whatever is no printable character of valid UTF-8 is escaped, so that a
// quoted word can't paint a screen.
func Quote(s string) string {
	if bare(s) {
		return s
	}
	return string(AppendQuoted(nil, s))
}

// AppendQuoted appends s in double quotes, escaped as Quote does.
func AppendQuoted(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for i := 0; i < len(s); {
		c := s[i]
		if e := escapes[c]; e != 0 {
			dst = append(dst, '\\', e)
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if printable(r, n) {
			dst = append(dst, s[i:i+n]...)
		} else {
			for _, b := range []byte(s[i : i+n]) {
				dst = append(dst, '\\', 'x', hex[b>>4], hex[b&15])
			}
		}
		i += n
	}
	return append(dst, '"')
}

var escapes = [256]byte{'\n': 'n', '\r': 'r', '\t': 't', '\a': 'a', '\b': 'b', '"': '"', '\\': '\\'}

// bare tells whether the word reads back as itself without quotes: no space, no
// quote, no comment or list, balanced parentheses, all printable, not empty.
func bare(s string) bool {
	if s == "" || s == "nil" || s[0] == '#' || s[0] == '[' {
		return false
	}
	depth := 0
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !printable(r, n) {
			return false
		}
		switch r {
		case ' ', '"', '\'', '\\', '|', '{', '}', ']':
			return false
		case '(':
			depth++
		case ')':
			if depth--; depth < 0 {
				return false
			}
		}
		i += n
	}
	return depth == 0
}

// printable: letters, marks, digits, symbols and the space; no control, format
// (bidirectional and zero-width ones among them), private or broken characters.
func printable(r rune, n int) bool {
	switch {
	case r == utf8.RuneError && n <= 1, r < 0x20, r >= 0x7f && r < 0xa1, r == 0xad:
		return false
	case r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x206f, r == 0x61c, r == 0x180e:
		return false
	case r >= 0xd800 && r <= 0xf8ff, r == 0xfeff, r >= 0xfff0 && r <= 0xfffb, r >= 0xe0000:
		return false
	}
	return true
}
