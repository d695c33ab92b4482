package check

import (
	"cmp"
	"fmt"
	"strings"

	"capsim/model"
	"capsim/trace"
)

// lostWrites: how many acknowledged writes with an effect are gone at the end: no
// record of a node, disk of a crashed one, or message under way holds the write or
// one that superseded it, directly or through others. A write supersedes what its
// coordinator had seen; that another won by its stamp is no superseding.
var lostWrites = Check{
	Name:  "lost-writes",
	Usage: "CMP N",
	Doc:   "how many acknowledged writes are gone: lost-writes = 0",
	About: "How many acknowledged writes with an effect are gone: no record, disk of a crashed node " +
		"or message holds the write or any that superseded it, directly or through others. A " +
		"write supersedes what its coordinator had seen. That another one won by its stamp alone " +
		"is no superseding: last-writer-wins loses.",
	Whole: true,
	Each:  true,
	Parse: countOf(func(h *History) Finding { return h.lost() }),
}

// countOf reads "CMP N" for a finding that counts; no words are "= 0".
func countOf(measure func(h *History) Finding) func([]string) (Test, error) {
	return func(words []string) (Test, error) {
		if len(words) == 0 {
			words = []string{"=", "0"}
		}
		rel, n, err := parseCount(words, 0)
		if err != nil {
			return nil, err
		}
		return func(h *History) Finding {
			f := measure(h)
			return counted(f, f.Value.(int64), rel, n)
		}, nil
	}
}

// maxTold bounds how many single losses a witness tells.
const maxTold = 3

func (h *History) lost() Finding {
	var f Finding
	var told []string
	n := int64(0)
	v := h.view()
	x := &h.facts().effects
	held := h.within(h.present(v))
	for _, o := range h.operations() {
		if !acknowledged(o) {
			continue
		}
		for _, key := range o.Command.Keys() {
			if i := x.find(h.number(o.ID), o.ID, key); x.all[i].event == 0 || held[i] {
				continue
			}
			n++
			if len(told) < maxTold {
				told = append(told, h.tellLost(&f, v, o, key))
			}
			break // once is enough, for a write of several keys
		}
	}
	f.Value = n
	switch {
	case n == 0:
		f.Witness = "Every acknowledged write, or one that superseded it, is held somewhere."
	case int(n) > len(told):
		f.Witness = fmt.Sprintf("%s And %d more.", strings.Join(told, " "), int(n)-len(told))
	default:
		f.Witness = strings.Join(told, " ")
	}
	return f
}

// tellLost says what became of a lost write, and adds it to the finding.
func (h *History) tellLost(f *Finding, v *trace.View, o *trace.Op, key string) string {
	why, at, event := h.whyLost(v, o, key)
	if len(f.Ops) == 0 || at < f.At {
		f.At = at
	}
	f.Events = append(f.Events, event)
	f.point(o)
	return fmt.Sprintf("%s was acknowledged and is gone: %s.", tell(o), why)
}

// present returns the effects at the head of what any node has, on the disks of
// crashed ones, too, and those of the writes that messages under way carry.
func (h *History) present(v *trace.View) []int32 {
	x := &h.facts().effects
	var all []int32
	for _, key := range v.Keys() {
		for i := range v.Nodes {
			c := v.Cell(v.Nodes[i].ID, key)
			if c == nil || c.Last == nil {
				continue
			}
			for j := range c.Last.Heads {
				op := c.Last.Heads[j].Op
				all = append(all, x.find(h.number(op), op, key))
			}
		}
	}
	for _, m := range v.Flight() {
		for _, op := range m.Ops { // which key a message is about, the trace does not say
			if n := h.number(op); n >= 0 {
				for i := x.first[n]; i != 0; i = x.all[i].next {
					all = append(all, i)
				}
			}
		}
	}
	return all
}

// whyLost says what became of a lost write, since when, and the event that did it.
func (h *History) whyLost(v *trace.View, o *trace.Op, key string) (why string, at model.Time, event int) {
	if n := h.effect(o.ID, key).discarded; n != 0 {
		e := h.log.At(n)
		why = fmt.Sprintf("%s dropped it (%s", e.Node, number(n))
		if e.Text != "" {
			why += ", " + clip(e.Text)
		}
		why += ")"
		if won := h.winner(h.keptInstead(n)); won != "" {
			why += " for " + won
		}
		return why, e.At, n
	}
	if nodes, n := h.wipedWith(o, key); len(nodes) > 0 {
		return fmt.Sprintf("%s had it, and the disk was wiped (%s)", nodeList(nodes), number(n)), h.at(n), n
	}
	if c := v.Cell(o.Node, key); c != nil {
		return fmt.Sprintf("%s now holds %s", o.Node, cmp.Or(h.winner(c.Last), "nothing")), o.Done, o.Returned
	}
	return "no node holds it any more", o.Done, o.Returned
}

// keptInstead returns what a node held of the key once it had discarded a write: it
// says so before or after what it serves from then on.
func (h *History) keptInstead(event int) *model.Record {
	e := h.log.At(event)
	c := h.f.Fold(event).Cell(e.Node, e.Key)
	if c != nil && !c.Last.Holds(e.Op) {
		return c.Last
	}
	for n := event; n <= h.until; n++ {
		a := h.log.At(n)
		if a.Kind == trace.Applied && a.Node == e.Node && a.Key == e.Key && a.Record() != nil && !a.Record().Holds(e.Op) {
			return a.Record()
		}
	}
	return nil
}

// winner names the writes that a record holds.
func (h *History) winner(rec *model.Record) string {
	if rec == nil {
		return ""
	}
	var words []string
	for _, head := range rec.Heads {
		if w := h.x.Op(head.Op); w != nil {
			words = append(words, tell(w))
		}
	}
	if len(words) == 0 {
		return ""
	}
	return list(words, "and")
}

// wipedWith returns the nodes that lost the write with their disk, and the last event
// that wiped one.
func (h *History) wipedWith(o *trace.Op, key string) (nodes []model.NodeID, event int) {
	has := make([]bool, h.o.Nodes+1)
	for n := o.Invoked; n <= h.until; n++ {
		e := h.log.At(n)
		if e.Node < 1 || int(e.Node) > h.o.Nodes {
			continue
		}
		switch {
		case e.Kind == trace.Applied && e.Key == key:
			has[e.Node] = has[e.Node] || e.Record().Holds(o.ID)
		case e.Kind == trace.HostChange && e.Text == "wiped" && has[e.Node]:
			has[e.Node] = false
			nodes, event = append(nodes, e.Node), n
		}
	}
	return nodes, event
}
