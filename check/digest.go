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
	hosts    [][]hostChange // by node, from 0
	switches []int          // PolicyStart events
	toggles  []int          // statements that switch the policy; none in a log made by hand
	serving  []int          // Serving events
	ended    int            // the statement that ended the run; 0 if none has
	effects  effects
	// deadlines that a write set, as the nodes applied it, or as its EXPIRE says.
	deadlines map[opKey]model.Time
	saw       []shown // by number: of an ok read, what its node served when it answered
	sent      int64
	applied   int        // Applied events
	heal      model.Time // of the last statement that healed

	served [][]*model.Record // by node, from 0, and key
	locks  locks
}

// shown is what a node served of a key; record is nil for nothing.
type shown struct {
	record *model.Record
	at     bool // the node is known
}

type opKey struct {
	op  model.OpID
	key string
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
	n := len(h.x.Ops())
	d := &digest{
		hosts: make([][]hostChange, h.o.Nodes), effects: newEffects(n), deadlines: map[opKey]model.Time{}, saw: make([]shown, n),
		served: make([][]*model.Record, h.o.Nodes),
	}
	for n := 1; n <= h.until; n++ {
		d.take(h, n, h.log.At(n))
	}
	h.digest = d
	return d
}

func (d *digest) take(h *History, n int, e *trace.Event) {
	switch e.Kind {
	case trace.PolicyStart:
		d.switches = append(d.switches, n)
		d.locks.take(n, e)
	case trace.Acquire, trace.Relinquish, trace.Access:
		d.locks.take(n, e)
	case trace.Serving:
		d.serving = append(d.serving, n)
	case trace.Send:
		d.sent++
		d.lookRemote(h, e)
	case trace.Gauge: // of many nodes the messages are counted, and not told one by one
		if e.Text == trace.SentMetric {
			d.sent = e.N
		}
	case trace.Statement:
		d.statement(n, e)
	case trace.Wrote:
		if w := d.effects.of(h.number(e.Op), e.Op, e.Key); w.event == 0 {
			w.event, w.over = n, e.Ops
		}
	case trace.Discarded:
		if w := d.effects.of(h.number(e.Op), e.Op, e.Key); w.discarded == 0 {
			w.discarded = n
		}
	case trace.Applied:
		d.apply(h, e)
	case trace.SystemWrite:
		if c := e.Call(); c != nil && sound(c.Command) {
			blames(d.deadlines, c.Command, c.Cause)
		}
	case trace.HostChange:
		d.host(n, e)
		d.locks.take(n, e)
	case trace.Return:
		d.look(h, n, e)
	}
}

func (d *digest) apply(h *History, e *trace.Event) {
	d.applied++
	r := e.Record()
	if r != nil {
		for i := range r.Heads {
			w := d.effects.of(h.number(r.Heads[i].Op), r.Heads[i].Op, e.Key)
			w.dot, w.stamp, w.dotted = r.Heads[i].Dot, r.Heads[i].Stamp, true
			w.replaces = replaces(&r.Heads[i])
			if at := r.Heads[i].Value.Deadline; at != 0 {
				if k := (opKey{w.op, e.Key}); d.deadlines[k] == 0 {
					d.deadlines[k] = at
				}
			}
		}
	}
	if e.Node < 1 || int(e.Node) > len(d.served) {
		return
	}
	k := d.effects.keyID(e.Key)
	cells := &d.served[e.Node-1]
	for int(k) >= len(*cells) {
		*cells = append(*cells, nil)
	}
	(*cells)[k] = r
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
		d.served[e.Node-1] = nil
	case "paused":
		c.state = trace.Paused
	}
	d.hosts[e.Node-1] = append(d.hosts[e.Node-1], c)
}

// look notes what a node served when it answered a read.
func (d *digest) look(h *History, n int, e *trace.Event) {
	i := h.number(e.Op)
	if i < 0 {
		return
	}
	if o := h.x.Ops()[i]; o.Host == 0 && o.Returned == n && answeredOK(o) {
		d.sees(i, o, o.Node)
	}
}

// lookRemote notes what a node served when it sent the reply to a remote client's read.
func (d *digest) lookRemote(h *History, e *trace.Event) {
	if e.Op == 0 || e.Text != trace.ReplyKind {
		return
	}
	if i := h.number(e.Op); i >= 0 {
		d.sees(i, h.x.Ops()[i], e.Node)
	}
}

// sees notes that the operation, the i-th, sees what the node serves now.
func (d *digest) sees(i int, o *trace.Op, node model.NodeID) {
	if !sound(o.Command) || !isRead(o) || node < 1 || int(node) > len(d.served) {
		return
	}
	d.saw[i] = shown{at: true}
	if k, ok := d.effects.keys[o.Command.Key()]; ok {
		if cells := d.served[node-1]; int(k) < len(cells) {
			d.saw[i].record = cells[k]
		}
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

// number returns the place of the operation in the index's list; -1 if it has none.
// Ids are dense from 1 in a run's own log, so the first guess hits.
func (h *History) number(op model.OpID) int {
	ops := h.x.Ops()
	if i := int(op) - 1; i >= 0 && i < len(ops) && ops[i].ID == op {
		return i
	}
	i, found := slices.BinarySearchFunc(ops, op, func(o *trace.Op, id model.OpID) int { return cmp.Compare(o.ID, id) })
	if !found {
		return -1
	}
	return i
}

func sortByInvocation(ops []*trace.Op) {
	by := func(a, b *trace.Op) int { return cmp.Compare(a.Invoked, b.Invoked) }
	if !slices.IsSortedFunc(ops, by) {
		slices.SortFunc(ops, by)
	}
}

func sortByReturn(ops []*trace.Op) {
	slices.SortFunc(ops, func(a, b *trace.Op) int { return cmp.Compare(a.Returned, b.Returned) })
}
