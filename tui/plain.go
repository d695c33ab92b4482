package tui

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"capsim/export"
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

func runPlain(ctx context.Context, open func() (run, error), in io.Reader, out io.Writer) error {
	p := &plain{judge: judge{clock: time.Now}, open: open, in: bufio.NewScanner(in), out: bufio.NewWriter(out)}
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
	if line == "" {
		line = "next"
	}
	p.obey(line)
	return nil
}

// obey does what a line says: a word of the twin's own, else a command.
func (p *plain) obey(line string) {
	word, rest, _ := strings.Cut(line, " ")
	for _, w := range plainWords() {
		if w.word == word {
			p.report(w.do(p, strings.TrimSpace(rest)))
			return
		}
	}
	p.report(p.command(line))
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
	for p.told < len(lines) || p.said < len(p.says) && p.says[p.said].At <= p.run.Now() {
		if p.said < len(p.says) && p.says[p.said].At <= p.run.Now() && (p.told >= len(lines) || p.says[p.said].At < lines[p.told].At) {
			p.println(seconds(p.says[p.said].At) + "  * " + printable(p.says[p.said].Text))
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

// goesOn tells whether a line asks for more of the run, which a question holds up.
func goesOn(line string) bool {
	word, _, _ := strings.Cut(line, " ")
	return slices.Contains([]string{"", "next", "step", "to", "play"}, word)
}

// ask takes a guess. All else works at a question, too, but for going on.
func (p *plain) ask(q *scenarios.Question) error {
	p.println("QUESTION: " + printable(q.Text))
	for i, a := range q.Answers {
		p.println("  " + itoa(i+1) + "  " + printable(a))
	}
	if len(q.Answers) == 0 {
		line, err := p.read("press enter to go on, or give a command> ")
		if err != nil {
			return err
		}
		if goesOn(line) {
			p.run.Answer()
		}
		if line != "" {
			p.obey(line)
		}
		return nil
	}
	line, err := p.read("your guess, 1 to " + itoa(len(q.Answers)) + ", or a command; help and quit work, too> ")
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
	switch {
	case strings.Trim(line, "0123456789") == "" && line != "":
		p.println("No such answer.")
	case goesOn(line):
		p.println("The run waits for your guess: give its number.")
	default:
		p.obey(line)
	}
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

// command gives a line of the script language, and waits for a client's answer.
func (p *plain) command(line string) error {
	if err := p.run.Do(line); err != nil {
		return err
	}
	for _, w := range p.run.Warnings() {
		p.println("warning: " + printable(w.Message()))
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
