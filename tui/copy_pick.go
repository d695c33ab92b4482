package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"capsim/export"
	"capsim/model"
	"capsim/trace"
)

// copyPicked copies what is selected: of a version its value, of an operation its command
// and reply, of a check its witness, of a node what its Redis holds.
func (p *program) copyPicked() tea.Cmd {
	s := p.sides()[p.arrangement.side]
	of := s.picked
	if of.Kind == export.NoSubject {
		of = p.panes[p.focus].picked(s)
	}
	name := printable(of.Name(s.index))
	switch of.Kind {
	case export.NoSubject:
		p.warn("nothing is selected to copy: ↑ ↓ select in a pane, digits select nodes")
		return nil
	case export.CheckSubject:
		j, q := p.judges[p.arrangement.side].judge, s.question()
		return func() tea.Msg { return witnessMsg{j.explain(q, of)} }
	case export.VersionSubject:
		return p.copyText("the value of "+name, s.valueOf(of.Op, of.Key))
	case export.CellSubject:
		return p.copyText("what "+of.Node.String()+" serves of "+printable(of.Key), bareValue(s.view.Cell(of.Node, of.Key).Serves()))
	case export.KeySubject:
		return p.copyText(name, of.Key)
	case export.OpSubject:
		return p.copyText(name+" and its answer", s.opText(of.Op))
	case export.NodeSubject:
		if d, fresh := s.disk(); fresh && d.node == of.Node && d.failed == "" {
			return p.copyText("what the Redis of "+name+" holds", joined(d.text()))
		}
		return p.copyText(name+" (without its Redis: the inspector reads that)", p.factsText(s, of))
	}
	return p.copyText(name, p.factsText(s, of))
}

// witnessMsg brings the witness of a check, to be copied.
type witnessMsg struct{ made *export.Explanation }

func (m witnessMsg) arrive(p *program) tea.Cmd {
	return p.copyText("the witness of "+printable(m.made.Of.Check), m.made.Lines[0].Text)
}

// valueOf returns what a write wrote, as some node holds it; its command if none does.
func (s *scene) valueOf(id model.OpID, key string) string {
	for i := range s.view.Nodes {
		c := s.view.Cell(s.view.Nodes[i].ID, key)
		if c == nil || c.Last == nil {
			continue
		}
		for j := range c.Last.Heads {
			if h := &c.Last.Heads[j]; h.Op == id && h.Kind == model.Put {
				return valueWords(h.Value)
			}
		}
	}
	op := s.index.Op(id)
	switch {
	case op == nil:
		return ""
	case op.Command.Verb == model.SET && len(op.Command.Args) > 1:
		return op.Command.Args[1]
	}
	return op.Command.String()
}

// bareValue is what a record stands for, as its client would have it.
func bareValue(rec *model.Record) string {
	if values := rec.Values(); len(values) == 1 {
		return valueWords(values[0])
	}
	return valueText(rec)
}

func valueWords(v model.Value) string {
	if v.Type == model.String {
		return v.Str
	}
	return v.String()
}

// opText writes an operation as the script language does, and its answer.
func (s *scene) opText(id model.OpID) string {
	op := s.index.Op(id)
	if op == nil {
		return ""
	}
	text := who(op) + "@" + op.Node.String() + " " + op.Command.String()
	if s.outcomeOf(op) != model.Open && op.Result != nil {
		text += " -> " + op.Result.String()
	}
	return text
}

// factsText is what the inspector says of a subject, as lines.
func (p *program) factsText(s *scene, of export.Subject) string {
	var in inspection
	in.inspect(&p.common, s, of, 1000)
	var b strings.Builder
	for i := range in.facts {
		f := &in.facts[i]
		if f.name != "" {
			b.WriteString(f.name + ": ")
		}
		if f.version > 0 {
			b.WriteString(trace.VersionName(f.version) + " ")
		}
		b.WriteString(f.text + "\n")
	}
	return b.String()
}
