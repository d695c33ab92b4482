package check

import (
	"fmt"
	"slices"
	"strings"

	"capsim/model"
	"capsim/trace"
)

// conserved: a sum over keys is what was put in: by the last SET of each key, and by
// additions and subtractions of a single key that this SET did not supersede. Buying
// and refunding move from one key to another and change nothing about it. Whatever else
// changes a key (CAS, APPEND, a deletion, its expiry) takes away or adds what nobody put
// in. It is judged once the keys are converged, by what every node that is up serves; a
// missing key counts 0.
var conserved = Check{
	Name:  "conserved",
	Usage: "KEY [+|- KEY …]",
	Doc:   "a sum is what was put in: conserved laptop:stock + laptop:sold - laptop:refunded",
	About: "The sum is what was put in: by the last SET of each key, and by additions and " +
		"subtractions of a single key that this SET did not supersede. BUY and refunds move from " +
		"one key to another and change nothing about it; whatever else changes a key (CAS, " +
		"APPEND, a deletion, its expiry) breaks the sum. Judged once the keys are converged.",
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
		key, err := parseKey(words, i)
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
			f.Witness += " What some operations put in is unknown."
		}
		f.Witness += h.takenAway(terms)
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

// takenAway says which keys of the sum were deleted, or expired: what they held is missing.
func (h *History) takenAway(terms []term) string {
	words := ""
	for _, t := range terms {
		for _, o := range h.key(t.key).ops {
			if v, ok := puts(o.Command); ok && v.Type == model.None && h.wrote(o.ID, t.key) {
				words += fmt.Sprintf(" What %s held went with %s.", model.Quote(t.key), tell(o))
				break
			}
		}
	}
	return words
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

// putIn returns the sum of what was put in by acknowledged operations; sure is false
// if others may have put in something too.
func (h *History) putIn(terms []term) (sum int64, by sets, sure bool) {
	sure = true
	for _, t := range terms {
		last, known := h.lastSet(t.key)
		sure = sure && known
		absorbed := map[model.OpID]bool{}
		if last != nil {
			n, _ := literal{text: last.Command.Args[1]}.number()
			sum += t.sign * n
			if !slices.Contains(by, last) {
				by = append(by, last)
			}
			absorbed = h.closure(t.key, []model.OpID{last.ID})
		}
		for _, o := range h.key(t.key).ops {
			delta, adds := added(o.Command)
			switch {
			case !adds || refused(o):
			case !answeredOK(o):
				sure = false
			case h.wrote(o.ID, t.key) && !absorbed[o.ID]:
				sum += t.sign * delta
			}
		}
	}
	return sum, by, sure
}

// lastSet returns the last acknowledged SET of a key; known is false if one of unknown
// outcome may stand there instead.
func (h *History) lastSet(key string) (last *trace.Op, known bool) {
	known = true
	for _, o := range h.key(key).ops {
		switch {
		case o.Command.Verb != model.SET || !mayHaveWritten(o):
		case answeredOK(o):
			last = o
		default:
			known = false
		}
	}
	return last, known
}

// added returns what a command adds to its one key.
func added(c model.Command) (delta int64, adds bool) {
	one := int64(1)
	if len(c.Args) == 2 {
		n, isNumber := literal{text: c.Args[1]}.number()
		if !isNumber {
			return 0, false
		}
		one = n
	}
	switch c.Verb {
	case model.INCR, model.INCRBY:
		return one, true
	case model.DECR, model.DECRBY, model.TAKE:
		return -one, true
	}
	return 0, false
}
