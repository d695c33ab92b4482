package check

import (
	"fmt"
	"slices"
	"strings"

	"capsim/model"
	"capsim/trace"
)

// conserved: a sum over keys is what SETs put in: buying, refunding and moving from one
// key to another change nothing about it. It is judged once the keys are converged,
// by what every node that is up serves; a missing key counts 0.
var conserved = Check{
	Name:  "conserved",
	Usage: "KEY [+|- KEY …]",
	Doc:   "a sum is what SETs put in: conserved laptop:stock + laptop:sold - laptop:refunded",
	Parse: func(words []string) (Test, error) {
		terms, err := parseTerms(words)
		if err != nil {
			return nil, err
		}
		return func(h *History) Finding { return h.conserved(terms) }, nil
	},
}

// term is a key of the sum, with its sign.
type term struct {
	key  string
	sign int64
}

func parseTerms(words []string) ([]term, error) {
	var terms []term
	for i := 0; ; i += 2 {
		sign := int64(1)
		if i > 0 {
			switch words[i-1] {
			case "+":
			case "-":
				sign = -1
			default:
				return nil, &ArgError{Word: i - 1, Got: words[i-1], Want: "+ or -"}
			}
		}
		key, err := word(words, i, "a key")
		if err != nil {
			return nil, err
		}
		terms = append(terms, term{key, sign})
		if i+1 == len(words) {
			return terms, nil
		}
	}
}

func (h *History) conserved(terms []term) Finding {
	v := h.view()
	for _, t := range terms {
		if v.Diverged(t.key) {
			f := h.differing(v, t.key)
			return Finding{Witness: "It can't be told yet: " + f.Witness, Events: f.Events}
		}
	}
	put, puts, sure := h.putIn(terms)
	up := 0
	for i := range v.Nodes {
		if !v.Nodes[i].IsUp() {
			continue
		}
		up++
		sum, said, ok := h.sum(v, v.Nodes[i].ID, terms)
		if !ok {
			return Finding{Witness: fmt.Sprintf("%s serves no number: %s.", v.Nodes[i].ID, said)}
		}
		if sum == put {
			continue
		}
		f := Finding{Verdict: No, Value: sum, Witness: fmt.Sprintf("At %s, %s = %d, but %d was put in%s.", v.Nodes[i].ID, said, sum, put, puts.named())}
		if !sure {
			f.Verdict = Unknown
			f.Witness += " The outcome of a SET is unknown."
		}
		f.point(puts...)
		return f
	}
	if up == 0 {
		return Finding{Witness: "No node is up."}
	}
	f := Finding{Verdict: Yes, Value: put, Witness: fmt.Sprintf("On every node that is up the sum is %d, as put in%s.", put, puts.named())}
	f.point(puts...)
	return f
}

// sum adds up what a node serves.
func (h *History) sum(v *trace.View, node model.NodeID, terms []term) (sum int64, said string, ok bool) {
	var b strings.Builder
	for i, t := range terms {
		var rec *model.Record
		if c := v.Cell(node, t.key); c != nil {
			rec = c.Record
		}
		l := literalOf(rec.Values())
		n, isNumber := l.number()
		if l.absent {
			n, isNumber = 0, true
		}
		if !isNumber {
			return 0, model.Quote(t.key) + " is " + clip(l.String()), false
		}
		switch {
		case t.sign < 0:
			b.WriteString(" - ")
		case i > 0:
			b.WriteString(" + ")
		}
		fmt.Fprintf(&b, "%s %d", model.Quote(t.key), n)
		sum += t.sign * n
	}
	return sum, strings.TrimSpace(b.String()), true
}

type sets []*trace.Op

// named lists the SETs that put in what there is.
func (s sets) named() string {
	if len(s) == 0 {
		return ""
	}
	words := make([]string, len(s))
	for i, o := range s {
		words[i] = tell(o)
	}
	return " by " + list(words, "and")
}

// putIn returns the sum of what the last acknowledged SET of each key put there; sure
// is false if a later one may have, too.
func (h *History) putIn(terms []term) (sum int64, by sets, sure bool) {
	sure = true
	for _, t := range terms {
		var last *trace.Op
		for _, o := range h.key(t.key).ops {
			if o.Command.Verb != model.SET || !mayHaveWritten(o) {
				continue
			}
			if !answeredOK(o) {
				sure = false
				continue
			}
			last = o
		}
		if last == nil {
			continue
		}
		n, _ := literal{text: last.Command.Args[1]}.number()
		sum += t.sign * n
		if !slices.Contains(by, last) {
			by = append(by, last)
		}
	}
	return sum, by, sure
}
