package scenarios

import (
	"fmt"
	"time"

	"capsim/check"
	"capsim/model"
	"capsim/trace"
)

// outcome is what a run says after an anomaly's recipe was played.
type outcome struct {
	r     *Session
	names names
	since int // events up to this one were there before
	view  *trace.View

	event int // what shows it best, if no check does
}

func leads(h *check.History, n model.NodeID) bool {
	c, ok := check.Find("leader")
	if !ok {
		return false
	}
	test, err := c.Parse([]string{n.String()})
	return err == nil && test(h).Verdict == check.Yes
}

// linearizable tells whether the answers about a key are for certain those of one single copy.
func (o *outcome) linearizable(key string) bool {
	c, ok := check.Find("linearizable")
	if !ok {
		return false
	}
	test, err := c.Parse([]string{key})
	return err == nil && test(o.r.History()).Verdict == check.Yes
}

// op returns the n-th operation of a client of the recipe, from 1; nil if it has not made
// so many.
func (o *outcome) op(client string, n int) *trace.Op {
	name := o.names[client]
	for _, op := range o.r.index.Ops() {
		if op.Invoked > o.since && op.Client == name {
			if n--; n == 0 {
				return op
			}
		}
	}
	return nil
}

// wentWell tells whether an operation was done, as far as its client was told.
func wentWell(op *trace.Op) bool {
	return op != nil && op.Result != nil && op.Result.Outcome == model.OKOutcome && op.Result.Reply.Kind != model.ErrorReply
}

// says tells whether an operation was answered so.
func says(op *trace.Op, reply string) bool { return wentWell(op) && op.Result.Reply.String() == reply }

// endedBefore tells whether an operation had ended before another began.
func endedBefore(a, b *trace.Op) bool { return a.Returned != 0 && a.Returned < b.Invoked }

// tellOp writes an operation: "bob's GET cart at n2".
func tellOp(op *trace.Op) string {
	return fmt.Sprintf("%s's %s at %s", op.Client, op.Command.String(), op.Node)
}

// replyOf writes what it answered.
func replyOf(op *trace.Op) string { return op.Result.Reply.String() }

func later(a, b *trace.Op) time.Duration { return b.At.Sub(a.Done).Round(time.Millisecond) }

// gone tells whether no node holds the write, no message carries it, and nothing that a node
// holds had superseded it.
func (o *outcome) gone(op *trace.Op) bool {
	key := op.Command.Key()
	for i := range o.view.Nodes {
		c := o.view.Cell(o.view.Nodes[i].ID, key)
		if c == nil || c.Last == nil {
			continue
		}
		if c.Last.Holds(op.ID) {
			return false
		}
		for _, head := range c.Last.Heads {
			if o.superseded(op.ID, head.Op, key, 8) {
				return false
			}
		}
	}
	for _, f := range o.view.Flight() {
		for _, carried := range f.Ops {
			if carried == op.ID {
				return false
			}
		}
	}
	return true
}

// superseded tells whether a write was superseded by another, directly or through
// others.
func (o *outcome) superseded(op, by model.OpID, key string, depth int) bool {
	for _, earlier := range o.r.index.Supersedes(by, key) {
		if earlier == op || depth > 0 && o.superseded(op, earlier, key, depth-1) {
			return true
		}
	}
	return false
}
