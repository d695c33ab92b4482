package tui

import (
	"errors"
	"fmt"
	"os"
	"sort"
	"strings"
	"time"

	"capsim/check"
	"capsim/model"
	"capsim/scenarios"
)

// plainWords are the words that steer the twin itself; all else is the script
// language. Help is generated from them.
func plainWords() []plainWord {
	return []plainWord{
		{"next", "go on to the next sentence of the story (an empty line does, too)", (*plain).next},
		{"step", "go on to the next event", (*plain).step},
		{"to", "to 3s: go on to an instant; to +500ms: that much further", (*plain).to},
		{"play", "go on to the next question, or to the end", (*plain).play},
		{"look", "which node holds which version", (*plain).look},
		{"verdict", "is it linearizable, is it available, what is cut, and why", (*plain).verdict},
		{"undo", "take the last command back", (*plain).undo},
		{"reset", "begin again", (*plain).reset},
		{"save", "save FILE: write the session as a script", (*plain).save},
		{"help", "this list", (*plain).help},
		{"quit", "leave", (*plain).quit},
	}
}

type plainWord struct {
	word, means string
	do          func(p *plain, rest string) error
}

// next goes on until there is something to tell.
func (p *plain) next(string) error {
	told := p.told
	for p.run.Question() == nil {
		more, err := p.run.Step()
		if err != nil {
			return err
		}
		p.catchUp()
		if p.told > told {
			return nil
		}
		if !more {
			p.println("The run has ended.")
			return nil
		}
	}
	return nil
}

func (p *plain) step(string) error {
	more, err := p.run.Step()
	if !more && err == nil && p.run.Question() == nil {
		p.println("The run has ended.")
	}
	return err
}

func (p *plain) to(rest string) error {
	by := strings.HasPrefix(rest, "+")
	d, err := time.ParseDuration(strings.TrimPrefix(rest, "+"))
	if err != nil || d < 0 {
		return fmt.Errorf("read %q, expected an instant, as: to 3s, or to +500ms", rest)
	}
	t := model.Time(d)
	if by {
		t = p.run.Now().Add(d)
	}
	return p.run.RunTo(min(t, max(p.run.End(), p.run.Now())))
}

func (p *plain) play(string) error {
	if p.run.Over() {
		p.println("The run has ended.")
	}
	return p.run.RunTo(p.run.End())
}

// look prints, a key a line, what each node holds.
func (p *plain) look(string) error {
	p.catchUp()
	v := p.folder.View(p.log.Len())
	for i := range v.Nodes {
		if n := &v.Nodes[i]; n.State.String() != "up" {
			p.println(n.ID.String() + " is " + n.State.String())
		}
	}
	for _, key := range v.Keys() {
		line := model.Quote(key) + ":"
		for i := range v.Nodes {
			id := v.Nodes[i].ID
			text := "nothing"
			switch c := v.Cell(id, key); {
			case c == nil:
			case c.Doubt != 0:
				text = "in doubt of " + p.index.Names([]model.OpID{c.Doubt}, key)
			case len(c.Record.Ops()) > 0:
				text = p.index.Names(c.Record.Ops(), key) + " " + valueText(c.Record)
			}
			line += "  " + id.String() + " " + text
		}
		if v.Diverged(key) {
			line += "  (diverged)"
		}
		p.println(line)
	}
	if len(v.Keys()) == 0 {
		p.println("No key has been written or read yet.")
	}
	return nil
}

func (p *plain) verdict(string) error {
	p.catchUp()
	n := p.log.Len()
	v := p.judge.of(question{
		record: p.record, log: p.log, nodes: p.nodes, timeout: p.timeout,
		cursor: cursor{n, p.run.Now()}, over: p.run.Over(), story: p.story.Lines(),
	})
	s := scene{record: p.record, meta: p.meta, cursor: cursor{n, p.run.Now()}}
	s.compose()
	cut := "nothing is cut"
	if links, sides := s.cutsNow(); links > 0 {
		cut = itoa(links) + " " + plural(links, "link is", "links are") + " cut: " + sides
	}
	p.println("C  linearizable: " + word(v.c))
	p.println("A  available: " + word(v.a) + ". " + printable(v.a.Witness))
	p.println("P  partition now: " + cut)
	p.println("diverged keys " + itoa(v.diverged) + ", stale reads " + v.stale.text + ", lost writes " + v.lost.text)
	p.println("why: " + v.why.text)
	return nil
}

func word(f check.Finding) string {
	if f.Verdict == check.Unknown {
		return "open"
	}
	return f.Verdict.String()
}

func (p *plain) undo(string) error {
	f, err := p.run.undo()
	if err != nil {
		return err
	}
	if f == nil {
		p.println("No command was given.")
		return nil
	}
	_ = p.run.Close()
	p.run = f
	p.record = newRecord(p.nodes)
	p.record.extend(f.Log().Snapshot())
	p.told = len(p.story.Lines())
	p.said = sort.Search(len(p.says), func(i int) bool { return p.says[i].At > f.Now() })
	p.println("Undone. It is " + clock(f.Now()) + " again.")
	return nil
}

func (p *plain) reset(string) error {
	_ = p.run.Close()
	return p.begin()
}

func (p *plain) save(name string) error {
	if name == "" {
		return errors.New("expected a file's name, as: save try.capsim")
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("not saved: %w", err)
	}
	if _, err = f.WriteString(p.run.Save()); err == nil {
		err = f.Close()
	}
	if err != nil {
		return fmt.Errorf("not saved: %w", err)
	}
	p.println("Saved; capsim run " + printable(name) + " gives the same trace.")
	return nil
}

func (p *plain) help(string) error {
	for _, w := range plainWords() {
		p.println(fmt.Sprintf("  %-8s %s", w.word, w.means))
	}
	p.println("Anything else is a command of the script language:")
	for _, v := range scenarios.Verbs() {
		p.println("  " + v.Usage)
	}
	p.println("  alice@n1 SET cart milk")
	p.println("At a question a number is your guess; the words and commands work there, too.")
	return nil
}

func (p *plain) quit(string) error { p.ending = true; return nil }
