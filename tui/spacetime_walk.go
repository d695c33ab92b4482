package tui

import (
	"cmp"
	"slices"
	"sort"

	"capsim/export"
)

// happening is an event of the diagram that can be selected.
type happening struct {
	event int
	of    export.Subject
}

// happenings lists what can be selected in the window, in the order of the log: messages
// that carry something, what clients asked, writes applied, and what became of hosts.
func (p *spaceTimePane) happenings(s *scene) []happening {
	win := p.window(s, 0, 1)
	g := p.gather(s, win.from, win.to)
	var all []happening
	for _, n := range g.carrying {
		if e := s.log.At(int(n)); e.At >= win.from {
			all = append(all, happening{int(n), messageSubject(e.Msg)})
		}
	}
	for _, n := range g.applied {
		e := s.log.At(int(n))
		if h, ok := e.Record().Newest(); ok {
			all = append(all, happening{int(n), export.Subject{Kind: export.VersionSubject, Node: e.Node, Key: e.Key, Op: h.Op}})
		}
	}
	for _, n := range g.hosts {
		all = append(all, happening{int(n), export.Subject{Kind: export.EventSubject, Event: int(n)}})
	}
	all = p.factHappenings(s, win, all)
	ops := s.opsAt(s.n)
	for _, op := range ops[sort.Search(len(ops), func(i int) bool { return ops[i].At >= win.from }):] {
		if op.At <= win.to {
			all = append(all, happening{op.Invoked, opSubject(op.ID)})
		}
	}
	slices.SortFunc(all, func(a, b happening) int { return cmp.Compare(a.event, b.event) })
	return all
}

// factHappenings adds what hosts said of themselves, and what they took hold of.
func (p *spaceTimePane) factHappenings(s *scene, win timeWindow, all []happening) []happening {
	add := func(n int) {
		if at := s.log.At(n).At; n <= s.n && at >= win.from && at <= win.to {
			all = append(all, happening{n, export.Subject{Kind: export.EventSubject, Event: n}})
		}
	}
	for host := range s.states {
		ns := s.states[host]
		for k := len(ns) - 1; k >= max(len(ns)-maxLabels, 0); k-- {
			add(int(ns[k]))
		}
	}
	for k := len(s.holds) - 1; k >= max(len(s.holds)-maxHoldings, 0); k-- {
		add(s.holds[k].from)
	}
	return all
}

// walk selects the event of the diagram after the selected one, or before; with none
// selected in the window, its last.
func (p *spaceTimePane) walk(s *scene, by int) request {
	all := p.happenings(s)
	if len(all) == 0 {
		return request{refuse: "nothing has happened in this stretch of time that could be selected"}
	}
	at := -1
	for i := range all {
		// the same write may be applied again and again: where the last step went counts
		if all[i].of == s.picked && (at < 0 || all[i].event == p.stood) {
			at = i
		}
	}
	if at < 0 {
		at = len(all) - 1
	} else {
		at = min(max(at+by, 0), len(all)-1)
	}
	p.stood = all[at].event
	return request{pick: all[at].of}
}
