package tui

import (
	"fmt"
	"strings"

	"capsim/check"
	"capsim/model"
	"capsim/trace"
)

// here is the cluster as it was at the cursor.
func (p *plain) here() *scene {
	p.compose()
	return p.scene
}

// look prints, a key a line, what each node holds.
func (p *plain) look(rest string) error {
	s := p.here()
	keys := s.view.Keys()
	if rest != "" {
		key, more, err := s.keyFirst(rest)
		if err != nil {
			return err
		}
		if more != "" {
			return fmt.Errorf("look: read %s, expected nothing after the key", model.Quote(more))
		}
		keys = []string{key}
	}
	for i := range s.view.Nodes {
		if n := &s.view.Nodes[i]; n.State != trace.Up {
			p.println(n.ID.String() + " is " + n.State.String() + ".")
		}
	}
	for _, key := range keys {
		line := model.Quote(key) + ":"
		for i := range s.view.Nodes {
			id := s.view.Nodes[i].ID
			line += " " + id.String() + " " + p.holds(id, key) + ";"
		}
		if s.view.Diverged(key) {
			line += " the key is diverged;"
		}
		p.println(strings.TrimSuffix(line, ";") + ".")
	}
	if len(keys) == 0 {
		p.println("No key has been written or read yet.")
	}
	return nil
}

// holds says what a node has of a key.
func (p *plain) holds(n model.NodeID, key string) string {
	switch c := p.view.Cell(n, key); {
	case c == nil || c.Doubt == 0 && len(c.Record.Ops()) == 0:
		return "holds nothing"
	case c.Doubt != 0:
		return "is in doubt of " + p.index.Names([]model.OpID{c.Doubt}, key)
	default:
		return "holds " + p.index.Names(c.Record.Ops(), key) + " " + valueText(c.Record)
	}
}

// verdict judges the run up to the cursor.
func (p *plain) verdictOf(rest string) error {
	switch rest {
	case "":
		p.verdictBriefly()
		return nil
	case "all":
		h := p.history()
		for _, c := range p.judged {
			f := c.Test(h)
			p.println(strings.TrimSpace(c.Text + ": " + word(f) + ". " + printable(f.Witness)))
		}
		return nil
	}
	return fmt.Errorf("verdict: read %s, expected nothing, or all", model.Quote(rest))
}

// history is the run up to the cursor, for checks.
func (p *plain) history() *check.History {
	return check.NewHistory(p.log, p.index, p.folder, check.Options{
		Nodes: p.nodes, Timeout: p.timeout, Until: max(p.n, 1), End: p.at, Over: p.over && p.live(),
	})
}

func (p *plain) verdictBriefly() {
	v := p.judge.of(p.here().question())
	cut := "nothing is cut"
	if links, sides := p.cutsNow(); links > 0 {
		cut = itoa(links) + " " + plural(links, "link is", "links are") + " cut: " + strings.TrimSpace(sides)
	}
	if text := p.parted(); text != "" {
		cut = text
	}
	if v.own != nil {
		for i := range v.own {
			p.println(strings.TrimSpace(v.own[i].check + ": " + word(v.own[i].Finding) + ". " + printable(v.own[i].Witness)))
		}
		p.println("Partition now: " + cut + ".")
		p.println("Answered: " + itoa(v.answered.N) + " of " + itoa(v.answered.Of) + ". Messages: " + v.messages.text + ".")
		if !v.tells(v.why.text) {
			p.println("why: " + printable(v.why.text))
		}
		return
	}
	p.println("C  linearizable: " + word(v.c) + ".")
	p.println("A  available: " + word(v.a) + ". " + printable(v.a.Witness))
	p.println("P  partition now: " + cut + ".")
	p.println("Diverged keys: " + itoa(v.diverged) + ". Stale reads: " + v.stale.text + ". Lost writes: " + v.lost.text + ".")
	p.println("why: " + printable(v.why.text))
}

func word(f check.Finding) string {
	if f.Verdict == check.Unknown {
		return "open"
	}
	return f.Verdict.String()
}
