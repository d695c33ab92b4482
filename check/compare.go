package check

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"capsim/model"
)

// relation is one of = != < <= > >=.
type relation string

var relations = []relation{"=", "!=", "<", "<=", ">", ">="}

// of tells whether the relation holds, given how the left compares to the right.
func (r relation) of(c int) bool {
	switch r {
	case "=":
		return c == 0
	case "!=":
		return c != 0
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	}
	return c >= 0
}

func parseRelation(words []string, i int) (relation, error) {
	const want = "=, !=, <, <=, > or >="
	if i >= len(words) {
		return "", missing(i, want)
	}
	if r := relation(words[i]); slices.Contains(relations, r) {
		return r, nil
	}
	return "", &ArgError{Word: i, Got: words[i], Want: want}
}

// word returns the i-th word, or an error that says what is missing.
func word(words []string, i int, want string) (string, error) {
	if i >= len(words) {
		return "", missing(i, want)
	}
	return words[i], nil
}

// parseKey reads a key. One in brackets is more likely copied from a usage than meant:
// to be meant it must be quoted.
func parseKey(words []string, i int) (string, error) {
	w, err := word(words, i, "a key")
	if err == nil && strings.HasPrefix(w, "[") {
		return "", &ArgError{Word: i, Got: w, Want: "a key: leave the brackets out, or quote them if they are part of it"}
	}
	return unquote(w), err
}

func parseNode(words []string, i int) (model.NodeID, error) {
	w, err := word(words, i, "a node: n1, n2, …")
	if err != nil {
		return 0, err
	}
	n, ok := model.ParseNode(w)
	if !ok {
		return 0, &ArgError{Word: i, Got: w, Want: "a node: n1, n2, …"}
	}
	return n, nil
}

// parseCount reads "CMP N" from the i-th word on.
func parseCount(words []string, i int) (relation, int64, error) {
	rel, err := parseRelation(words, i)
	if err != nil {
		return "", 0, err
	}
	const want = "a whole number, not negative"
	w, err := word(words, i+1, want)
	if err != nil {
		return "", 0, err
	}
	n, perr := strconv.ParseInt(w, 10, 64)
	if perr != nil || n < 0 {
		return "", 0, &ArgError{Word: i + 1, Got: w, Want: want}
	}
	return rel, n, atMost(words, i+2)
}

// parseSpan reads "CMP DURATION" from the i-th word on.
func parseSpan(words []string, i int) (relation, time.Duration, error) {
	rel, err := parseRelation(words, i)
	if err != nil {
		return "", 0, err
	}
	const want = "a duration such as 200ms"
	w, err := word(words, i+1, want)
	if err != nil {
		return "", 0, err
	}
	d, perr := time.ParseDuration(w)
	if perr != nil || d < 0 {
		return "", 0, &ArgError{Word: i + 1, Got: w, Want: want}
	}
	return rel, d, atMost(words, i+2)
}

// parsePercent reads "99%" or "99.95%" exactly, up to four places.
func parsePercent(s string) (Percent, bool) {
	num, ok := strings.CutSuffix(s, "%")
	if !ok {
		return 0, false
	}
	whole, frac, _ := strings.Cut(num, ".")
	if whole == "" || len(whole) > 3 || len(frac) > 4 || strings.HasSuffix(num, ".") {
		return 0, false
	}
	n, err := strconv.ParseUint(whole+frac+strings.Repeat("0", 4-len(frac)), 10, 32)
	if err != nil || n > 1_000_000 {
		return 0, false
	}
	return Percent(n), true
}

// String prints the share with two places: "99.95%".
func (p Percent) String() string {
	return strconv.FormatInt(int64(p)/10_000, 10) + "." + pad2(int64(p)%10_000/100) + "%"
}

func pad2(n int64) string {
	if n < 10 {
		return "0" + strconv.FormatInt(n, 10)
	}
	return strconv.FormatInt(n, 10)
}

// counted judges "CMP N" of a finding that measured n.
func counted(f Finding, n int64, rel relation, want int64) Finding {
	f.Value = n
	f.Verdict = verdictOf(rel.of(cmp.Compare(n, want)))
	return f
}
