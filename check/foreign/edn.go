package foreign

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ednReader reads EDN (github.com/edn-format/edn) one form after another, and knows the
// place of each. Tags are skipped and their forms kept: #jepsen.history.Op{…}.
//
// The one EDN module for Go, olympos.io/encoding/edn, was last touched in 2020, keeps no
// places of values and bounds no nesting: an error could name no column.
type ednReader struct {
	src    string
	at     int
	lines  lines
	values int // read since the caller set it to 0
}

// lines turns offsets into places, in ascending order: so it counts each character once.
type lines struct {
	line, col int32 // of the offset last asked for, from 0
	at        int
}

// place returns the place of an offset, which is not before the one last asked for.
func (l *lines) place(src string, at int) place {
	passed := src[l.at:at]
	if i := strings.LastIndexByte(passed, '\n'); i >= 0 {
		l.line += int32(strings.Count(passed, "\n"))
		l.col = 0
		passed = passed[i+1:]
	}
	l.col += int32(utf8.RuneCountInString(passed))
	l.at = at
	return place{l.line + 1, l.col + 1}
}

func (r *ednReader) here() place { return r.lines.place(r.src, r.at) }

// space skips white space, commas, comments and discarded forms.
func (r *ednReader) space(depth int) error {
	for r.at < len(r.src) {
		switch c := r.src[r.at]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',' || c == '\f':
			r.at++
		case c == ';':
			i := strings.IndexByte(r.src[r.at:], '\n')
			if i < 0 {
				i = len(r.src) - r.at
			}
			r.at += i
		case strings.HasPrefix(r.src[r.at:], "#_"):
			r.at += 2
			if _, err := r.form(depth + 1); err != nil {
				return err
			}
		default:
			return nil
		}
	}
	return nil
}

// peek returns the next character that is no space; 0 at the end.
func (r *ednReader) peek() (byte, error) {
	if err := r.space(0); err != nil || r.at >= len(r.src) {
		return 0, err
	}
	return r.src[r.at], nil
}

// form reads one form.
func (r *ednReader) form(depth int) (value, error) {
	if depth > maxDepth { // before space, which reads forms, too
		return value{}, r.here().wrong("", "at most "+strconv.Itoa(maxDepth)+" values within each other")
	}
	if err := r.space(depth); err != nil {
		return value{}, err
	}
	p := r.here()
	if r.values++; r.values > maxValues {
		return value{}, p.wrong("", "at most "+strconv.Itoa(maxValues)+" values in one operation")
	}
	if r.at >= len(r.src) {
		return value{}, p.wrong("the end of the file", "a value")
	}
	switch c := r.src[r.at]; c {
	case '"':
		return r.str(p)
	case '[':
		return r.items(p, 1, ']', list, depth)
	case '(':
		return r.items(p, 1, ')', list, depth)
	case '{':
		return r.items(p, 1, '}', table, depth)
	case ']', ')', '}':
		return value{}, p.wrong(string(c), "a value")
	case '#':
		return r.dispatch(p, depth)
	}
	return r.atom(p)
}

// dispatch reads what begins with #: a set, a symbolic value, a tagged form.
func (r *ednReader) dispatch(p place, depth int) (value, error) {
	switch rest := r.src[r.at+1:]; {
	case strings.HasPrefix(rest, "{"):
		v, err := r.items(p, 2, '}', list, depth)
		v.set = true
		return v, err
	case strings.HasPrefix(rest, "#"): // ##Inf
		return r.atom(p)
	case rest == "" || isEnd(rest[0]):
		return value{}, p.wrong("#", "a set #{…} or a tag")
	}
	if _, err := r.atom(p); err != nil {
		return value{}, err
	}
	return r.form(depth + 1)
}

// items reads forms up to the closing bracket; open is how long the opening one is.
func (r *ednReader) items(p place, open int, closing byte, k kind, depth int) (value, error) {
	v := value{place: p, kind: k}
	r.at += open
	for {
		if err := r.space(depth); err != nil {
			return v, err
		}
		if r.at >= len(r.src) {
			return v, r.here().wrong("the end of the file", fmt.Sprintf("%c, which ends what began at %d:%d", closing, p.line, p.col))
		}
		if r.src[r.at] == closing {
			r.at++
			break
		}
		item, err := r.form(depth + 1)
		if err != nil {
			return v, err
		}
		v.items = append(v.items, item)
	}
	if k == table && len(v.items)%2 != 0 {
		return v, p.wrong("", "a value for each key of the map")
	}
	return v, nil
}

var ednEscapes = map[byte]string{'n': "\n", 't': "\t", 'r': "\r", '"': `"`, '\\': `\`, 'b': "\b", 'f': "\f"}

// str reads a string.
func (r *ednReader) str(p place) (value, error) {
	var b strings.Builder
	for i := r.at + 1; i < len(r.src); i++ {
		switch c := r.src[i]; c {
		case '"':
			r.at = i + 1
			return value{place: p, kind: text, word: b.String()}, nil
		case '\\':
			if i++; i >= len(r.src) {
				break
			}
			if e, ok := ednEscapes[r.src[i]]; ok {
				b.WriteString(e)
				continue
			}
			if r.src[i] == 'u' && i+4 < len(r.src) {
				if n, err := strconv.ParseUint(r.src[i+1:i+5], 16, 32); err == nil {
					b.WriteRune(rune(n))
					i += 4
					continue
				}
			}
			r.at = i - 1
			return value{}, r.here().wrong(r.src[i-1:i+1], `an escape such as \n, \" or \u00e9`)
		default:
			b.WriteByte(c)
		}
	}
	return value{}, p.wrong("a string without an end", `"`)
}

// atom reads a word: nil, a number, a keyword, a symbol, a character.
func (r *ednReader) atom(p place) (value, error) {
	from := r.at
	r.at++
	if r.src[from] == '\\' && r.at < len(r.src) {
		r.at++ // a character may be a bracket
	}
	for r.at < len(r.src) && !isEnd(r.src[r.at]) {
		r.at++
	}
	word := r.src[from:r.at]
	if word == "nil" {
		return value{place: p, kind: null, word: word}, nil
	}
	digits := strings.TrimSuffix(word, "N")
	if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
		return value{place: p, kind: whole, word: strconv.FormatInt(n, 10)}, nil
	}
	return value{place: p, kind: scalar, word: word}, nil
}

// isEnd tells whether a word ends before the character.
func isEnd(c byte) bool { return strings.IndexByte(" \t\r\n\f,;\"[](){}", c) >= 0 }
