package model

import (
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"
)

// JSONReader reads JSON as this program writes it: fields in a fixed order and no
// space between. The first error sticks and makes what follows return zero values,
// so that a caller may ask once, at the end. Any input is safe.
type JSONReader struct {
	in      []byte
	at      int
	err     error
	scratch []byte
}

// NewJSONReader returns a reader of b, which must not change while it is read.
func NewJSONReader(b []byte) *JSONReader { return &JSONReader{in: b} }

// Reset makes the reader read b from its start.
func (r *JSONReader) Reset(b []byte) { r.in, r.at, r.err = b, 0, nil }

// Err returns the first error: what was expected, what was there, and at which byte.
func (r *JSONReader) Err() error { return r.err }

// Fail records what was expected here, unless there is an error already.
func (r *JSONReader) Fail(expected string) { r.failAt(r.at, expected) }

func (r *JSONReader) failAt(at int, expected string) {
	if r.err != nil {
		return
	}
	rest := r.in[min(at, len(r.in)):]
	got := "the end"
	if len(rest) > 24 {
		got = string(AppendQuoted(nil, string(rest[:24]))) + "…"
	} else if len(rest) > 0 {
		got = string(AppendQuoted(nil, string(rest)))
	}
	r.err = fmt.Errorf("byte %d: expected %s, got %s", at+1, expected, got)
	r.at = len(r.in)
}

// Has takes the literal if it comes next.
func (r *JSONReader) Has(lit string) bool {
	if len(r.in)-r.at < len(lit) || string(r.in[r.at:r.at+len(lit)]) != lit {
		return false
	}
	r.at += len(lit)
	return true
}

// Need takes the literal, which must come next.
func (r *JSONReader) Need(lit string) {
	if !r.Has(lit) {
		r.Fail(lit)
	}
}

// End makes sure that nothing is left.
func (r *JSONReader) End() {
	if r.at < len(r.in) {
		r.Fail("the end")
	}
}

// Int reads an integer between the bounds, both included.
func (r *JSONReader) Int(least, most int64) int64 {
	start := r.at
	n, i := number64(r.in, r.at)
	if i == r.at || n < least || n > most {
		r.failAt(start, fmt.Sprintf("an integer from %d to %d", least, most))
		return 0
	}
	r.at = i
	return n
}

// Uint reads an unsigned integer of 64 bits.
func (r *JSONReader) Uint() uint64 {
	i := r.at
	for i < len(r.in) && i-r.at < 20 && r.in[i]-'0' <= 9 {
		i++
	}
	n, err := strconv.ParseUint(string(r.in[r.at:i]), 10, 64)
	if err != nil || r.in[r.at] == '0' && i > r.at+1 {
		r.failAt(r.at, "an unsigned integer of 64 bits")
		return 0
	}
	r.at = i
	return n
}

// number64 reads a decimal integer, without needless zeros, that begins at b[i]; it
// returns the place after it, i if there is none or it does not fit.
func number64(b []byte, i int) (int64, int) {
	start, neg := i, false
	if i < len(b) && b[i] == '-' {
		neg = true
		i++
	}
	first := i
	var u uint64
	for ; i < len(b) && b[i]-'0' <= 9; i++ {
		if i-first == 19 {
			return 0, start
		}
		u = u*10 + uint64(b[i]-'0')
	}
	switch {
	case i == first, b[first] == '0' && (i > first+1 || neg):
		return 0, start
	case neg && u <= 1<<63:
		return -int64(u), i
	case !neg && u <= math.MaxInt64:
		return int64(u), i
	}
	return 0, start
}

// Float reads a number that is finite.
func (r *JSONReader) Float() float64 {
	start := r.at
	end := start
	for end < len(r.in) && (r.in[end]-'0' <= 9 || r.in[end] == '-' || r.in[end] == '+' || r.in[end] == '.' || r.in[end] == 'e') {
		end++
	}
	f, err := strconv.ParseFloat(string(r.in[start:end]), 64)
	if err != nil {
		r.Fail("a number")
		return 0
	}
	r.at = end
	return f
}

// Str reads a string.
func (r *JSONReader) Str() string { return string(r.Bytes()) }

// Bytes reads a string; the bytes are valid until the next call.
func (r *JSONReader) Bytes() []byte {
	if r.at >= len(r.in) || r.in[r.at] != '"' {
		r.Fail("a string")
		return nil
	}
	from, ascii := r.at+1, true
	for i := from; i < len(r.in); i++ {
		switch c := r.in[i]; {
		case c == '"':
			if !ascii && !utf8.Valid(r.in[from:i]) {
				r.Fail("a string of valid UTF-8")
				return nil
			}
			r.at = i + 1
			return r.in[from:i]
		case c == '\\':
			return r.unescape(from)
		case c < 0x20:
			r.failAt(i, "no control character in a string")
			return nil
		case c >= 0x80:
			ascii = false
		}
	}
	r.Fail("a string with its closing quote")
	return nil
}

// unescape reads the rest of a string that has escapes in it.
func (r *JSONReader) unescape(i int) []byte {
	out := r.scratch[:0]
	for i < len(r.in) {
		c := r.in[i]
		switch {
		case c == '"':
			r.at, r.scratch = i+1, out
			return out
		case c == '\\':
			var ok bool
			start := i
			if out, i, ok = r.escape(out, i+1); !ok {
				r.failAt(start, "an escape of JSON")
				return nil
			}
		case c < 0x20:
			r.failAt(i, "no control character in a string")
			return nil
		case c < 0x80:
			out = append(out, c)
			i++
		default:
			_, n := utf8.DecodeRune(r.in[i:])
			if n <= 1 {
				r.failAt(i, "a string of valid UTF-8")
				return nil
			}
			out = append(out, r.in[i:i+n]...)
			i += n
		}
	}
	r.Fail("a string with its closing quote")
	return nil
}

var unescapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape reads what stands after a backslash.
func (r *JSONReader) escape(out []byte, i int) ([]byte, int, bool) {
	if i < len(r.in) && unescapes[r.in[i]] != 0 {
		return append(out, unescapes[r.in[i]]), i + 1, true
	}
	u, ok := r.unit(i)
	switch {
	case !ok:
		return out, i, false
	case u < highHalf || u > 0xdfff:
		return utf8.AppendRune(out, rune(u)), i + 5, true
	case u >= rawByte+0x80 && u <= rawByte+0xff:
		return append(out, byte(u)), i + 5, true
	case u >= lowHalf || i+5 >= len(r.in) || r.in[i+5] != '\\':
		return out, i, false
	}
	low, ok := r.unit(i + 6)
	if !ok || low < lowHalf || low > 0xdfff {
		return out, i, false
	}
	return utf8.AppendRune(out, 0x10000+rune(u-highHalf)<<10+rune(low-lowHalf)), i + 11, true
}

// unit reads uXXXX.
func (r *JSONReader) unit(i int) (uint16, bool) {
	if i+5 > len(r.in) || r.in[i] != 'u' {
		return 0, false
	}
	var u uint16
	for _, c := range r.in[i+1 : i+5] {
		switch {
		case c >= '0' && c <= '9':
			u = u<<4 + uint16(c-'0')
		case c >= 'a' && c <= 'f':
			u = u<<4 + uint16(c-'a'+10)
		case c >= 'A' && c <= 'F':
			u = u<<4 + uint16(c-'A'+10)
		default:
			return 0, false
		}
	}
	return u, true
}

// List reads a JSON array of strings; nil for an empty one.
func (r *JSONReader) List() []string {
	r.Need("[")
	if r.Has("]") {
		return nil
	}
	var words []string
	for r.err == nil {
		words = append(words, r.Str())
		if r.Has("]") {
			return words
		}
		r.Need(",")
	}
	return nil
}

// Next returns the next byte without taking it; 0 at the end.
func (r *JSONReader) Next() byte {
	if r.at >= len(r.in) {
		return 0
	}
	return r.in[r.at]
}
