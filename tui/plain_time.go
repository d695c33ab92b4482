package tui

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"capsim/model"
)

// follow takes in what the run has done, goes to where it is, and tells it.
func (p *plain) follow() {
	p.record.extend(p.run.Log().Snapshot())
	p.now, p.end, p.over = p.run.Now(), p.run.End(), p.run.Over()
	p.goOnTo(p.now)
}

// goOnTo moves the cursor forward over what is known, and tells what happened on the way,
// and what came of a guess.
func (p *plain) goOnTo(t model.Time) {
	p.asking = p.run.Question()
	if g := p.guess; g != nil {
		if at := p.answerAt(g); p.at <= at && at < t {
			p.tellUpTo(at)
			p.tellGuess()
		}
	}
	p.tellUpTo(t)
	if p.over && p.live() {
		p.tellGuess()
		p.tellEnd()
	}
}

// tellUpTo moves the cursor forward to an instant, and tells the story, what the script
// says, and the parts of the lesson that are new.
func (p *plain) tellUpTo(t model.Time) {
	line, say := p.linesAt(p.n), p.sayingsAt(p.cursor)
	p.cursor = cursor{p.folder.EventAt(t), t}
	lines := p.story.Lines()[:p.linesAt(p.n)]
	says := p.says[:p.sayingsAt(p.cursor)]
	for {
		next, what := model.Never, tellNothing
		if line < len(lines) {
			next, what = lines[line].At, tellLine
		}
		if say < len(says) && says[say].At < next {
			next, what = says[say].At, tellSaying
		}
		if from, ok := p.newPage(); ok && (from < next || from == 0) { // behind what happened in that instant
			what = tellPage
		}
		switch what {
		case tellNothing:
			return
		case tellPage:
			p.tellPage(p.study.given)
			p.study.given++
		case tellSaying:
			p.println(secondsWord(says[say].At) + "  NOTE: " + printable(says[say].Text))
			say++
		case tellLine:
			l := &lines[line]
			p.println(secondsWord(l.At) + "  " + toneWord(l.Tone) + l.Text)
			line++
		}
	}
}

// What is told next.
const (
	tellNothing = iota
	tellLine
	tellSaying
	tellPage
)

// sayingsAt counts what the script has said up to a cursor: nothing before the run began.
func (p *plain) sayingsAt(c cursor) int {
	if c == (cursor{}) {
		return 0
	}
	return sort.Search(len(p.says), func(i int) bool { return p.says[i].At > c.at })
}

// goBackTo moves the cursor to an instant before.
func (p *plain) goBackTo(t model.Time) {
	p.cursor = cursor{p.folder.EventAt(t), t}
	if t == 0 {
		p.cursor = cursor{}
	}
	p.println("It is " + p.place() + ".")
}

// goTo goes to an instant, before or after: over what is known, then in the run itself, up
// to a question or the end.
func (p *plain) goTo(t model.Time) error {
	if t < p.at {
		p.goBackTo(t)
		return nil
	}
	if !p.live() {
		p.goOnTo(min(t, p.now))
	}
	for p.live() && p.now < t && !p.waits() && p.in.ctx.Err() == nil {
		_, err := runTo(t, time.Now).work(p.run)
		p.follow()
		if err != nil {
			return err
		}
	}
	return nil
}

// waits tells whether the run can't go on by itself.
func (p *plain) waits() bool { return p.run.Question() != nil || p.run.Over() }

// advance goes on by one instant at which anything happens; false if nothing can.
func (p *plain) advance() (bool, error) {
	if !p.live() {
		t := p.now
		if p.n < p.log.Len() {
			t = p.log.At(p.n + 1).At
		}
		p.goOnTo(t)
		return true, nil
	}
	more, err := p.run.Step()
	p.follow()
	return more, err
}

// ended says so, if the run has.
func (p *plain) ended() {
	if p.live() && p.over {
		p.println("The run has ended. to and back go into its past; a command there forks; reset begins again.")
	}
}

// next goes on until there is something to tell.
func (p *plain) next(rest string) error {
	if err := alone("next", rest); err != nil {
		return err
	}
	from := p.cursor
	for p.linesAt(p.n) == p.linesAt(from.n) && p.sayingsAt(p.cursor) == p.sayingsAt(from) && p.in.ctx.Err() == nil {
		more, err := p.advance()
		if err != nil {
			return err
		}
		if !more {
			p.ended()
			return nil
		}
	}
	return nil
}

func (p *plain) step(rest string) error {
	if err := alone("step", rest); err != nil {
		return err
	}
	more, err := p.advance()
	if !more && err == nil {
		p.ended()
	}
	return err
}

// back goes to the instant before at which anything happened, or so far back.
func (p *plain) back(rest string) error {
	if p.cursor == (cursor{}) {
		p.println("This is the beginning.")
		return nil
	}
	if rest != "" {
		d, err := time.ParseDuration(rest)
		if err != nil || d < 0 {
			return fmt.Errorf("back: read %q, expected how far, as: back 500ms; alone it goes back to the instant before", rest)
		}
		p.goBackTo(max(p.at.Add(-d), 0))
		return nil
	}
	n := p.n
	for n > 0 && p.log.At(n).At >= p.at {
		n--
	}
	t := model.Time(0)
	if n > 0 {
		t = p.log.At(n).At
	}
	p.goBackTo(t)
	return nil
}

func (p *plain) to(rest string) error {
	d, err := time.ParseDuration(strings.TrimPrefix(rest, "+"))
	relative := strings.HasPrefix(rest, "+") || strings.HasPrefix(rest, "-")
	if err != nil {
		return fmt.Errorf("to: read %q, expected an instant, as: to 3s, or how far from here, as: to +500ms, to -500ms", rest)
	}
	t := model.Time(d)
	if relative {
		t = max(p.at.Add(d), 0)
	}
	if end := max(p.end, p.now); t > end {
		p.println("The run ends at " + secondsWord(end) + ".")
		t = end
	}
	return p.goTo(t)
}

func (p *plain) play(rest string) error {
	if err := alone("play", rest); err != nil {
		return err
	}
	if p.live() && p.over {
		p.ended()
		return nil
	}
	return p.goTo(max(p.end, p.now))
}
