package tui

import (
	"slices"

	"capsim/export"
	"capsim/model"
	"capsim/tui/canvas"
)

func (in *inspection) key(of export.Subject) {
	s := in.s
	if !slices.Contains(s.view.Keys(), of.Key) {
		in.nothing()
		return
	}
	switch {
	case s.view.Diverged(of.Key):
		text := in.cm.Differs + " diverged"
		if sp := s.apart[of.Key].at(s.n); sp != nil {
			text += " since " + instantText(sp.since)
		}
		in.styled("state", text, canvas.StBadBold)
	case s.inDoubt(of.Key):
		in.styled("state", in.cm.Unknown+" in doubt", canvas.StFaultBold)
	default:
		in.styled("state", in.cm.Same+" converged", canvas.StGood)
	}
	newest := s.newest(of.Key)
	in.say("versions", itoa(newest))
	for i := range s.view.Nodes {
		n := s.view.Nodes[i].ID
		subject := export.Subject{Kind: export.CellSubject, Node: n, Key: of.Key}
		if c := s.view.Cell(n, of.Key); c != nil {
			in.served(n.String(), c).of = subject
		} else {
			row := in.say(n.String(), "nothing")
			row.of, row.st = subject, canvas.StDim
		}
	}
	in.heading("writes, the newest first", canvas.StFocus)
	for v := newest; v > max(newest-20, 0); v-- {
		op := s.index.WriterBy(of.Key, v, s.n)
		if op == nil {
			continue
		}
		row := in.say(instantText(op.At), printable(opSubject(op.ID).Name(s.index))+" at "+op.Node.String())
		row.version, row.of = v, export.Subject{Kind: export.VersionSubject, Op: op.ID, Key: of.Key}
	}
}

func (in *inspection) cell(of export.Subject) {
	s := in.s
	c := s.view.Cell(of.Node, of.Key)
	if c == nil {
		in.styled("serves", "nothing was ever applied here", canvas.StDim)
		in.redis(of.Node, of.Key)
		return
	}
	in.served("serves", c)
	in.say("since", instantText(c.At)+", event "+itoa(c.Event)).of = export.Subject{Kind: export.EventSubject, Event: c.Event}
	if c.Last != nil {
		for i := range c.Last.Heads {
			h := &c.Last.Heads[i]
			row := in.say("head", "dot "+string(model.AppendDots(nil, []model.Dot{h.Dot}))+", stamp "+stamp(h.Stamp))
			row.version, row.of = s.index.Version(h.Op, of.Key), opSubject(h.Op)
		}
		in.say("vector", string(model.AppendDots(nil, c.Last.Seen)))
		if c.Last.Stale {
			in.styled("soft", "it was not refreshed in time: it may be old", canvas.StFaultBold)
		}
	}
	in.say("seen", s.index.Names(c.Seen, of.Key))
	in.redis(of.Node, of.Key)
}

// stamp writes a hybrid clock's stamp as records have it.
func stamp(st model.Stamp) string {
	text := itoa(int(st.Wall))
	if st.Logical != 0 {
		text += "." + itoa(int(st.Logical))
	}
	return text + "@" + st.Node.String()
}
