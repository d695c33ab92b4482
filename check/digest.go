package check

import (
	"cmp"
	"slices"
	"strings"

	"capsim/model"
	"capsim/trace"
)

// digest is what one pass over the events collects for all checks.
type digest struct {
	hosts     [][]hostChange // by node, from 0
	switches  []int          // PolicyStart events
	toggles   []int          // statements that switch the policy; none in a log made by hand
	serving   []int          // Serving events
	ended     int            // the statement that ended the run; 0 if none has
	discards  map[opKey]int  // the first Discarded event of a write
	wrote     map[opKey]write
	dots      map[opKey]model.Dot
	deadlines map[opKey]model.Time         // that a write set, as the nodes applied it, or as its EXPIRE says
	saw       map[model.OpID]*model.Record // of an ok read: what its node served when it answered
	sent      int64
	heal      model.Time // of the last statement that healed
	agreed    model.Time // since when no key is diverged, if none is
	differ    model.Time // since when some key is diverged, if one is
	differAt  int        // the event that made it so
}

type opKey struct {
	op  model.OpID
	key string
}

// write is an operation's place in a key's history.
type write struct {
	event int
	over  []model.OpID // what it supersedes
}

type hostChange struct {
	event int
	at    model.Time
	state trace.NodeState
	wiped bool
}

func (h *History) facts() *digest {
	if h.digest != nil {
		return h.digest
	}
	d := &digest{
		hosts: make([][]hostChange, h.o.Nodes), discards: map[opKey]int{}, wrote: map[opKey]write{},
		dots: map[opKey]model.Dot{}, deadlines: map[opKey]model.Time{}, saw: map[model.OpID]*model.Record{},
	}
	converged := true
	for n := 1; n <= h.until; n++ {
		e := h.log.At(n)
		d.take(n, e)
		switch e.Kind {
		case trace.Send:
			d.lookRemote(h, n, e)
		case trace.Return:
			d.look(h, n, e)
		case trace.Applied, trace.HostChange:
			if now := h.f.Fold(n).Converged(); now != converged {
				converged = now
				if now {
					d.agreed = e.At
				} else {
					d.differ, d.differAt = e.At, n
				}
			}
		}
	}
	h.digest = d
	return d
}

func (d *digest) take(n int, e *trace.Event) {
	switch e.Kind {
	case trace.PolicyStart:
		d.switches = append(d.switches, n)
	case trace.Serving:
		d.serving = append(d.serving, n)
	case trace.Send:
		d.sent++
	case trace.Statement:
		d.statement(n, e)
	case trace.Wrote:
		if k := (opKey{e.Op, e.Key}); d.wrote[k].event == 0 {
			d.wrote[k] = write{event: n, over: e.Ops}
		}
	case trace.Discarded:
		if k := (opKey{e.Op, e.Key}); d.discards[k] == 0 {
			d.discards[k] = n
		}
	case trace.Applied:
		if r := e.Record(); r != nil {
			for i := range r.Heads {
				k, at := opKey{r.Heads[i].Op, e.Key}, r.Heads[i].Value.Deadline
				d.dots[k] = r.Heads[i].Dot
				if at != 0 && d.deadlines[k] == 0 {
					d.deadlines[k] = at
				}
			}
		}
	case trace.SystemWrite:
		if c := e.Call(); c != nil && sound(c.Command) {
			blames(d.deadlines, c.Command, c.Cause)
		}
	case trace.HostChange:
		d.host(n, e)
	}
}

func (d *digest) statement(n int, e *trace.Event) {
	switch {
	case e.Text == "heal" || strings.HasPrefix(e.Text, "heal "):
		d.heal = e.At
	case e.Text == "end":
		d.ended = n
	case strings.HasPrefix(e.Text, "policy "):
		d.toggles = append(d.toggles, n)
	}
}

func (d *digest) host(n int, e *trace.Event) {
	if e.Node < 1 || int(e.Node) > len(d.hosts) {
		return
	}
	c := hostChange{event: n, at: e.At}
	switch e.Text {
	case "crashed":
		c.state = trace.Down
	case "wiped":
		c.state, c.wiped = trace.WipedDown, true
	case "paused":
		c.state = trace.Paused
	}
	d.hosts[e.Node-1] = append(d.hosts[e.Node-1], c)
}

// look notes what a node served when it answered a read.
func (d *digest) look(h *History, n int, e *trace.Event) {
	o := h.x.Op(e.Op)
	if o == nil || o.Host != 0 || o.Returned != n || !answeredOK(o) || !sound(o.Command) || !isRead(o) {
		return
	}
	if c := h.f.Fold(n).Cell(o.Node, o.Command.Key()); c != nil {
		d.saw[o.ID] = c.Record
	}
}

// lookRemote notes what a node served when it sent the reply to a remote client's read.
func (d *digest) lookRemote(h *History, n int, e *trace.Event) {
	if e.Op == 0 || e.Text != trace.ReplyKind {
		return
	}
	o := h.x.Op(e.Op)
	if o == nil || !sound(o.Command) || !isRead(o) {
		return
	}
	d.saw[o.ID] = nil
	if c := h.f.Fold(n).Cell(e.Node, o.Command.Key()); c != nil {
		d.saw[o.ID] = c.Record
	}
}

// wellBetween tells whether the node was up and unpaused from one event to another.
func (d *digest) wellBetween(node model.NodeID, from, to int) bool {
	if node < 1 || int(node) > len(d.hosts) {
		return false
	}
	state := trace.Up
	for _, c := range d.hosts[node-1] {
		if c.event > to {
			break
		}
		if c.event > from && state != trace.Up {
			return false
		}
		state = c.state
	}
	return state == trace.Up
}

// wrote tells whether the operation took its place in the key's history.
func (h *History) wrote(op model.OpID, key string) bool {
	return h.facts().wrote[opKey{op, key}].event != 0
}

// closure returns the writes of a key that the given ones superseded, directly or
// through others, and themselves.
func (h *History) closure(key string, ops []model.OpID) map[model.OpID]bool {
	held := make(map[model.OpID]bool, len(ops))
	todo := slices.Clone(ops)
	for len(todo) > 0 {
		op := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if held[op] {
			continue
		}
		held[op] = true
		todo = append(todo, h.facts().wrote[opKey{op, key}].over...)
	}
	return held
}

func sortByInvocation(ops []*trace.Op) {
	slices.SortFunc(ops, func(a, b *trace.Op) int { return cmp.Compare(a.Invoked, b.Invoked) })
}

func sortByReturn(ops []*trace.Op) {
	slices.SortFunc(ops, func(a, b *trace.Op) int { return cmp.Compare(a.Returned, b.Returned) })
}
