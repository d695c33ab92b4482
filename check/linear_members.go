package check

import (
	"fmt"
	"slices"

	"capsim/model"
)

// memberWitness explains what a read of a set returned by one member alone.
type memberWitness struct {
	*witness
	changes map[string][]*call // SADDs and SREMs, by member
}

// members returns it; nil where the set is changed by other commands, too, or the culprit
// is no read of its members.
func (w *witness) members() *memberWitness {
	if w.c.cmd.Verb != model.SMEMBERS || w.c.reply == nil || w.c.reply.Kind != model.ListReply || len(w.g.keys) != 1 || len(w.g.init) != 1 {
		return nil
	}
	m := &memberWitness{w, map[string][]*call{}}
	for _, c := range w.g.calls {
		switch c.cmd.Verb {
		case model.SMEMBERS, model.SCARD, model.SISMEMBER:
		case model.SADD, model.SREM:
			for _, name := range c.cmd.Args[1:] {
				m.changes[name] = append(m.changes[name], c)
			}
		default:
			return nil
		}
	}
	return m
}

// shape finds a member that must be in what the culprit returned and is not, or is and
// can't be: a contradiction by itself.
func (m *memberWitness) shape() (Finding, bool) {
	init := m.g.init[0][0].Members
	has := map[string]bool{}
	for _, name := range m.c.reply.List {
		has[name] = true
		if f, ok := m.against(name, model.SREM, model.SADD, "with "); ok {
			return f, true
		}
		if added := slices.ContainsFunc(m.changes[name], func(c *call) bool { return c.cmd.Verb == model.SADD && c.begin < m.c.end }); !added && !slices.Contains(init, name) {
			f := Finding{Witness: fmt.Sprintf("%s returned %s, which nobody had added by then.", tell(m.c.op), clip(model.Quote(name)))}
			f.point(m.c.op)
			return f, true
		}
	}
	for _, c := range m.g.calls { // in order, where a map has none
		if c.cmd.Verb != model.SADD {
			continue
		}
		for _, name := range c.cmd.Args[1:] {
			if has[name] {
				continue
			}
			if f, ok := m.against(name, model.SADD, model.SREM, "without "); ok {
				return f, true
			}
		}
	}
	return m.forgotten(has)
}

// forgotten: a read that ended before the culprit began had returned a member that
// nobody removed, and that the culprit lacks.
func (m *memberWitness) forgotten(has map[string]bool) (Finding, bool) {
	looked := 0
	for _, c := range slices.Backward(m.g.calls) {
		if looked == maxLook {
			break
		}
		if c.cmd.Verb != model.SMEMBERS || c.reply == nil || c.end >= m.c.begin {
			continue
		}
		looked++
		for _, name := range c.reply.List {
			if has[name] || m.mayFollow(name, model.SREM, 0) {
				continue
			}
			f := Finding{Witness: fmt.Sprintf("%s returned the set without %s, though %s had already returned it with %[2]s, %[4]s.",
				tell(m.c.op), clip(model.Quote(name)), tell(c.op), before(c.op, m.c.op))}
			f.point(m.c.op, c.op)
			return f, true
		}
	}
	return Finding{}, false
}

// against finds the last change of a member that was acknowledged before the culprit
// began, and that nothing may have undone between.
func (m *memberWitness) against(name string, change, undo model.Verb, with string) (Finding, bool) {
	var last *call
	for _, c := range m.changes[name] {
		if c.cmd.Verb == change && c.end < m.c.begin && (last == nil || c.begin > last.begin) {
			last = c
		}
	}
	if last == nil || m.mayFollow(name, undo, last.begin) {
		return Finding{}, false
	}
	f := Finding{Witness: fmt.Sprintf("%s returned the set %s%s, though %s was acknowledged %s.",
		tell(m.c.op), with, clip(model.Quote(name)), tell(last.op), before(last.op, m.c.op))}
	f.point(m.c.op, last.op)
	return f, true
}

// mayFollow tells whether a change of a member may have happened after an event, and
// before the culprit ended.
func (m *memberWitness) mayFollow(name string, change model.Verb, event int) bool {
	return slices.ContainsFunc(m.changes[name], func(c *call) bool {
		return c.cmd.Verb == change && c.end > event && c.begin < m.c.end
	})
}
