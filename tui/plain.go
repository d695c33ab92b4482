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

	"github.com/charmbracelet/x/term"

	"capsim/export"
	"capsim/model"
	"capsim/scenarios"
	"capsim/tui/canvas"
)

// plain is the program as lines of text: the same commands and the same trace, for
// screen readers and for pipes. It stands at a cursor as the screen does; all that it
// tells is as it was then.
//
// Invariants:
//  1. told and said are the sentences and sayings up to the cursor.
//  2. The cursor stands behind all that happened in its instant.
type plain struct {
	*scene
	run    run
	open   func() (run, error)
	in     lines
	echo   bool // nobody sees what is typed, as on a pipe: it is printed, too
	out    *bufio.Writer
	guess  *taken
	judge  judge
	tree   tree // the runs that are open: forks, and what was undone
	ending bool
	broken error // there is no run any more, and why

	lesson   func(name string) (func() (run, error), error) // nil: there is no library
	progress *diary
}

func newPlain(open func() (run, error)) *plain {
	return &plain{judge: judge{clock: time.Now}, open: open, progress: newDiary("")}
}

// plainOf is the twin that options ask for.
func plainOf(open func() (run, error), o Options) *plain {
	p := newPlain(open)
	p.lesson, p.progress = o.lessons(), newDiary(o.State)
	return p
}

// talk reads lines and does what they say, until the input ends or a word does. An error
// is the environment's, or a SignalError.
func (p *plain) talk(ctx context.Context, in io.Reader, out io.Writer) error {
	ctx, by, release := untilSignal(ctx)
	defer release()
	f, ok := in.(term.File)
	p.echo = !ok || !term.IsTerminal(f.Fd())
	p.in, p.out = newLines(ctx, in), bufio.NewWriter(out)
	defer p.out.Flush()
	if err := p.begin(); err != nil {
		return err
	}
	defer func() { p.closeAll() }()
	for !p.ending && ctx.Err() == nil && p.broken == nil {
		p.keepProgress()
		if err := p.turn(); errors.Is(err, io.EOF) || errors.Is(err, context.Canceled) {
			break
		} else if err != nil {
			return err
		}
	}
	p.keepProgress()
	if s := by(); s != nil {
		p.println("")
		return errors.Join(p.out.Flush(), SignalError{s})
	}
	return errors.Join(p.out.Flush(), p.broken)
}

// begin opens the run.
func (p *plain) begin() error {
	r, err := p.open()
	if err != nil {
		return err
	}
	p.run, p.guess = r, nil
	p.tree.begin(r)
	m := metaOf(r.Script())
	p.scene = &scene{record: newRecord(m.nodes), meta: m}
	p.openStudy()
	p.println(printable(p.title) + ": policy " + printable(p.policy) + ", seed " + p.seed + ", " + itoa(p.nodes) + " nodes, store " + printable(p.store) + ".")
	p.println("An empty line goes on to the next sentence; help lists the words; else give a command, as: alice@n1 SET cart milk")
	p.tellCard()
	p.follow()
	p.progress.noteOf(p.scene)
	return nil
}

// beginAgain opens a run in the place of those that are open.
func (p *plain) beginAgain() {
	p.closeAll()
	p.broken = p.begin()
}

// closeAll gives up the runs.
func (p *plain) closeAll() {
	for _, r := range p.tree.runs() {
		_ = r.Close()
	}
	p.tree = tree{}
}

// println prints one line; what would be more, or could steer a terminal, is replaced.
func (p *plain) println(s string) {
	for _, r := range s {
		p.out.WriteRune(canvas.SafeRune(r))
	}
	p.out.WriteByte('\n')
}

// read prompts for a line.
func (p *plain) read(prompt string) (string, error) {
	fmt.Fprint(p.out, prompt)
	if err := p.out.Flush(); err != nil {
		return "", err
	}
	line, err := p.in.next()
	line = strings.TrimSpace(line)
	if err != nil || p.echo {
		p.println(line)
	}
	return line, err
}

// place says where the reader is: the instant, the run if there are several, and whether
// it has gone further.
func (p *plain) place() string {
	s := secondsWord(p.at)
	if len(p.tree.all) > 1 {
		s += " of " + printable(p.tree.current.name)
	}
	if !p.live() {
		s += ", in the past; the run is at " + secondsWord(p.now)
	}
	return s
}

// secondsWord writes an instant for people: "2.410 s".
func secondsWord(t model.Time) string { return strings.TrimLeft(seconds(t), " ") + " s" }

// turn reads a line and does it. Only a broken stream is an error.
func (p *plain) turn() error {
	if q := p.run.Question(); q != nil && p.live() {
		return p.ask(q)
	}
	line, err := p.read(p.place() + "> ")
	if tooLong(err) {
		p.println("error: " + err.Error())
		return nil
	}
	if err != nil {
		return err
	}
	p.obey(line)
	return nil
}

// obey does what a line says: a word of the twin's own, else a command.
func (p *plain) obey(line string) {
	if line == "" {
		line = "next"
	}
	word, rest, _ := strings.Cut(line, " ")
	if w := plainWordOf(word); w != nil {
		p.report(w.do(p, strings.TrimSpace(rest)))
		return
	}
	p.report(p.command(line))
}

// report says what went wrong.
func (p *plain) report(err error) {
	var problems scenarios.Problems
	switch {
	case err == nil:
	case errors.As(err, &problems):
		for _, pr := range problems {
			p.println("error, column " + itoa(pr.Pos.Col) + ": " + pr.Message())
		}
	default:
		for _, line := range strings.Split(err.Error(), "\n") {
			p.println("error: " + printable(line))
		}
	}
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
	word, rest, _ := strings.Cut(line, " ")
	return slices.Contains([]string{"", "next", "step", "play"}, word) || word == "to" && !strings.HasPrefix(strings.TrimSpace(rest), "-")
}

// ask takes a guess. All else works at a question, too, but for going on.
func (p *plain) ask(q *scenarios.Question) error {
	p.println("QUESTION: " + printable(q.Text))
	for i, a := range q.Answers {
		p.println("  " + itoa(i+1) + "  " + printable(a))
	}
	prompt := "press enter to go on, or give a command> "
	if n := len(q.Answers); n > 0 {
		prompt = "your guess, 1 to " + itoa(n) + ", or a command; help and quit work, too> "
	}
	line, err := p.read(prompt)
	if tooLong(err) {
		p.println("error: " + err.Error())
		return nil
	}
	if err != nil {
		return err
	}
	if len(q.Answers) == 0 {
		if goesOn(line) {
			p.run.Answer()
		}
		if line != "" {
			p.obey(line)
		}
		return nil
	}
	for i, a := range q.Answers {
		if line == itoa(i+1) || strings.EqualFold(line, a) {
			p.guess = p.study.guessed(q, i)
			p.println("Your guess: " + printable(a) + ". Go on and see.")
			p.run.Answer()
			return nil
		}
	}
	switch {
	case strings.Trim(line, "0123456789") == "" && line != "":
		p.println("No such answer: 1 to " + itoa(len(q.Answers)) + ".")
	case goesOn(line):
		p.println("The run waits for your guess: give its number.")
	case plainWordOf(strings.Fields(line)[0]) != nil:
		p.obey(line)
	default:
		if err := p.command(line); isProse(err) {
			p.println("That is no answer: your guess is a number, 1 to " + itoa(len(q.Answers)) + ", or one of the answers.")
		} else {
			p.report(err)
		}
	}
	return nil
}

// isProse tells whether a line was no command because a word of it is none that a command
// begins with, nor near one: it may have been meant as an answer.
func isProse(err error) bool {
	var problems scenarios.Problems
	if !errors.As(err, &problems) || len(problems) == 0 {
		return false
	}
	first := problems[0]
	return first.Mean == "" && (strings.HasPrefix(first.Want, "a statement") || strings.HasPrefix(first.Want, "a command"))
}
