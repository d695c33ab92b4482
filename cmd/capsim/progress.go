package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/charmbracelet/bubbles/progress"
	"github.com/charmbracelet/x/term"
)

// reporter says how far a long command has come: a bar with the time left on a
// terminal, else a line now and then.
type reporter struct {
	out         io.Writer
	bar         *progress.Model // nil: not a terminal
	total, done uint64
	begun, said time.Time
	shown       bool
}

// newProgress reports on out; errors of writing there are of no interest.
func newProgress(out io.Writer, total uint64) *reporter {
	r := &reporter{out: out, total: total, begun: time.Now()}
	r.said = r.begun
	if f, ok := out.(*os.File); ok && term.IsTerminal(f.Fd()) {
		bar := progress.New(progress.WithWidth(40), progress.WithSolidFill("6"))
		if os.Getenv("NO_COLOR") != "" {
			bar = progress.New(progress.WithWidth(40), progress.WithSolidFill(""), progress.WithFillCharacters('#', '.'))
		}
		r.bar = &bar
	}
	return r
}

// How often a bar is drawn, and a line printed.
const (
	barEvery  = 100 * time.Millisecond
	lineEvery = 10 * time.Second
)

// add counts one more.
func (r *reporter) add() {
	r.done++
	now := time.Now()
	every := lineEvery
	if r.bar != nil {
		every = barEvery
	}
	if now.Sub(r.said) < every {
		return
	}
	r.said, r.shown = now, true
	took := now.Sub(r.begun)
	left := time.Duration(float64(took) / float64(r.done) * float64(r.total-r.done))
	text := fmt.Sprintf("%d of %d runs, %.0f a second, %v left", r.done, r.total, float64(r.done)/took.Seconds(), left.Round(time.Second))
	if r.bar == nil {
		fmt.Fprintln(r.out, text)
		return
	}
	fmt.Fprintf(r.out, "\r%s  %s\x1b[K", r.bar.ViewAs(float64(r.done)/float64(r.total)), text)
}

// end takes the bar away.
func (r *reporter) end() {
	if r.bar != nil && r.shown {
		fmt.Fprint(r.out, "\r\x1b[K")
	}
}
