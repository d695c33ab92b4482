package check

import (
	"fmt"
	"strings"

	"capsim/model"
	"capsim/trace"
)

// value: what a node would serve for a key, siblings, sets and hashes as lists.
var value = Check{
	Name:  "value",
	Usage: "NODE KEY CMP VALUE",
	Doc:   "what a node would serve: value n2 cart = eggs, = nil, = [a b]; a hash is [field value …]",
	Each:  true,
	Parse: func(words []string) (Test, error) {
		at, err := parsePlace(words)
		if err != nil {
			return nil, err
		}
		want, err := parseLiteral(words, 3, "a value: eggs, nil, [a b]")
		if err != nil {
			return nil, err
		}
		return func(h *History) Finding { return h.value(at, want) }, nil
	},
}

// place is "NODE KEY CMP".
type place struct {
	node model.NodeID
	key  string
	rel  relation
}

func parsePlace(words []string) (p place, err error) {
	if p.node, err = parseNode(words, 0); err != nil {
		return p, err
	}
	if p.key, err = parseKey(words, 1); err != nil {
		return p, err
	}
	p.rel, err = parseRelation(words, 2)
	return p, err
}

// served returns what a node would serve for the key; the finding says why it serves
// nothing at all.
func (h *History) served(at place) (rec *model.Record, event int, f Finding, ok bool) {
	if f, bad := h.unknownNode(at.node); bad {
		return nil, 0, f, false
	}
	v := h.view()
	n := v.Node(at.node)
	if !n.IsUp() {
		return nil, 0, Finding{Verdict: No, Witness: fmt.Sprintf("%s is down and serves nothing.", at.node)}, false
	}
	c := v.Cell(at.node, at.key)
	if c == nil {
		return nil, 0, Finding{}, true
	}
	if c.Doubt != 0 {
		f := Finding{Verdict: No, Ops: []model.OpID{c.Doubt}, Witness: fmt.Sprintf("%s is in doubt whether %s took place, and serves nothing of %s.",
			at.node, h.x.Names([]model.OpID{c.Doubt}, at.key), model.Quote(at.key))}
		return nil, 0, f, false
	}
	return c.Record, c.Event, Finding{}, true
}

func (h *History) value(at place, want literal) Finding {
	rec, event, f, ok := h.served(at)
	if !ok {
		return f
	}
	got := literalOf(rec.Values())
	holds, ordered := got.compare(at.rel, want)
	if !ordered {
		return Finding{Witness: fmt.Sprintf("%s serves %s for %s, which %s can't compare to %s.", at.node, clip(got.String()), model.Quote(at.key), at.rel, want)}
	}
	f = Finding{Verdict: verdictOf(holds), Ops: rec.Ops(), At: h.at(event)}
	f.Witness = fmt.Sprintf("%s serves %s for %s", at.node, clip(got.String()), model.Quote(at.key))
	if names := rec.Ops(); len(names) > 0 {
		f.Witness += ", " + h.x.Names(names, at.key)
	}
	f.end(event)
	return f
}

// end closes the witness with the event that made it so.
func (f *Finding) end(event int) {
	if event != 0 {
		f.Witness += " (" + number(event) + ")"
		f.Events = append(f.Events, event)
	}
	f.Witness += "."
	f.tidy()
}

// versionsOf writes the versions that a record holds as expectations do: v3, [v2 v3], nil.
func versionsOf(x *trace.Index, rec *model.Record, key string) string {
	ops := rec.Ops()
	switch s := x.Names(ops, key); {
	case len(ops) == 0:
		return "nil"
	case len(ops) == 1:
		return s
	default:
		return "[" + strings.ReplaceAll(s, "|", " ") + "]"
	}
}
