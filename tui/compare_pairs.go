package tui

import (
	"sort"

	"capsim/export"
	"capsim/model"
	"capsim/trace"
)

// pair is the same operation on each of the sides: the n-th of one client. A side that it
// has not come to has nil.
type pair struct {
	at     model.Time // when the first of them began
	client string
	n      int // from 1
	ops    [maxSides]*trace.Op
	// What is written of it, once that is known.
	command string
	replies [maxSides]string
	spans   [maxSides]string
}

// first returns the operation on the first side that has come to it.
func (p *pair) first() *trace.Op {
	for _, op := range p.ops {
		if op != nil {
			return op
		}
	}
	return nil
}

// asks writes the command, with the node that it asks.
func (p *pair) asks() string {
	if op := p.first(); p.command == "" && op != nil {
		p.command = printable(op.Command.String()) + " at " + op.Node.String()
	}
	return p.command
}

// said writes the reply on a side; it has ended there.
func (p *pair) said(side int) string {
	if p.replies[side] == "" {
		p.replies[side] = p.ops[side].Result.Reply.String()
	}
	return p.replies[side]
}

// took writes how long it took on a side; it has ended there.
func (p *pair) took(side int) string {
	if op := p.ops[side]; p.spans[side] == "" {
		p.spans[side] = export.Span(op.Done.Sub(op.At))
	}
	return p.spans[side]
}

// pairing is the operations of some runs side by side, in the order in which the first
// of each pair began. It is extended as the runs go on, all to the same instant.
type pairing struct {
	records []*record
	taken   []int // operations of each that were taken in
	pairs   []pair
	place   map[pairKey]int
	counts  []map[string]int // by side and client
}

type pairKey struct {
	client string
	n      int
}

func newPairing(sides []*scene) *pairing {
	p := &pairing{taken: make([]int, len(sides)), place: map[pairKey]int{}}
	for _, s := range sides {
		p.records = append(p.records, s.record)
		p.counts = append(p.counts, map[string]int{})
	}
	return p
}

// of tells whether it pairs the runs of these sides.
func (p *pairing) of(sides []*scene) bool {
	if len(sides) != len(p.records) {
		return false
	}
	for i, s := range sides {
		if s.record != p.records[i] {
			return false
		}
	}
	return true
}

// extend takes in what clients asked for since, of all sides in the order of time.
func (p *pairing) extend() {
	for {
		first := -1
		var next *trace.Op
		for i, r := range p.records {
			if ops := r.index.Ops(); p.taken[i] < len(ops) && (next == nil || ops[p.taken[i]].At < next.At) {
				first, next = i, ops[p.taken[i]]
			}
		}
		if next == nil {
			return
		}
		p.taken[first]++
		if !next.System {
			p.add(first, next)
		}
	}
}

func (p *pairing) add(side int, op *trace.Op) {
	p.counts[side][op.Client]++
	key := pairKey{op.Client, p.counts[side][op.Client]}
	at, known := p.place[key]
	if !known {
		at = len(p.pairs)
		p.place[key] = at
		p.pairs = append(p.pairs, pair{at: op.At, client: key.client, n: key.n})
	}
	p.pairs[at].ops[side] = op
}

// until returns the pairs that had begun at an instant.
func (p *pairing) until(t model.Time) []pair {
	return p.pairs[:sort.Search(len(p.pairs), func(i int) bool { return p.pairs[i].at > t })]
}

// find returns the place of an operation of a side, -1 if it has none.
func (p *pairing) find(side int, op *trace.Op) int {
	if op == nil || op.System {
		return -1
	}
	// Pairs ascend by their first: this one's began no later.
	n := ordinalOf(p.records[side], op)
	if at, known := p.place[pairKey{op.Client, n}]; known {
		return at
	}
	return -1
}

// differ tells whether the sides came to different ends, as far as they have come.
func (p *pair) differ(sides []*scene) bool {
	for i := 1; i < len(sides); i++ {
		a, b := p.ops[0], p.ops[i]
		switch {
		case a == nil || b == nil:
			return true
		case sides[0].outcomeOf(a) != sides[i].outcomeOf(b):
			return true
		case sides[0].outcomeOf(a) == model.Open:
		case !sameEnd(a.Result, b.Result), sides[0].isStale(a.Returned) != sides[i].isStale(b.Returned):
			return true
		}
	}
	return false
}

// sameEnd tells whether two operations were answered alike. Of one that was refused or not
// answered the reason does not count.
func sameEnd(a, b *model.Result) bool {
	return a.Outcome == b.Outcome && (a.Outcome != model.OKOutcome || a.Reply.Equal(b.Reply))
}

// ordinalOf returns which of its client's operations one is, from 1; 0: it is not known.
func ordinalOf(r *record, op *trace.Op) int {
	i, known := r.place[op.Client]
	if !known {
		return 0
	}
	return placeOf(r.clients[i].ops, op) + 1
}

// pairOf returns the operation of another run that is the same one of the same client;
// nil if it has not come to that.
func pairOf(op *trace.Op, from, to *record) *trace.Op {
	if op == nil || op.System {
		return nil
	}
	n := ordinalOf(from, op)
	i, known := to.place[op.Client]
	if !known || n < 1 || n > len(to.clients[i].ops) {
		return nil
	}
	return to.clients[i].ops[n-1]
}
