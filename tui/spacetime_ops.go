package tui

import (
	"sort"

	"capsim/export"
	"capsim/model"
	"capsim/trace"
	"capsim/tui/canvas"
)

// maxBars bounds how many operations are drawn: the last ones.
const maxBars = 150

// drawOps draws what clients asked, from invocation to response, above the line of the
// node that they asked or of the host that they are.
func (p *spaceTimePane) drawOps(c *canvas.Canvas, s *scene) {
	p.free = p.free[:0]
	for range p.rows {
		p.free = append(p.free, p.area.X+p.area.W)
	}
	p.last = append(p.last[:0], make([]int, len(p.rows))...)
	ops := s.opsAt(s.n)
	ops = ops[:sort.Search(len(ops), func(i int) bool { return ops[i].At > p.timeWindow.to })]
	for i := len(ops) - 1; i >= max(len(ops)-maxBars, 0); i-- {
		op := ops[i]
		if op.At < p.timeWindow.from && s.outcomeOf(op) != model.Open && op.Done < p.timeWindow.from {
			continue
		}
		if host := max(op.Node, op.Host); p.knows(host) {
			p.drawBar(c, s, op, int(host)-1)
		}
	}
}

// drawBar draws one operation, and what it is if there is room up to the next one.
func (p *spaceTimePane) drawBar(c *canvas.Canvas, s *scene, op *trace.Op, host int) {
	bar, of := p.barOf(s, op), opSubject(op.ID)
	x0, x1, y := p.within(op.At), p.within(bar.to), p.rows[host]
	picked := s.isPicked(of)
	if x1 == p.last[host] && !picked {
		return // another one ended there
	}
	p.last[host] = x1
	if p.above {
		y--
		c.Fill(x0, y, x1-x0, bar.track, bar.st)
		if x1 > x0 && op.At >= p.timeWindow.from {
			c.Put(x0, y, '[', bar.st)
		}
	}
	if bar.to <= p.timeWindow.to && bar.to >= p.timeWindow.from {
		c.Text(x1, y, bar.sign, bar.st)
	}
	if picked {
		c.Restyle(x0, y, x1-x0+1, canvas.StCursor)
	}
	p.zone(c, canvas.R(x0, y, x1-x0+1, 1), of)
	if p.above {
		p.free[host] = min(p.free[host], p.labelBar(c, s, op, host, x0, x1, y, picked)) - 1
	}
}

// labelBar says in words what an operation was and how it ended: behind it, or before it
// where it stands at the border. It returns where the words or the bar begin.
func (p *spaceTimePane) labelBar(c *canvas.Canvas, s *scene, op *trace.Op, host, x0, x1, y int, picked bool) int {
	p.describe(s, op)
	w, x, from := p.words.width(), x1+2, x0
	if x+w > p.area.X+p.area.W && x0-w-1 >= p.area.X {
		x = x0 - w - 1
		from = x
	} else if p.free[host]-x < min(w, 7) {
		return x0
	}
	end := p.words.draw(c, x, y, min(max(p.free[host], x0)-x, w))
	if picked {
		c.Restyle(x, y, end-x, canvas.StCursor)
	}
	p.zone(c, canvas.R(x, y, end-x, 1), opSubject(op.ID))
	return from
}

// describe puts an operation into few words: "alice writes v2", "bob reads v1 stale".
func (p *spaceTimePane) describe(s *scene, op *trace.Op) {
	n, verb := s.version(op.ID, s.key), "writes"
	p.words.reset()
	p.words.add(who(op), canvas.StDim)
	outcome := s.outcomeOf(op)
	if op.Command.Verb == model.CALL {
		p.describeCall(s, op, outcome)
		return
	}
	switch {
	case outcome == model.Refused:
		p.words.add("refused", canvas.StBadBold)
		return
	case outcome == model.Unknown:
		p.words.add("no answer", canvas.StFaultBold)
		return
	case outcome == model.Open && !op.System:
		p.words.add("waits", canvas.StBold)
		return
	case !op.Command.Writes():
		n, verb = 0, "reads"
		if line := s.lineOf(op.Returned); line != nil && len(line.Marks) > 0 {
			n = line.Marks[0].N
		}
	}
	p.words.add(verb, canvas.StDim)
	if n > 0 {
		p.words.add(trace.VersionName(n), canvas.VersionBold(n))
	}
	if s.isStale(op.Returned) {
		p.words.add(p.Bad+" stale", canvas.StBadBold)
	}
}

// describeCall puts a lab's command into few words: "alice LOCK printer → 33".
func (p *spaceTimePane) describeCall(s *scene, op *trace.Op, outcome model.Outcome) {
	p.words.add(printable(op.Command.Name()), canvas.StText)
	if words := op.Command.Words(); len(words) > 0 {
		p.words.add(printable(words[0]), canvas.StText)
	}
	switch outcome {
	case model.Open:
		p.words.add("waits", canvas.StBold)
	case model.Refused:
		p.words.add(p.Bad+" refused", canvas.StBadBold)
	case model.Unknown:
		p.words.add("no answer", canvas.StFaultBold)
	default:
		if r := op.Result.Reply; r.String() != "OK" {
			p.words.add(p.Arrow, canvas.StDim)
			p.words.add(r.String(), canvas.StText)
		}
	}
}

// drawApplied draws the writes that hosts applied, the newest of each column.
func (p *spaceTimePane) drawApplied(c *canvas.Canvas, s *scene) {
	p.last = append(p.last[:0], make([]int, len(p.rows))...)
	for i := len(p.applied) - 1; i >= 0; i-- {
		e := s.log.At(int(p.applied[i]))
		if !p.knows(e.Node) {
			continue
		}
		x, y := p.column(e.At), p.rows[e.Node-1]
		if x == p.last[e.Node-1] {
			continue
		}
		h, ok := e.Record().Newest()
		if !ok {
			continue
		}
		p.last[e.Node-1] = x
		st := canvas.VersionBold(s.version(h.Op, e.Key))
		of := export.Subject{Kind: export.VersionSubject, Node: e.Node, Key: e.Key, Op: h.Op}
		if s.picked.Kind == export.VersionSubject && s.picked.Op == h.Op && s.picked.Key == e.Key {
			st = canvas.StCursor // at every host, so that its way can be followed
		}
		c.Text(x, y, p.Glyphs.Dot, st)
		p.zone(c, canvas.R(x, y, 1, 1), of)
	}
}

// drawHosts marks where a host crashed, stood still, or came back.
func (p *spaceTimePane) drawHosts(c *canvas.Canvas, s *scene) {
	for _, n := range p.hosts {
		e := s.log.At(int(n))
		if !p.knows(e.Node) {
			continue
		}
		sign, st := p.Glyphs.Lost, canvas.StBadBold
		switch e.Text {
		case "paused":
			sign, st = p.Paused, canvas.StFaultBold
		case "resumed", "restarted":
			sign, st = p.Heal, canvas.StGoodBold
		}
		of := export.Subject{Kind: export.EventSubject, Event: int(n)}
		if s.isPicked(of) {
			st = canvas.StCursor
		}
		x, y := p.column(e.At), p.rows[e.Node-1]
		c.Text(x, y, sign, st)
		p.zone(c, canvas.R(x, y, 1, 1), of)
	}
}
