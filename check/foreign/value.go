package foreign

import (
	"slices"
	"strconv"
	"strings"

	"capsim/model"
)

// place is a place in a file: its line and column from 1.
type place struct{ line, col int32 }

func (p place) wrong(got, want string) *Error { return &Error{int(p.line), int(p.col), got, want} }

// kind says what a value of a history is.
type kind uint8

const (
	absent kind = iota // not there at all
	null               // nil or null
	whole              // a whole number of 64 bits
	scalar             // any other single value
	text               // a string
	list               // a vector, list or set
	table              // a map
)

// value is one value as a file has it.
type value struct {
	place
	kind  kind
	set   bool    // a list without order
	plain bool    // of text: no other value of the history looks the same without quotes
	word  string  // of what is single: as it was written, a string without its quotes
	items []value // of list; of table keys and values in turn
}

// name returns the value as one word. No two different values of a history have the
// same: a string is in quotes where it could be taken for another kind of value.
func (v *value) name() string {
	switch v.kind {
	case absent, null:
		return "nil"
	case text:
		if mistakable(v.word) && !v.plain {
			return `"` + v.word + `"`
		}
		return v.word
	case list, table:
		words := make([]string, len(v.items))
		for i := range v.items {
			words[i] = v.items[i].name()
		}
		switch {
		case v.set:
			slices.Sort(words)
			return "#{" + strings.Join(words, " ") + "}"
		case v.kind == table:
			return "{" + strings.Join(words, " ") + "}"
		}
		return "[" + strings.Join(words, " ") + "]"
	}
	return v.word
}

// mistakable tells whether a bare string could be taken for a number, a keyword, a list
// or a word with a meaning.
func mistakable(s string) bool {
	if s == "" {
		return false
	}
	return s[0] >= '0' && s[0] <= '9' || strings.IndexByte("+-.:'\"\\#[({", s[0]) >= 0 ||
		s == "nil" || s == "null" || s == "true" || s == "false"
}

// show returns the value as messages have it, escaped and not too long.
func (v *value) show() string {
	switch {
	case v.kind == text && mistakable(v.word):
		return shorten(string(model.AppendQuoted(nil, v.word)))
	case v.kind == list || v.kind == table:
		words := make([]string, 0, maxWord)
		for i := range min(len(v.items), maxWord) {
			words = append(words, v.items[i].show())
		}
		return shorten("[" + strings.Join(words, " ") + "]")
	}
	return shorten(model.Quote(v.word))
}

// maxWord bounds how much of a value is told, in characters.
const maxWord = 40

func shorten(s string) string {
	if r := []rune(s); len(r) > maxWord {
		return string(r[:maxWord-1]) + "…"
	}
	return s
}

// lookalikes finds which strings look like another value of the history.
type lookalikes map[string]bool // the words of what is no string

func (l lookalikes) note(v *value) {
	if v.kind == whole || v.kind == scalar || v.kind == null {
		l[v.word] = true
	}
	for i := range v.items {
		l.note(&v.items[i])
	}
}

// mark lets strings stand without quotes that no other value looks like.
func (l lookalikes) mark(v *value) {
	if v.kind == text {
		v.plain = v.word == "" || !l[v.word] && strings.IndexByte("[({#\"", v.word[0]) < 0 && v.word != "nil"
	}
	for i := range v.items {
		l.mark(&v.items[i])
	}
}

// plain marks the strings of a history.
func (p *pairing) plain() {
	l := lookalikes{}
	for _, o := range p.ops {
		for _, v := range []*value{&o.key, &o.input, &o.output} {
			l.note(v)
		}
	}
	for _, o := range p.ops {
		for _, v := range []*value{&o.key, &o.input, &o.output} {
			l.mark(v)
		}
	}
}

// pair returns the two values of a list of two.
func (v *value) pair() (a, b *value, ok bool) {
	if v.kind != list || v.set || len(v.items) != 2 {
		return nil, nil, false
	}
	return &v.items[0], &v.items[1], true
}

// kept counts the values that holding v keeps.
func (v *value) kept() int {
	n := 1
	for i := range v.items {
		n += v.items[i].kept()
	}
	return n
}

// brief returns the value as an error shows it.
func (v *value) brief() string {
	switch v.kind {
	case absent:
		return ""
	case list:
		return "a list"
	case table:
		return "a map"
	}
	return v.word
}

// nanoseconds reads a time of an EDN history; false if it is none.
func nanoseconds(v *value) (int64, bool) {
	n, err := strconv.ParseInt(v.word, 10, 64)
	return n, err == nil && v.kind == whole && n >= 0
}
