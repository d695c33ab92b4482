package tui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"capsim/model"
)

// command gives a line of the script language, and waits for a client's answer. In the
// past it forks there.
func (p *plain) command(line string) error {
	ops := len(p.index.Ops())
	if !p.live() {
		ops = 0
	}
	if err := p.give(line, command(line, nil, !p.live(), p.cursor)); err != nil {
		return err
	}
	return p.awaitAnswer(ops)
}

// give does what a job does with the run, or with a fork of it, tells it, and keeps the
// line in the tree.
func (p *plain) give(line string, j job) error {
	from := p.cursor
	next, err := j.work(p.run)
	if next == p.run && err != nil {
		return err
	}
	if b := p.tree.current; next == p.run {
		b.lines, b.dirty = append(b.lines, line), true
	} else {
		p.leave()
		b = p.tree.fork(next, from, line)
		b.dirty = true
		p.show(next, nil)
		p.println("Forked, as " + printable(b.name) + ": the same history up to " + secondsWord(p.at) + ", another future. undo goes back to the run before, forks lists all.")
	}
	for _, w := range p.run.Warnings() {
		p.println("warning: " + printable(w.Message()))
	}
	p.follow()
	p.trim()
	return err
}

// awaitAnswer goes on until the operation that was just given has ended, one that is newer
// than the first so many.
func (p *plain) awaitAnswer(before int) error {
	all := p.index.Ops()
	if len(all) <= before || all[len(all)-1].At < p.at {
		return nil
	}
	for op := all[len(all)-1]; op.Returned == 0 && !op.System && !p.waits() && p.in.ctx.Err() == nil; {
		more, err := p.advance()
		if err != nil || !more {
			return err
		}
	}
	return nil
}

// leave keeps what is shown in its branch.
func (p *plain) leave() {
	b := p.tree.current
	b.record, b.cursor = p.record, p.cursor
}

// show puts another run in the place of the one that is shown, with what is known of it
// or nil, at the same cursor.
func (p *plain) show(r run, known *record) {
	p.run, p.record = r, known
	if known == nil {
		p.record = newRecord(p.nodes)
	}
	p.record.extend(r.Log().Snapshot())
	p.now, p.end, p.over, p.guess = r.Now(), r.End(), r.Over(), nil
}

// trim closes the branches that are too many.
func (p *plain) trim() {
	for _, r := range p.tree.trim() {
		_ = r.Close()
	}
}

// undo takes the last command back; a fork's first by going back to where it forked from.
func (p *plain) undo(rest string) error {
	if err := alone("undo", rest); err != nil {
		return err
	}
	b := p.tree.current
	if len(b.lines) == 0 && b.parent != nil {
		p.switchTo(b.parent)
		return nil
	}
	f, err := p.run.undo()
	if err != nil {
		return err
	}
	if f == nil {
		p.println("No command was given in this run.")
		return nil
	}
	p.leave()
	p.show(f, nil)
	p.cursor = cursor{p.log.Len(), p.now}
	undone := p.tree.undo(f, p.cursor)
	b.dirty = f.Live()
	p.trim()
	p.println("Undone: " + printable(undone.line) + ". It is " + p.place() + " again; the run with it is kept as " + printable(undone.name) + ".")
	return nil
}

// switchTo shows another branch as it was left.
func (p *plain) switchTo(b *branch) {
	p.leave()
	p.tree.current = b
	p.show(b.run, b.record)
	p.cursor = b.cursor
	p.println("This is " + printable(b.name) + ", as it was left. It is " + p.place() + ".")
}

// listForks lists the tree of runs, one a line, each with its number.
func (p *plain) listForks(rest string) error {
	if err := alone("forks", rest); err != nil {
		return err
	}
	twigs := p.tree.twigs()
	for i, t := range twigs {
		line := itoa(i+1) + ": " + printable(t.name)
		if t.parent != nil {
			of := slices.IndexFunc(twigs, func(o twig) bool { return o.branch == t.parent })
			line += ", left number " + itoa(of+1) + " at " + secondsWord(t.from.at)
			if t.line != "" {
				line += " with: " + printable(t.line)
			}
		}
		if n := len(t.lines); n > 0 {
			line += "; " + itoa(n) + " more " + plural(n, "command", "commands") + " since"
			if t.parent == nil {
				line = strings.Replace(line, " more", "", 1)
			}
		}
		if t.dirty {
			line += "; not saved"
		}
		if t.branch == p.tree.current {
			line += "; this one is shown"
		}
		p.println(line + ".")
	}
	if len(twigs) == 1 {
		p.println("A command in the past forks: go there with to or back, and give one.")
	}
	return nil
}

// forkNumbered reads the number that forks gives a run.
func (p *plain) forkNumbered(of, word string) (*branch, error) {
	twigs := p.tree.twigs()
	n, err := strconv.Atoi(word)
	if err != nil || n < 1 || n > len(twigs) {
		return nil, fmt.Errorf("%s: read %s, expected a number from 1 to %d: forks lists them", of, model.Quote(word), len(twigs))
	}
	return twigs[n-1].branch, nil
}

func (p *plain) switchFork(rest string) error {
	b, err := p.forkNumbered("switch", rest)
	switch {
	case err != nil:
		return err
	case b == p.tree.current:
		p.println(printable(b.name) + " is what is shown.")
	default:
		p.switchTo(b)
	}
	return nil
}

func (p *plain) nameFork(rest string) error {
	word, name, _ := strings.Cut(rest, " ")
	b, err := p.forkNumbered("name", word)
	if err != nil {
		return err
	}
	if name = strings.TrimSpace(name); name == "" {
		return fmt.Errorf("name: expected a text after the number, as: name %s with cp", word)
	}
	p.println("Number " + word + ", " + printable(b.name) + " until now, is named " + printable(name) + ".")
	b.name = name
	return nil
}

// alone refuses what stands behind a word that takes nothing.
func alone(of, rest string) error {
	if rest != "" {
		return fmt.Errorf("%s: read %s, expected nothing after it", of, model.Quote(rest))
	}
	return nil
}
