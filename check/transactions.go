package check

import (
	"fmt"

	"capsim/model"
	"capsim/trace"
)

// transaction is what the events say of one transaction up to the end of the history.
//
// Invariants:
//  1. No two of parts have one name.
//  2. since is the event that gave it its state.
type transaction struct {
	name      string
	size      int64 // how many parts it has; 0 if no Begin says so
	begun     int   // its Begin; 0 for none
	parts     []*partEffect
	committed int // its first Commit; 0 for none
	aborted   int // its first Abort; 0 for none
	held      int // resources that it holds
	state     atomicity
	since     int
}

// partEffect is what one part of a transaction did.
type partEffect struct {
	name  string
	node  model.NodeID // where it took effect first
	event int          // its first effect
	once  int64        // by how much it took effect then
	net   int64        // by how much it is in effect now: what was taken back counts
	last  int          // the last event that changed net
	wrong int          // the first event after which net was neither 0 nor once; 0 for none
	was   int64        // net then
}

// atomicity is how a transaction stands at an instant.
type atomicity uint8

const (
	wholeOrNone atomicity = iota // all of its parts are in effect, or none
	hidden                       // some are, and it holds a resource for each that is missing
	partial                      // some are, and some are not, for all to see
	undone                       // it was aborted, and some part is in effect
	split                        // one node committed it, another aborted it
)

// transactions returns the transactions, in the order in which the log names them.
func (h *History) transactions() []*transaction {
	if h.txns != nil {
		return h.txns.list
	}
	h.txns = &transactionsOf{by: map[string]*transaction{}}
	for n := 1; n <= h.until; n++ {
		h.txns.take(n, h.log.At(n))
	}
	return h.txns.list
}

// transactionsOf collects transactions.
type transactionsOf struct {
	list []*transaction
	by   map[string]*transaction
	held []hold // those that are not over
}

type hold struct{ resource, holder string }

// of returns the transaction of that name, which is added if it is new.
func (x *transactionsOf) of(name string) *transaction {
	t := x.by[name]
	if t == nil {
		t = &transaction{name: name}
		x.by[name] = t
		x.list = append(x.list, t)
	}
	return t
}

func (x *transactionsOf) take(n int, e *trace.Event) {
	var t *transaction
	switch e.Kind {
	case trace.Begin:
		if t = x.of(e.Key); t.begun == 0 {
			t.begun, t.size = n, e.N
		}
	case trace.Effect:
		t = x.of(e.Key)
		t.effect(n, e)
	case trace.Commit:
		if t = x.of(e.Key); t.committed == 0 {
			t.committed = n
		}
	case trace.Abort:
		if t = x.of(e.Key); t.aborted == 0 {
			t.aborted = n
		}
	case trace.Acquire, trace.Relinquish:
		// A holder that is no transaction is none of ours.
		if t = x.by[e.Text]; t == nil || !x.hold(hold{e.Key, e.Text}, e.Kind == trace.Acquire) {
			return
		}
		if t.held++; e.Kind == trace.Relinquish {
			t.held -= 2
		}
	default:
		return
	}
	if s := t.judge(); s != t.state {
		t.state, t.since = s, n
	}
}

// hold notes that a resource is held or no more; false if that is nothing new.
func (x *transactionsOf) hold(k hold, begins bool) bool {
	for i := range x.held {
		if x.held[i] == k {
			if !begins {
				x.held = append(x.held[:i], x.held[i+1:]...)
			}
			return !begins
		}
	}
	if begins {
		x.held = append(x.held, k)
	}
	return begins
}

// effect counts an effect.
func (t *transaction) effect(n int, e *trace.Event) {
	var p *partEffect
	for _, q := range t.parts {
		if q.name == e.Text {
			p = q
		}
	}
	if p == nil {
		p = &partEffect{name: e.Text, node: e.Node, event: n, once: e.N}
		t.parts = append(t.parts, p)
	}
	p.net, p.last = p.net+e.N, n
	if p.net != 0 && p.net != p.once && p.wrong == 0 {
		p.wrong, p.was = n, p.net
	}
}

// inEffect counts the parts that are in effect.
func (t *transaction) inEffect() (n int64) {
	for _, p := range t.parts {
		if p.net != 0 {
			n++
		}
	}
	return n
}

func (t *transaction) judge() atomicity {
	in := t.inEffect()
	switch missing := t.size - in; {
	case t.committed != 0 && t.aborted != 0:
		return split
	case t.aborted != 0 && in > 0:
		return undone
	case in == 0 && t.committed == 0, missing <= 0:
		return wholeOrNone
	case int64(t.held) >= missing:
		return hidden
	}
	return partial
}

// named returns the transaction of that name alone, all for ""; and what to say if there
// is none.
func (h *History) named(name string) ([]*transaction, string) {
	all := h.transactions()
	switch {
	case name == "" && len(all) > 0:
		return all, ""
	case name == "":
		return nil, "Nothing to judge: no transaction began."
	case h.txns.by[name] != nil:
		return []*transaction{h.txns.by[name]}, ""
	}
	return nil, fmt.Sprintf("Nothing to judge: no transaction is called %s.", model.Quote(name))
}

// optionalTransaction reads the name of a transaction, or none: "".
func optionalTransaction(t func(h *History, name string) Finding) func([]string) (Test, error) {
	return func(words []string) (Test, error) {
		name := ""
		if len(words) > 0 {
			name = unquote(words[0])
		}
		if err := atMost(words, 1); err != nil {
			return nil, err
		}
		return func(h *History) Finding { return t(h, name) }, nil
	}
}
