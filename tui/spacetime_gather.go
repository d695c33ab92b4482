package tui

import (
	"sort"
	"time"

	"capsim/model"
	"capsim/trace"
)

// gathered is what a window of a run holds, found once and added to as the cursor moves on:
// numbers of events, ascending.
type gathered struct {
	of       *record
	from, to model.Time
	upTo     int     // the event up to which it is gathered
	carrying []int32 // Sends of writes, and of remote clients
	others   []int32 // Sends of the rest
	early    int     // how many of those are in the first three quarters
	applied  []int32
	hosts    []int32 // HostChanges
}

// maxGathered bounds how many events of a window are looked at: the last before its end.
const maxGathered = 20_000

// longest is how long before a window a message may have been sent that is still drawn.
const longest = model.Time(500 * time.Millisecond)

// gather returns what is in a window up to the cursor.
func (p *spaceTimePane) gather(s *scene, from, to model.Time) *gathered {
	g := p.room(s, from, to)
	n := min(s.n, s.folder.EventAt(to))
	if g.upTo > n || g.of == nil {
		*g = gathered{
			of: s.record, from: from, to: to, carrying: g.carrying[:0], others: g.others[:0], applied: g.applied[:0], hosts: g.hosts[:0],
		}
		g.upTo = max(s.folder.EventAt(max(from-longest, 0)-1), n-maxGathered)
	}
	late := from + (to-from)*3/4
	for g.upTo < n {
		g.upTo++
		g.take(int32(g.upTo), s.log.At(g.upTo), late)
	}
	return g
}

// room returns where a window is gathered, or the room of one that is not needed any more.
func (p *spaceTimePane) room(s *scene, from, to model.Time) *gathered {
	for i := range p.seen {
		if g := &p.seen[i]; g.of == s.record && g.from == from && g.to == to {
			return g
		}
	}
	if len(p.seen) < maxDrafts {
		p.seen = append(p.seen, gathered{})
	} else { // the oldest goes
		oldest := p.seen[0]
		copy(p.seen, p.seen[1:])
		p.seen[len(p.seen)-1] = oldest
	}
	g := &p.seen[len(p.seen)-1]
	g.of = nil
	return g
}

func (g *gathered) take(n int32, e *trace.Event, late model.Time) {
	switch e.Kind {
	case trace.Send:
		switch {
		case e.Node == e.Peer:
		case carries(e):
			g.carrying = append(g.carrying, n)
		default:
			g.others = append(g.others, n)
			g.early += b2i(e.At < late)
		}
	case trace.Applied:
		if e.At >= g.from {
			g.applied = append(g.applied, n)
		}
	case trace.HostChange:
		if e.At >= g.from {
			g.hosts = append(g.hosts, n)
		}
	}
}

// marksFrom returns the first mark that lies in the window.
func (p *spaceTimePane) marksFrom(s *scene) int {
	from := p.timeWindow.from
	return sort.Search(len(s.marks), func(i int) bool { return s.marks[i].at >= from })
}
