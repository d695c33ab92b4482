package netsim

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"capsim/model"
)

// ArgError says which word of a fault is wrong, and what belongs there.
type ArgError struct {
	Word int    // index into Args.Words; len(Words) if a word is missing
	Got  string // "" if a word is missing
	Want string // what was expected: "a node, n1 to n3"
}

func (e *ArgError) Error() string {
	if e.Got == "" {
		return "want " + e.Want
	}
	return fmt.Sprintf("%q: want %s", e.Got, e.Want)
}

// wrong returns the error at word i, which may be missing.
func (a Args) wrong(i int, want string) *ArgError {
	if i >= len(a.Words) {
		return &ArgError{Word: len(a.Words), Want: want}
	}
	return &ArgError{Word: i, Got: a.Words[i], Want: want}
}

// end returns an error unless there are just n words.
func (a Args) end(n int) error {
	if len(a.Words) > n {
		return a.wrong(n, "the end of the statement")
	}
	return nil
}

// flag tells whether word i, the last, is the flag; false if there is no such word.
func (a Args) flag(i int, name string) (bool, error) {
	switch {
	case len(a.Words) == i:
		return false, nil
	case a.Words[i] != name:
		return false, a.wrong(i, name+", or the end of the statement")
	}
	return true, a.end(i + 1)
}

// node reads word i as a node.
func (a Args) node(i int) (model.NodeID, error) {
	if i < len(a.Words) {
		if id, ok := a.parseNode(a.Words[i]); ok {
			return id, nil
		}
	}
	return 0, a.wrong(i, a.wantNode())
}

// onlyNode reads the words as one node.
func (a Args) onlyNode() (model.NodeID, error) {
	id, err := a.node(0)
	if err != nil {
		return 0, err
	}
	return id, a.end(1)
}

func (a Args) parseNode(s string) (model.NodeID, bool) {
	numbered := a.Hosts - len(a.Names)
	if i := slices.Index(a.Names, s); i >= 0 {
		return model.NodeID(numbered + 1 + i), true
	}
	id, ok := model.ParseNode(s)
	return id, ok && int(id) <= numbered
}

func (a Args) wantNode() string {
	want := "a node: n1"
	if nodes := a.Hosts - len(a.Names); nodes > 1 {
		want = fmt.Sprintf("a node, n1 to n%d", nodes)
	}
	if len(a.Names) > 0 {
		want += ", or " + strings.Join(a.Names, ", ")
	}
	return want
}

// links reads word i as a set of links.
func (a Args) links(i int) (Links, error) {
	if i >= len(a.Words) {
		return Links{}, a.wrong(i, wantLinks)
	}
	l, err := ParseLinks(a.Words[i], a.Hosts, a.Names...)
	if wrong := (*ArgError)(nil); errors.As(err, &wrong) {
		return Links{}, a.wrong(i, wrong.Want)
	}
	return l, nil
}

const wantLinks = "a link, as n1->n2 (one way) or n1-n2 (both ways); * stands for all"

// maxDuration is the longest duration that a parameter may be.
const maxDuration = time.Hour

// parseDuration reads a duration without a sign, at most maxDuration.
func parseDuration(s string) (time.Duration, bool) {
	if s == "" || s[0] == '+' || s[0] == '-' {
		return 0, false
	}
	d, err := time.ParseDuration(s)
	return d, err == nil && d >= 0 && d <= maxDuration
}

// parseNumber reads a decimal number of at least least and at most most.
func parseNumber(s string, least, most float64) (float64, bool) {
	if len(s) > 32 || s == "" || s[0] == '+' || s[0] == '-' || strings.Trim(s, "0123456789.eE+-") != "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && v >= least && v <= most
}

// parseShare reads "30%", 0 to 100 %, as a number from 0 to 1.
func parseShare(s string) (float64, bool) {
	number, percent := strings.CutSuffix(s, "%")
	v, ok := parseNumber(number, 0, 100)
	return v / 100, ok && percent
}

// formatShare is the inverse of parseShare, to ten digits.
func formatShare(share float64) string {
	return strconv.FormatFloat(share*100, 'g', 10, 64) + "%"
}
