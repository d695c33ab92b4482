package tui

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"
	"time"

	"capsim/check"
	"capsim/export"
	"capsim/model"
	"capsim/scenarios"
)

// plain is the program as lines of text: the same commands and the same trace, for
// screen readers and for pipes.
type plain struct {
	*record
	meta
	run    run
	open   func() (run, error)
	in     *bufio.Scanner
	out    *bufio.Writer
	told   int // lines of the story that were printed
	said   int // sayings
	guess  *guess
	judge  judge
	ending bool
}

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

func runPlain(ctx context.Context, open func() (run, error), in io.Reader, out io.Writer) error {
	p := &plain{open: open, in: bufio.NewScanner(in), out: bufio.NewWriter(out)}
	defer p.out.Flush()
	if err := p.begin(); err != nil {
		return err
	}
	defer func() { _ = p.run.Close() }()
	for !p.ending && ctx.Err() == nil {
		if err := p.turn(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
	}
	return p.out.Flush()
}

func (p *plain) begin() error {
	r, err := p.open()
	if err != nil {
		return err
	}
	p.run, p.meta = r, metaOf(r.Script())
	p.record, p.told, p.said, p.guess = newRecord(p.nodes), 0, 0, nil
	p.println(printable(p.title) + ": policy " + printable(p.policy) + ", seed " + p.seed + ", " + itoa(p.nodes) + " nodes, store " + printable(p.store))
	p.println("An empty line goes on to the next sentence; help lists the words; else give a command, as: alice@n1 SET cart milk")
	return nil
}

func (p *plain) println(s string) { fmt.Fprintln(p.out, s) }

// read prompts for a line.
func (p *plain) read(prompt string) (string, error) {
	fmt.Fprint(p.out, prompt)
	if err := p.out.Flush(); err != nil {
		return "", err
	}
	if !p.in.Scan() {
		p.println("")
		if err := p.in.Err(); err != nil {
			return "", err
		}
		return "", io.EOF
	}
	return strings.TrimSpace(p.in.Text()), nil
}

// turn reads a line and does it. Only a broken stream is an error.
func (p *plain) turn() error {
	if q := p.run.Question(); q != nil {
		return p.ask(q)
	}
	line, err := p.read(clock(p.run.Now()) + "> ")
	if err != nil {
		return err
	}
	word, rest, _ := strings.Cut(line, " ")
	if line == "" {
		word = "next"
	}
	for _, w := range plainWords() {
		if w.word == word {
			p.report(w.do(p, strings.TrimSpace(rest)))
			return nil
		}
	}
	p.report(p.command(line))
	return nil
}

// report says what went wrong.
func (p *plain) report(err error) {
	p.catchUp()
	var problems scenarios.Problems
	switch {
	case err == nil:
	case errors.As(err, &problems):
		for _, pr := range problems {
			p.println("error, column " + itoa(pr.Pos.Col) + ": " + pr.Message())
		}
	default:
		p.println("error: " + printable(err.Error()))
	}
}

// catchUp prints what happened since.
func (p *plain) catchUp() {
	p.record.extend(p.run.Log().Snapshot())
	lines := p.story.Lines()
	for p.told < len(lines) || p.said < len(p.says) && p.says[p.said].at <= p.run.Now() {
		if p.said < len(p.says) && p.says[p.said].at <= p.run.Now() && (p.told >= len(lines) || p.says[p.said].at < lines[p.told].At) {
			p.println(seconds(p.says[p.said].at) + "  * " + printable(p.says[p.said].text))
			p.said++
			continue
		}
		l := &lines[p.told]
		p.println(seconds(l.At) + "  " + toneWord(l.Tone) + l.Text)
		p.told++
	}
	p.reveal()
}

func toneWord(t export.Tone) string {
	switch t {
	case export.Bad:
		return "BAD: "
	case export.Fault:
		return "FAULT: "
	case export.Good:
		return "GOOD: "
	}
	return ""
}

// ask takes a guess.
func (p *plain) ask(q *scenarios.Question) error {
	p.println("QUESTION: " + printable(q.Text))
	for i, a := range q.Answers {
		p.println("  " + itoa(i+1) + "  " + printable(a))
	}
	if len(q.Answers) == 0 {
		_, err := p.read("press enter to go on ")
		p.run.Answer()
		return err
	}
	line, err := p.read("your guess, 1 to " + itoa(len(q.Answers)) + "> ")
	if err != nil {
		return err
	}
	for i, a := range q.Answers {
		if line == itoa(i+1) || strings.EqualFold(line, a) {
			p.guess = &guess{q, i}
			p.println("Your guess: " + printable(a) + ". Go on and see.")
			p.run.Answer()
			return nil
		}
	}
	p.println("No such answer.")
	return nil
}

func (p *plain) reveal() {
	g := p.guess
	if g == nil || !p.run.Over() && p.run.Now() <= g.until(p.says, p.run.End()) {
		return
	}
	p.guess = nil
	p.println(g.verdict())
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

// command gives a line of the script language, and waits for a client's answer.
func (p *plain) command(line string) error {
	if err := p.run.Do(line); err != nil {
		return err
	}
	p.catchUp()
	ops := p.index.Ops()
	if len(ops) == 0 || !strings.Contains(line, "@") {
		return nil
	}
	op := ops[len(ops)-1]
	for op.Returned == 0 && p.run.Question() == nil {
		more, err := p.run.Step()
		if err != nil || !more {
			return err
		}
		p.catchUp()
	}
	return nil
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
			if c := v.Cell(id, key); c != nil && len(c.Record.Ops()) > 0 {
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
	p.println("A  available: " + word(v.a) + ", " + itoa(v.answered) + " of " + itoa(v.asked) + " answered")
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
	p.said = sort.Search(len(p.says), func(i int) bool { return p.says[i].at > f.Now() })
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
	return nil
}

func (p *plain) quit(string) error { p.ending = true; return nil }
