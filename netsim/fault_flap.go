package netsim

import (
	"strings"
	"time"
)

var flapFault = Fault{
	Name:  "flap",
	Usage: "flap n1-n2 up=200ms down=300ms | off",
	Doc: "Lets a link go up and down by turns, one way or both, beginning with up; while it is down it is cut: " +
		"what is on it and what is sent is lost; off, or heal, ends it.",
	Parse: parseFlap,
}

// flap is a fault at work: some links that go up and down together.
type flap struct {
	set      Links
	up, down time.Duration
	isDown   bool
	text     string // "up=200ms down=300ms"
}

const leastFlap = time.Millisecond

func parseFlap(a Args) (Action, error) {
	set, err := a.links(0)
	if err != nil {
		return nil, err
	}
	if len(a.Words) > 1 && a.Words[1] == "off" {
		return func(n *Net) error {
			n.change(set, func(p *link) { p.flapBy(nil) })
			return nil
		}, a.end(2)
	}
	f := flap{set: set}
	for i, part := range []struct {
		name string
		d    *time.Duration
	}{{"up=", &f.up}, {"down=", &f.down}} {
		ok := i+1 < len(a.Words)
		if ok {
			text, named := strings.CutPrefix(a.Words[i+1], part.name)
			*part.d, ok = parseDuration(text)
			ok = ok && named && *part.d >= leastFlap
		}
		if !ok {
			return nil, a.wrong(i+1, part.name+" and a duration from 1ms to 1h, as "+part.name+"200ms")
		}
	}
	f.text = "up=" + f.up.String() + " down=" + f.down.String()
	return func(n *Net) error {
		own := f
		n.change(set, func(p *link) { p.flapBy(&own) })
		n.flaps = append(n.flaps, &own)
		n.nextTurn(len(n.flaps) - 1)
		return nil
	}, a.end(3)
}

// flapBy makes the link flap as others do; nil ends it, and the link is up.
func (p *link) flapBy(f *flap) {
	p.down = cut{}
	if f != nil {
		p.add().flap = f
	} else if p.more != nil {
		p.more.flap = nil
		p.trim()
	}
}

func (n *Net) nextTurn(i int) {
	f := n.flaps[i]
	lasts := f.up
	if f.isDown {
		lasts = f.down
	}
	n.queue.push(newEntry(n.now.Add(lasts), flapEntry, uint32(i), 0, 0))
}

// turn takes the links of a flap down, or up again; those that it has left.
func (n *Net) turn(i int) {
	f := n.flaps[i]
	f.isDown = !f.isDown
	var now cut
	if f.isDown {
		now = cut{Dropping, "flap " + f.set.String()}
	}
	if !n.flapping(f) {
		return
	}
	n.change(f.set, func(p *link) {
		if p.more != nil && p.more.flap == f {
			p.down = now
		}
	})
	n.nextTurn(i)
}

// flapping tells whether any link is left to the flap.
func (n *Net) flapping(f *flap) bool {
	left := false
	n.links.each(func(p *link) { left = left || p.more != nil && p.more.flap == f })
	return left
}
