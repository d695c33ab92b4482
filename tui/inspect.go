package tui

import (
	"strings"

	"capsim/check"
	"capsim/export"
	"capsim/model"
	"capsim/trace"
	"capsim/tui/canvas"
)

// fact is a row of the inspector.
type fact struct {
	name    string
	text    string
	st      canvas.Style
	heading bool
	version int // shown before the text; 0: none
	served  bool
	of      export.Subject // what a click selects
	rows    int
}

// inspection is all facts of a subject, put together anew when anything has changed.
type inspection struct {
	facts  []fact
	height int
	of     export.Subject
	run    *record
	at     cursor
	disk   *diskView
	judged *judgement
	events int
	w      int
	cm     *common
	s      *scene
}

// inspect puts the facts together, if they are not.
func (in *inspection) inspect(cm *common, s *scene, of export.Subject, w int) {
	d, _ := s.disk()
	if in.of == of && in.run == s.record && in.at == s.cursor && in.disk == d && in.judged == s.verdict && in.w == w && in.events == s.log.Len() && in.cm == cm {
		return
	}
	*in = inspection{facts: in.facts[:0], of: of, run: s.record, at: s.cursor, disk: d, judged: s.verdict, w: w, events: s.log.Len(), cm: cm, s: s}
	in.heading(printable(of.Name(s.index)), canvas.StBold)
	if int(of.Kind) < len(inspectors) && inspectors[of.Kind] != nil {
		inspectors[of.Kind](in, of)
	}
	for i := range in.facts {
		f := &in.facts[i]
		if f.rows = 1; !f.heading {
			room := w
			if f.version > 0 {
				room -= len(itoa(f.version)) + 3
			}
			f.rows = min(max(canvas.Height(f.text, max(room, 4)), 1), maxFactRows)
		}
		in.height += f.rows
	}
	in.s = nil
}

// Bounds of what is shown of one subject.
const (
	maxFactRows = 12
	maxFacts    = 400
)

// inspectors tell the facts of each kind of subjects.
var inspectors = [...]func(*inspection, export.Subject){
	export.NodeSubject:    (*inspection).node,
	export.LinkSubject:    (*inspection).link,
	export.KeySubject:     (*inspection).key,
	export.CellSubject:    (*inspection).cell,
	export.VersionSubject: (*inspection).version,
	export.OpSubject:      (*inspection).op,
	export.MessageSubject: (*inspection).message,
	export.EventSubject:   (*inspection).event,
	export.CheckSubject:   (*inspection).check,
}

func (in *inspection) heading(text string, st canvas.Style) {
	in.facts = append(in.facts, fact{text: text, st: st, heading: true})
}

// say adds a fact.
func (in *inspection) say(name, text string) *fact {
	if len(in.facts) >= maxFacts {
		return &fact{}
	}
	in.facts = append(in.facts, fact{name: name, text: text})
	return &in.facts[len(in.facts)-1]
}

// styled adds one that stands out.
func (in *inspection) styled(name, text string, st canvas.Style) { in.say(name, text).st = st }

func (in *inspection) nothing() { in.styled("", "not known at this point of the run", canvas.StDim) }

func instantText(t model.Time) string { return secondsShort(t) + " s" }

func (in *inspection) link(of export.Subject) {
	s := in.s
	for _, l := range [...]link{{of.Node, of.Peer}, {of.Peer, of.Node}} {
		if s.view.Host(l.from) == nil || s.view.Host(l.to) == nil {
			in.nothing()
			return
		}
		in.heading(s.hostName(l.from)+in.cm.Arrow+s.hostName(l.to), canvas.StBold)
		is := s.view.Link(l.from, l.to)
		if is.Cut != "" {
			text := in.cm.Cut + " " + is.Cut + ": " + printable(is.Cause)
			if sp := s.cuts[l].at(s.n); sp != nil {
				text += ", since " + instantText(sp.since)
			}
			in.styled("cut", text, canvas.StBadBold)
		} else {
			in.styled("cut", in.cm.Good+" no", canvas.StGood)
		}
		in.changed("latency", is.Latency)
		if is.Loss > 0 {
			in.changed("loss", percent(is.Loss))
		}
		if is.Duplicate > 0 {
			in.changed("duplicate", percent(is.Duplicate))
		}
		if is.Reorder > 0 {
			in.changed("reorder", percent(is.Reorder))
		}
		in.changed("bandwidth", is.Bandwidth)
		in.changed("flap", is.Flap)
		in.flights(func(f *trace.Flight) bool { return f.From == l.from && f.To == l.to })
	}
	if s.latency != "" {
		in.say("else", "latency "+s.latency)
	}
}

// changed adds how a link differs from what it was, if it does.
func (in *inspection) changed(name, text string) {
	if text != "" {
		in.styled(name, printable(text), canvas.StFaultBold)
	}
}

func percent(part float64) string {
	return itoa(int(part*100)) + "." + itoa(int(part*1000+0.5)%10) + "%"
}

// flights lists messages under way.
func (in *inspection) flights(which func(f *trace.Flight) bool) {
	told, more := 0, 0
	for i := range in.s.flights {
		f := &in.s.flights[i]
		if !which(f) {
			continue
		}
		if told++; told > 10 {
			more++
			continue
		}
		text := itoa(int(f.Msg)) + " " + printable(f.Kind) + " " + in.s.hostName(f.From) + in.cm.Arrow + in.s.hostName(f.To)
		if f.Held {
			text += "  " + in.cm.Paused + " held: " + printable(f.Cause)
		} else {
			text += "  " + in.s.lands(f, instantText)
		}
		row := in.say("message", text)
		row.of = export.Subject{Kind: export.MessageSubject, Msg: f.Msg}
		if len(f.Ops) > 0 {
			row.version = in.s.version(f.Ops[0], in.s.key)
		}
	}
	switch {
	case told == 0:
		in.styled("messages", "none under way", canvas.StDim)
	case more > 0:
		in.styled("", "and "+itoa(more)+" more", canvas.StDim)
	}
}

func (in *inspection) check(of export.Subject) {
	v := in.s.verdict
	if v == nil {
		in.styled("verdict", "judging…", canvas.StDim)
		return
	}
	in.judgedBy(v, of)
	in.say("judged", "up to event "+itoa(v.n))
	name, _, _ := strings.Cut(of.Check, " ")
	if c, ok := check.Find(name); ok {
		text := c.About
		if text == "" {
			text = c.Doc
		}
		in.say("what", text)
		in.say("source", c.Source)
	}
	in.styled("", "enter: why", canvas.StDim)
}

// judgedBy shows what came of a check that the run is judged by.
func (in *inspection) judgedBy(v *judgement, of export.Subject) {
	for i := range v.own {
		if v.own[i].check == of.Check {
			in.finding(v.own[i].Finding)
		}
	}
	if v.own != nil {
		return
	}
	switch of.Check {
	case "linearizable":
		in.finding(v.c)
	case "available":
		in.finding(v.a)
	case "converged":
		in.say("diverged", v.keysApart())
	case "stale-reads = 0":
		in.say("count", v.stale.text)
	case "lost-writes = 0":
		in.say("count", v.lost.text)
	default:
		for i := range v.more {
			if v.more[i].check == of.Check {
				in.finding(v.more[i].Finding)
			}
		}
	}
}

func (v *judgement) keysApart() string { return itoa(v.diverged) + plural(v.diverged, " key", " keys") }

func (in *inspection) finding(f check.Finding) {
	st, sign := canvas.StFaultBold, in.cm.Unknown
	switch f.Verdict {
	case check.Yes:
		st, sign = canvas.StGoodBold, in.cm.Good
	case check.No:
		st, sign = canvas.StBadBold, in.cm.Bad
	}
	in.styled("verdict", sign+" "+f.Verdict.String(), st)
	if f.At > 0 {
		in.say("since", instantText(f.At))
	}
	in.say("witness", printable(f.Witness))
	for _, op := range f.Ops {
		in.opRow("points at", op)
	}
}

// opRow names an operation, to be selected.
func (in *inspection) opRow(name string, id model.OpID) {
	op := in.s.index.Op(id)
	if op == nil {
		return
	}
	row := in.say(name, printable(opSubject(id).Name(in.s.index))+" at "+op.Node.String())
	row.of = opSubject(id)
	row.version = in.s.version(id, in.s.key)
}
