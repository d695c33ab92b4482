package netsim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"capsim/model"
)

var messageFault = Fault{
	Name:  "message",
	Usage: "message 12 drop | hold | release | hurry",
	Doc: "Does something to one message under way, by its number: loses it, keeps it on its link until it is released, " +
		"sends it on with a new delay, or lets it land now.",
	Parse: parseMessage,
	Now:   true,
}

// grips are what can be done to one message.
var grips = []struct {
	name string
	do   func(n *Net, id model.MsgID, what string) error
}{
	{"drop", (*Net).dropOne},
	{"hold", (*Net).holdOne},
	{"release", (*Net).releaseOne},
	{"hurry", (*Net).hurryOne},
}

func parseMessage(a Args) (Action, error) {
	if len(a.Words) == 0 {
		return nil, a.wrong(0, "the number of a message under way, as 12")
	}
	number, err := strconv.ParseUint(strings.TrimPrefix(a.Words[0], "m"), 10, 32)
	if err != nil || number == 0 {
		return nil, a.wrong(0, "the number of a message under way, as 12")
	}
	id := model.MsgID(number)
	for _, g := range grips {
		if len(a.Words) > 1 && a.Words[1] == g.name {
			what := fmt.Sprintf("message %d %s", id, g.name)
			return func(n *Net) error { return g.do(n, id, what) }, a.end(2)
		}
	}
	return nil, a.wrong(1, "drop, hold, release or hurry")
}

// where is a message that is under way.
type where uint8

const (
	nowhere where = iota
	onWire
	isHeld // by a cut
	isKept // by itself
)

// find returns a message under way and where it is.
func (n *Net) find(id model.MsgID) (m message, at where) {
	is := func(m message) bool { return m.id == id }
	if i := slices.IndexFunc(n.kept, is); i >= 0 {
		return n.kept[i], isKept
	}
	if i := slices.IndexFunc(n.held, is); i >= 0 {
		return n.held[i], isHeld
	}
	n.queue.filter(func(e entry) bool {
		if e.kind() == messageEntry && model.MsgID(e.a()) == id {
			m, at = e.message(), onWire
		}
		return true
	})
	return m, at
}

// take takes a message from where it is.
func (n *Net) take(id model.MsgID, at where) {
	is := func(m message) bool { return m.id == id }
	switch at {
	case isKept:
		n.kept = slices.DeleteFunc(n.kept, is)
	case isHeld:
		n.held = slices.DeleteFunc(n.held, is)
	case onWire:
		n.queue.filter(func(e entry) bool { return e.kind() != messageEntry || model.MsgID(e.a()) != id })
	}
}

func notUnderWay(id model.MsgID) error {
	return fmt.Errorf("message %d is not under way: it has arrived, was lost, or was never sent", id)
}

func (n *Net) heldByCut(m message) error {
	return fmt.Errorf("message %d is held by a cut; heal %s->%s", m.id, n.name(m.from), n.name(m.to))
}

func (n *Net) dropOne(id model.MsgID, what string) error {
	m, at := n.find(id)
	if at == nowhere {
		return notUnderWay(id)
	}
	n.take(id, at)
	n.handler.Dropped(m.id, m.from, m.to, what)
	return nil
}

func (n *Net) holdOne(id model.MsgID, what string) error {
	m, at := n.find(id)
	switch at {
	case nowhere:
		return notUnderWay(id)
	case isKept:
		return fmt.Errorf("message %d is held already; release it first", id)
	}
	n.take(id, at)
	n.kept = append(n.kept, m)
	n.handler.Held(m.id, m.from, m.to, what)
	return nil
}

// releaseOne sends on what holdOne kept: as anything that is sent now, but that no
// chance loses it.
func (n *Net) releaseOne(id model.MsgID, _ string) error {
	m, at := n.find(id)
	switch at {
	case nowhere:
		return notUnderWay(id)
	case onWire:
		return fmt.Errorf("message %d is on its way; nothing holds it", id)
	case isHeld:
		return n.heldByCut(m)
	}
	n.take(id, at)
	p := n.links.at(m.from, m.to)
	switch c := n.cutOf(p, m.from, m.to); {
	case m.from == m.to:
		n.land(m, n.now)
	case c.state == Dropping:
		n.handler.Dropped(m.id, m.from, m.to, c.cause)
	case c.state == Holding:
		n.held = append(n.held, m)
		n.handler.Held(m.id, m.from, m.to, c.cause)
	default:
		n.land(m, n.dueOf(p, m))
	}
	return nil
}

// hurryOne lets a message land now, also one that holdOne kept.
func (n *Net) hurryOne(id model.MsgID, _ string) error {
	m, at := n.find(id)
	switch at {
	case nowhere:
		return notUnderWay(id)
	case isHeld:
		return n.heldByCut(m)
	}
	n.take(id, at)
	n.land(m, n.now)
	return nil
}

// land lets a message land at the instant given.
func (n *Net) land(m message, due model.Time) {
	n.queue.push(newMessage(due, m))
	n.handler.Released(m.id, m.from, m.to, due)
}
