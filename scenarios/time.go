package scenarios

import (
	"fmt"
	"time"

	"capsim/model"
)

// The words that begin a statement's time.
const (
	atWord    = "at"
	everyWord = "every"
)

// maxRepeats is how often a statement may be repeated.
const maxRepeats = 100_000

// when is a statement's time.
type when struct {
	at    model.Time
	every *Repeat
}

// readTime reads the time that a statement may begin with, and the statement's
// first word. A time that can't be is reported, and the statement read on as if it
// had none.
func (p *parser) readTime(pos Pos, first word, l *lexer) (when, word, *Problem) {
	t := when{at: p.clock}
	a := &args{p: p, pos: pos, verb: first}
	var wrong *Problem
	switch {
	case first.is(atWord):
		wrong = p.readAt(a, l, &t)
	case first.is(everyWord):
		wrong = p.readEvery(a, l, &t)
	case first.raw[0] == '+':
		wrong = p.readAfter(a, &t)
	default:
		return t, first, nil
	}
	if wrong != nil && (wrong.Got == "" || l.broken || first.is(everyWord)) {
		return t, first, wrong // what follows can't be told
	}
	p.report(wrong)
	last := first
	if n := len(a.words); n > 0 {
		last = a.words[n-1]
	}
	verb, ok, err := l.next(false)
	switch {
	case err != nil:
		return t, verb, err.at(pos)
	case !ok:
		return t, verb, missingAfter(pos, last, "a statement")
	case verb.is("use"):
		return t, verb, problemAt(pos, verb, "a statement: a setting has no time")
	case verb.is(atWord), verb.is(everyWord), verb.raw[0] == '+':
		return t, verb, problemAt(pos, verb, "a statement: it has a time already")
	}
	return t, verb, nil
}

// take reads n words of a time.
func (a *args) take(l *lexer, n int) *Problem {
	for range n {
		w, ok, err := l.next(false)
		if err != nil {
			return err.at(a.pos)
		}
		if !ok {
			return nil
		}
		a.words = append(a.words, w)
	}
	return nil
}

const wantNow = "a statement without a time: one that is typed happens now"

// readAt reads T of "at T".
func (p *parser) readAt(a *args, l *lexer, t *when) *Problem {
	if wrong := a.take(l, 1); wrong != nil {
		return wrong
	}
	d, wrong := a.duration(0, 0, longestTime)
	switch {
	case wrong != nil && a.words != nil && a.words[0].is("end"):
		wrong.Want += "; what is expected at the end is written: expect at end …"
		return wrong
	case wrong != nil:
		return wrong
	case p.live:
		return a.wrong(-1, wantNow)
	}
	t.at = model.Time(d)
	if t.at < p.clock {
		return a.wrong(0, p.wantLater())
	}
	p.setClock(t.at, a.pos)
	return nil
}

// readAfter reads "+D".
func (p *parser) readAfter(a *args, t *when) *Problem {
	d, want := parseDuration(a.verb.text[1:], 0, longestTime)
	switch {
	case want != "":
		wrong := a.wrong(-1, "+ and "+want)
		if s := withUnit(a.verb.text[1:]); s != "" {
			wrong.Mean = "+" + s
		}
		return wrong
	case p.live:
		return a.wrong(-1, wantNow)
	case d > longestTime-time.Duration(p.clock):
		return a.wrong(-1, fmt.Sprintf("a time of at most 1000h: the statement before is at %v", p.clock))
	}
	t.at = p.clock.Add(d)
	p.setClock(t.at, a.pos)
	return nil
}

// wantLater is what was expected instead of a time that is past.
func (p *parser) wantLater() string {
	if p.live {
		return p.clock.String() + ", which is now, or later"
	}
	return fmt.Sprintf("%v or later: time can't go back, and line %d is at %v", p.clock, p.since.Line, p.clock)
}

func (p *parser) setClock(t model.Time, pos Pos) { p.clock, p.since = t, pos }

// readEvery reads D, T and U of "every D from T to U".
func (p *parser) readEvery(a *args, l *lexer, t *when) *Problem {
	if wrong := a.take(l, 1); wrong != nil {
		return wrong
	}
	d, wrong := a.duration(0, time.Microsecond, longestTime)
	if wrong != nil {
		return wrong
	}
	if wrong := a.take(l, 4); wrong != nil {
		return wrong
	}
	from, to, wrong := a.span(1)
	if wrong != nil {
		return wrong
	}
	r := Repeat{D: d, From: from, To: to}
	if n := (to.Sub(from)-1)/d + 1; n > maxRepeats {
		return a.wrong(0, fmt.Sprintf("at least %v: a statement is repeated %d times at most, not %d",
			((to.Sub(from)-1)/maxRepeats+1), maxRepeats, n))
	}
	t.every = &r
	return nil
}

// span reads "from T to U", from the i-th word on.
func (a *args) span(i int) (from, to model.Time, wrong *Problem) {
	if i >= len(a.words) || !a.words[i].is("from") {
		return 0, 0, a.wrong(i, "from, and a time", "from")
	}
	f, wrong := a.duration(i+1, 0, longestTime)
	if wrong != nil {
		return 0, 0, wrong
	}
	if i+2 >= len(a.words) || !a.words[i+2].is("to") {
		return 0, 0, a.wrong(i+2, "to, and a time")
	}
	t, wrong := a.duration(i+3, 0, longestTime)
	switch {
	case wrong != nil:
		return 0, 0, wrong
	case t <= f:
		return 0, 0, a.wrong(i+3, fmt.Sprintf("a time after %v, where it begins", f))
	case model.Time(f) < a.p.clock:
		return 0, 0, a.wrong(i+1, a.p.wantLater())
	}
	return model.Time(f), model.Time(t), nil
}
