package check

import (
	"slices"
	"strconv"
	"strings"

	"capsim/model"
)

// literal is a value as a script writes it: nil, a word, or a list [a b]. A hash is the
// list of its fields and values in turn, the fields in any order.
type literal struct {
	absent bool
	list   bool
	hash   bool // the list is known to be a hash's
	// ordered: the list says something by its order.
	ordered bool
	items   []string // sorted, of a list
	given   []string // as it was written, of a list
	text    string
}

// parseLiteral reads a value from the i-th word to the last.
func parseLiteral(words []string, i int, want string) (literal, error) {
	if i >= len(words) {
		return literal{}, missing(i, want)
	}
	w := words[i]
	if strings.HasPrefix(w, "[") {
		return parseList(words, i, want)
	}
	if err := atMost(words, i+1); err != nil {
		return literal{}, err
	}
	if w == "nil" {
		return literal{absent: true}, nil
	}
	return literal{text: unquote(w)}, nil
}

// unquote reads what model.Quote writes; a word that is not in quotes is itself.
func unquote(w string) string {
	if len(w) < 2 || w[0] != '"' || w[len(w)-1] != '"' {
		return w
	}
	// Go's escapes are a superset of those that model.Quote makes.
	if s, err := strconv.Unquote(w); err == nil {
		return s
	}
	return w
}

// parseList reads "[a b]", be it one word or several.
func parseList(words []string, i int, want string) (literal, error) {
	s := strings.Join(words[i:], " ")
	if !strings.HasSuffix(s, "]") {
		return literal{}, &ArgError{Word: len(words) - 1, Got: words[len(words)-1], Want: want + "; a list ends with ]"}
	}
	rest := s[1 : len(s)-1]
	l := literal{list: true}
	for {
		rest = strings.TrimLeft(rest, " ")
		if rest == "" {
			l.given = slices.Clone(l.items)
			slices.Sort(l.items)
			return l, nil
		}
		n := itemLen(rest)
		if n < 0 {
			return literal{}, &ArgError{Word: i, Got: s, Want: want + "; a quote is open"}
		}
		l.items = append(l.items, unquote(rest[:n]))
		rest = rest[n:]
	}
}

// itemLen returns the length of the list item that s begins with; -1 if its quote
// is not closed.
func itemLen(s string) int {
	if s[0] != '"' {
		if n := strings.IndexByte(s, ' '); n >= 0 {
			return n
		}
		return len(s)
	}
	for j := 1; j < len(s); j++ {
		switch s[j] {
		case '\\':
			j++
		case '"':
			return j + 1
		}
	}
	return -1
}

// String prints the literal as it is read.
func (l literal) String() string {
	switch {
	case l.absent:
		return "nil"
	case l.hash:
		return model.QuoteList(byField(l.given))
	case l.list:
		return model.QuoteList(l.items)
	}
	return model.Quote(l.text)
}

// matches tells whether the literal is what there is: absence, one scalar, or a list.
func (l literal) matches(o literal) bool {
	if l.list && len(l.items) == 0 && o.absent || o.list && len(o.items) == 0 && l.absent {
		return true // an empty set is no key
	}
	if l.list && o.list && (l.ordered || o.ordered) {
		return slices.Equal(l.given, o.given)
	}
	if l.list && o.list && (l.hash || o.hash) {
		return slices.Equal(byField(l.given), byField(o.given))
	}
	return l.absent == o.absent && l.list == o.list && l.text == o.text && slices.Equal(l.items, o.items)
}

// byField sorts fields and values in turn by field.
func byField(pairs []string) []string {
	var at []int
	for i := 0; i+1 < len(pairs); i += 2 {
		at = append(at, i)
	}
	slices.SortStableFunc(at, func(i, j int) int { return strings.Compare(pairs[i], pairs[j]) })
	out := make([]string, 0, len(pairs))
	for _, i := range at {
		out = append(out, pairs[i], pairs[i+1])
	}
	return append(out, pairs[2*len(at):]...)
}

// compare judges a relation between what there is and what is expected; ok is false
// if they can't be ordered.
func (l literal) compare(rel relation, want literal) (holds, ok bool) {
	if rel == "=" || rel == "!=" {
		return l.matches(want) == (rel == "="), true
	}
	a, oka := l.number()
	b, okb := want.number()
	if !oka || !okb {
		return false, false
	}
	switch {
	case a < b:
		return rel.of(-1), true
	case a > b:
		return rel.of(1), true
	}
	return rel.of(0), true
}

func (l literal) number() (int64, bool) {
	if l.absent || l.list {
		return 0, false
	}
	n, err := strconv.ParseInt(l.text, 10, 64)
	return n, err == nil
}

// literalOf writes what a node serves, siblings, sets and hashes as lists.
func literalOf(vs []model.Value) literal {
	switch {
	case len(vs) == 0:
		return literal{absent: true}
	case len(vs) == 1 && vs[0].Type == model.Set:
		return literal{list: true, items: vs[0].Members}
	case len(vs) == 1 && vs[0].Type == model.Hash:
		return hashLiteral(vs[0].Members)
	case len(vs) == 1:
		return literal{text: vs[0].Str}
	}
	l := literal{list: true}
	for _, v := range vs {
		if v.Type == model.Set || v.Type == model.Hash {
			l.items = append(l.items, v.String())
			continue
		}
		l.items = append(l.items, v.Str)
	}
	slices.Sort(l.items)
	return l
}

func hashLiteral(pairs []string) literal {
	items := slices.Clone(pairs)
	slices.Sort(items)
	return literal{list: true, hash: true, items: items, given: pairs}
}

// literalOfReply writes what a client got; ok is false for an error.
func literalOfReply(r model.Reply) (l literal, ok bool) {
	switch r.Kind {
	case model.NilReply:
		return literal{absent: true}, true
	case model.IntReply:
		return literal{text: strconv.FormatInt(r.Int, 10)}, true
	case model.ListReply, model.SiblingsReply:
		items := slices.Clone(r.List)
		slices.Sort(items)
		return literal{list: true, items: items, given: r.List}, true
	case model.ErrorReply:
		return literal{}, false
	}
	return literal{text: r.Str}, true
}
