package tui

import (
	"strings"

	"capsim/export"
	"capsim/model"
	"capsim/scenarios"
	"capsim/trace"
	"capsim/tui/canvas"
)

func (in *inspection) node(of export.Subject) {
	s := in.s
	h := s.view.Host(of.Node)
	if h == nil {
		in.nothing()
		return
	}
	in.state(h)
	links := ""
	for id := model.NodeID(1); int(id) <= s.nodes; id++ {
		if id == of.Node {
			continue
		}
		if cut, both := s.cutBetween(of.Node, id); cut != nil {
			links += " " + s.hostName(id)
			if !both {
				links += " (one way)"
			}
		}
	}
	if links == "" {
		in.styled("cut from", "nobody", canvas.StDim)
	} else {
		in.styled("cut from", in.cm.Cut+links, canvas.StBadBold)
	}
	in.flights(func(f *trace.Flight) bool { return f.From == of.Node || f.To == of.Node })
	in.waiting(of.Node)
	if int(of.Node) > s.nodes {
		return
	}
	in.cells(h)
	in.redis(of.Node, "")
}

// state says how a host is.
func (in *inspection) state(h *trace.NodeView) {
	s := in.s
	word, st := h.State.String(), canvas.StGoodBold
	switch {
	case h.State == trace.Paused:
		st = canvas.StFaultBold
	case !h.IsUp():
		st = canvas.StBadBold
	}
	if int(h.ID) < len(s.down) {
		if sp := s.down[h.ID].at(s.n); sp != nil {
			word += " since " + instantText(sp.since)
		}
	}
	in.styled("state", word, st)
	if h.Mark != "" {
		in.styled("says", printable(h.Mark), canvas.StBold)
	}
	in.holdings(h)
	in.say("starts", itoa(h.Incarnation))
	if !s.isClient(h.ID) {
		serving, st := in.cm.Good+" yes", canvas.StGood
		if !h.Serving {
			serving, st = in.cm.Bad+" not yet: its state is not installed", canvas.StFaultBold
		}
		in.styled("serving", serving, st)
		if int(h.ID) < len(s.leads) && s.leads[h.ID].at(s.n) != nil {
			term := "believes that it leads"
			if t := s.termOf(h.ID, s.n); t != "" {
				term += ", in term " + printable(t)
			}
			in.styled("leader", term, canvas.StBold)
		}
	}
	if c := h.Condition(); c != "" {
		in.styled("condition", printable(c), canvas.StFaultBold)
	}
}

// holdings lists what a host holds.
func (in *inspection) holdings(host *trace.NodeView) {
	s, told := in.s, 0
	if int(host.ID) >= len(s.held) {
		return
	}
	for i := len(s.held[host.ID]) - 1; i >= 0 && told < 10; i-- {
		h := &s.holds[s.held[host.ID][i]]
		if !h.lasts(s.n) {
			continue
		}
		told++
		text, st := h.text()+", for "+printable(h.holder)+", since "+instantText(h.since), canvas.StBold
		if s.disputed(h.resource, s.n) {
			text, st = in.cm.Bad+" "+text+", and not alone", canvas.StBadBold
		}
		row := in.say("holds", text)
		row.st, row.of = st, export.Subject{Kind: export.EventSubject, Event: h.from}
	}
}

// waiting lists the operations that wait for a node, or of a remote client.
func (in *inspection) waiting(node model.NodeID) {
	ops := in.s.opsAt(in.s.n)
	for i, told := len(ops)-1, 0; i >= max(len(ops)-300, 0) && told < 5; i-- {
		if op := ops[i]; !op.System && (op.Node == node || op.Host == node) && in.s.outcomeOf(op) == model.Open {
			told++
			in.opRow("waits", op.ID)
		}
	}
}

// cells lists what a node serves.
func (in *inspection) cells(h *trace.NodeView) {
	keys := in.s.view.Keys()
	in.heading("serves", canvas.StFocus)
	told := 0
	for _, key := range keys {
		c := in.s.view.Cell(h.ID, key)
		if c == nil {
			continue
		}
		if told++; told > 60 {
			in.styled("", "and more keys", canvas.StDim)
			break
		}
		in.served(model.Quote(key), c).of = export.Subject{Kind: export.CellSubject, Node: h.ID, Key: key}
	}
	if told == 0 {
		in.styled("", "nothing was ever applied here", canvas.StDim)
	}
}

// served adds a row of what is served of a key.
func (in *inspection) served(name string, c *trace.Cell) *fact {
	if c.Doubt != 0 {
		row := in.say(name, in.cm.Unknown+" in doubt about v"+itoa(in.s.index.Version(c.Doubt, c.Key)))
		row.st = canvas.StFaultBold
		return row
	}
	rec := c.Serves()
	row := in.say(name, valueText(rec))
	if ns := in.s.versionsOf(rec, c.Key); len(ns) > 0 {
		row.version, row.served = ns[len(ns)-1], true
		if len(ns) > 1 {
			row.text += "  " + in.s.index.Names(rec.Ops(), c.Key)
		}
	}
	return row
}

// redis lists what a node's Redis really holds: of one key, or all.
func (in *inspection) redis(node model.NodeID, key string) {
	d, fresh := in.s.disk()
	if d == nil {
		in.heading("Redis: reading…", canvas.StFocus)
		return
	}
	title := "Redis, as it was at " + instantText(d.at)
	if d.now && d.at == in.s.at && in.s.live() {
		title = "Redis, as it is now"
	}
	if !fresh {
		title += " (reading…)"
	}
	in.heading(title, canvas.StFocus)
	if d.failed != "" {
		in.styled("", "It can't be read: "+printable(d.failed), canvas.StBadBold)
		return
	}
	told := 0
	for i := range d.entries {
		if e := &d.entries[i]; key == "" || e.Key == key && e.Meta == "" && e.List == "" {
			told++
			in.entry(e)
		}
	}
	switch {
	case told == 0:
		in.styled("", "nothing", canvas.StDim)
	case key == "" && d.all > len(d.entries):
		in.styled("", "and "+itoa(d.all-len(d.entries))+" more keys", canvas.StDim)
	}
}

// entry shows a Redis key and what is stored there: a record as it is, a blob by its size
// and, if that can be read, its text, a list by its first items.
func (in *inspection) entry(e *scenarios.DiskEntry) {
	if len(in.facts) >= maxFacts {
		return
	}
	in.heading(printable(e.Name), canvas.StText)
	if e.Len > 0 {
		in.say("list", listText(e))
		return
	}
	if e.Meta == "" {
		in.say("record", printable(string(e.Bytes)))
		return
	}
	text := itoa(len(e.Bytes)) + plural(len(e.Bytes), " byte", " bytes")
	if legible(e.Bytes) {
		text += ": " + string(e.Bytes)
	}
	in.say("blob", text)
}

// listText says how long a list is, and its first items.
func listText(e *scenarios.DiskEntry) string {
	var b strings.Builder
	b.WriteString(itoa(e.Len) + plural(e.Len, " item", " items"))
	for i, item := range e.Items {
		if b.Len() > maxBlob {
			b.WriteString(" …")
			break
		}
		b.WriteString([]string{": ", " "}[min(i, 1)] + printable(model.Quote(item)))
	}
	return b.String()
}

// maxBlob is how much of a blob is shown.
const maxBlob = 200

// legible tells whether a blob is a short text.
func legible(b []byte) bool {
	if len(b) == 0 || len(b) > maxBlob {
		return false
	}
	for _, c := range b {
		if c < 0x20 || c >= 0x7f {
			return false
		}
	}
	return true
}
