package model

import (
	"strconv"
	"unicode/utf8"
)

// AppendJSON appends s as a JSON string. Whatever a terminal might not print as it
// stands is escaped. A byte that is not valid UTF-8 becomes a lone low surrogate,
// \udc80 for 0x80 to \udcff for 0xff, which no valid text has: so any string
// survives the round trip. (Python reads it so, too: surrogateescape, PEP 383.)
func AppendJSON(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c < 0x7f && c != '"' && c != '\\' {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if c != '"' && c != '\\' && printable(r, n) {
			i += n
			continue
		}
		dst = append(dst, s[from:i]...)
		dst = appendEscape(dst, c, r, n)
		i += n
		from = i
	}
	return append(append(dst, s[from:]...), '"')
}

// appendEscape escapes the rune r, which begins with the byte c and has n bytes.
func appendEscape(dst []byte, c byte, r rune, n int) []byte {
	switch {
	case c == '"' || c == '\\':
		return append(dst, '\\', c)
	case c == '\n':
		return append(dst, '\\', 'n')
	case c == '\r':
		return append(dst, '\\', 'r')
	case c == '\t':
		return append(dst, '\\', 't')
	case r == utf8.RuneError && n <= 1:
		return appendUnit(dst, rawByte+uint16(c))
	case r >= 0x10000:
		r -= 0x10000
		return appendUnit(appendUnit(dst, highHalf+uint16(r>>10)), lowHalf+uint16(r&0x3ff))
	}
	return appendUnit(dst, uint16(r))
}

// UTF-16's surrogates, and what a byte that is no text is added to.
const (
	highHalf = 0xd800
	lowHalf  = 0xdc00
	rawByte  = 0xdc00
)

func appendUnit(dst []byte, u uint16) []byte {
	const hex = "0123456789abcdef"
	return append(dst, '\\', 'u', hex[u>>12], hex[u>>8&15], hex[u>>4&15], hex[u&15])
}

// AppendJSONList appends words as a JSON array of strings.
func AppendJSONList(dst []byte, words []string) []byte {
	dst = append(dst, '[')
	for i, w := range words {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendJSON(dst, w)
	}
	return append(dst, ']')
}

// AppendValue appends a value as JSON: null, "milk", ["a","b"] for a set, {"f":"v"} for
// a hash; one that expires as {"expires":1500000000,"value":"milk"}, in nanoseconds.
func AppendValue(dst []byte, v Value) []byte {
	if v.Deadline != 0 {
		dst = strconv.AppendInt(append(dst, `{"expires":`...), int64(v.Deadline), 10)
		v.Deadline = 0
		return append(AppendValue(append(dst, `,"value":`...), v), '}')
	}
	switch v.Type {
	case String:
		return AppendJSON(dst, v.Str)
	case Set:
		return AppendJSONList(dst, v.Members)
	case Hash:
		return appendHash(dst, v.Members)
	}
	return append(dst, "null"...)
}

func appendHash(dst []byte, pairs []string) []byte {
	for i := 0; i+1 < len(pairs); i += 2 {
		sep := byte(',')
		if i == 0 {
			sep = '{'
		}
		dst = append(AppendJSON(append(dst, sep), pairs[i]), ':')
		dst = AppendJSON(dst, pairs[i+1])
	}
	return append(dst, '}')
}

// appendActor writes n1, and n1.3 for the node's third life.
func appendActor(dst []byte, a Actor) []byte {
	dst = append(dst, 'n')
	dst = strconv.AppendInt(dst, int64(a.Node), 10)
	if a.Life != 1 {
		dst = append(dst, '.')
		dst = strconv.AppendInt(dst, int64(a.Life), 10)
	}
	return dst
}

// AppendDots appends dots, or a vector, as "n1:3 n2.2:1".
func AppendDots(dst []byte, dots []Dot) []byte {
	for i, d := range dots {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = appendActor(dst, d.Actor)
		dst = append(dst, ':')
		dst = strconv.AppendInt(dst, d.N, 10)
	}
	return dst
}

// appendStamp writes 1200000000@n1, and 1200000000.2@n1 for the second event after
// the first within one reading of the clock.
func appendStamp(dst []byte, s Stamp) []byte {
	dst = strconv.AppendInt(dst, int64(s.Wall), 10)
	if s.Logical != 0 {
		dst = append(dst, '.')
		dst = strconv.AppendInt(dst, int64(s.Logical), 10)
	}
	return appendActor(append(dst, '@'), s.Actor)
}

// appendTotals writes "n1:4+5-2 n2:1+3-0": four changes, 5 added and 2 subtracted.
func appendTotals(dst []byte, ts []Total) []byte {
	for i, t := range ts {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = appendActor(dst, t.Actor)
		dst = append(dst, ':')
		dst = strconv.AppendInt(dst, t.N, 10)
		dst = append(dst, '+')
		dst = strconv.AppendUint(dst, t.Plus, 10)
		dst = append(dst, '-')
		dst = strconv.AppendUint(dst, t.Minus, 10)
	}
	return dst
}
