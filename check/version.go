package check

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"capsim/model"
)

// version: the versions that a node would serve for a key: several for siblings, and
// where counters or sets merged.
var version = Check{
	Name:  "version",
	Usage: "NODE KEY CMP VERSION",
	Doc:   "which version a node would serve: version n2 cart = v3, = [v2 v3], = nil",
	Each:  true,
	Parse: func(words []string) (Test, error) {
		at, err := parsePlace(words)
		if err != nil {
			return nil, err
		}
		const want = "a version: v3, [v2 v3], nil"
		l, err := parseLiteral(words, 3, want)
		if err != nil {
			return nil, err
		}
		vs, ok := parseVersions(l)
		if !ok || len(vs) != 1 && at.rel != "=" && at.rel != "!=" {
			return nil, &ArgError{Word: 3, Got: strings.Join(words[3:], " "), Want: want}
		}
		return func(h *History) Finding { return h.version(at, vs) }, nil
	},
}

// parseVersions reads v3 or a list of such, ascending; none for nil.
func parseVersions(l literal) ([]int, bool) {
	names := l.items
	if !l.list && !l.absent {
		names = []string{l.text}
	}
	vs := []int{}
	for _, name := range names {
		digits, ok := strings.CutPrefix(name, "v")
		n, err := strconv.Atoi(digits)
		if !ok || err != nil || n < 1 || strconv.Itoa(n) != digits {
			return nil, false
		}
		vs = append(vs, n)
	}
	slices.Sort(vs)
	return slices.Compact(vs), true
}

func (h *History) version(at place, want []int) Finding {
	rec, event, f, ok := h.served(at)
	if !ok {
		return f
	}
	got := make([]int, 0, 1)
	for _, op := range rec.Ops() {
		got = append(got, h.x.Version(op, at.key))
	}
	slices.Sort(got)
	f = Finding{Ops: rec.Ops(), At: h.at(event)}
	switch {
	case at.rel == "=" || at.rel == "!=":
		f.Verdict = verdictOf(slices.Equal(got, want) == (at.rel == "="))
	case len(got) == 1:
		f.Verdict = verdictOf(at.rel.of(cmp.Compare(got[0], want[0])))
	}
	f.Witness = fmt.Sprintf("%s serves %s of %s", at.node, versionsOf(h.x, rec, at.key), model.Quote(at.key))
	f.end(event)
	return f
}
