// Package export renders a trace for readers outside of the program: as a story in
// full sentences, and for other tools.
package export

import (
	"bytes"
	"time"
	"unicode/utf8"

	"capsim/model"
	"capsim/trace"
)

// Tone says how a line of the story is to be taken. Views give it a colour and a
// glyph; the words say it, too.
type Tone uint8

// The tones. Plain: what happens in an ordinary run. Quiet: what can be skipped.
// Fault: what is done to the cluster. Good: what holds again. Bad: what is broken
// or untrue, or a request that got no answer.
const (
	Plain Tone = iota
	Quiet
	Fault
	Good
	Bad
)

var toneNames = [...]string{"plain", "quiet", "fault", "good", "bad"}

func (t Tone) String() string { return toneNames[t] }

// Line is one sentence or two of the story: what happened, and why it was bound to.
type Line struct {
	At    model.Time
	Event int // the event that it tells of
	Text  string
	Tone  Tone
	Stale bool // a client was told less than another had been promised
	Lost  bool // a write that its client was told is stored gave way to another
	// Of a stale read: how long before it began the newest write that it misses had been
	// acknowledged.
	Age   time.Duration
	Marks []Mark
	Op    model.OpID // the operation that it is about; 0: none
}

// Mark is a stretch of a line's text that shows a version: its name, or its value.
type Mark struct {
	From, To int // bytes of Text
	N        int // the version's number for its key
}

// maxOrdinary bounds how many lines are told of operations that went as they
// should: under a heavy load only what is out of the ordinary is told.
const maxOrdinary = 5_000

// Narrator tells a log as a story, and goes on as the log grows. A line says only
// what was known at its event, so it never changes, but for the one that counts the
// operations which the end of the run cut off. Made by NewNarrator.
type Narrator struct {
	lines     []Line
	told      int // events folded
	ordinary  int
	skipped   int // operations that were never sent
	skippedAt int // the line that tells of them
	log       *trace.Log
	x         *trace.Index
	world
}

// NewNarrator returns the narrator of a cluster of n1 … nN.
func NewNarrator(nodes int) *Narrator { return &Narrator{world: newWorld(nodes)} }

// Story tells a whole log.
func Story(nodes int, l *trace.Log, x *trace.Index) []Line {
	s := NewNarrator(nodes)
	s.Extend(l, x)
	return s.Lines()
}

// Lines returns the story so far, in the order of events. The caller must not
// change it.
func (s *Narrator) Lines() []Line { return s.lines }

// Extend tells the events that came after those already told. The index has folded
// at least as far as the log.
func (s *Narrator) Extend(l *trace.Log, x *trace.Index) {
	s.log, s.x = l, x
	for s.told < l.Len() {
		s.told++
		e := l.At(s.told)
		s.fold(e)
		if tell := tellers[e.Kind]; tell != nil {
			tell(s, e)
		}
		s.settle(e)
	}
}

// tellers says how each kind of event is told; kinds that are not here are not.
// They run after the world took the event in.
var tellers = [256]func(*Narrator, *trace.Event){
	trace.Statement:   (*Narrator).tellStatement,
	trace.PolicyStart: (*Narrator).tellPolicy,
	trace.Serving:     (*Narrator).tellServing,
	trace.Return:      (*Narrator).tellReturn,
	trace.SystemWrite: (*Narrator).tellSystem,
	trace.Wrote:       (*Narrator).tellWrote,
	trace.Applied:     (*Narrator).tellApplied,
	trace.Discarded:   (*Narrator).tellDiscarded,
	trace.Drop:        (*Narrator).tellLost,
	trace.Hold:        (*Narrator).tellLost,
	trace.Note:        (*Narrator).tellNote,
	trace.Skipped:     (*Narrator).tellSkipped,
	trace.HostChange:  (*Narrator).tellHost,
	trace.Acquire:     (*Narrator).tellFact,
	trace.Relinquish:  (*Narrator).tellFact,
	trace.Access:      (*Narrator).tellAccess,
	trace.Effect:      (*Narrator).tellFact,
	trace.Commit:      (*Narrator).tellFact,
	trace.Abort:       (*Narrator).tellFact,
}

// say adds a line about the event being told.
func (s *Narrator) say(tone Tone, t *text) *Line {
	t.b = bytes.TrimRight(t.b, " ")
	if bytes.HasSuffix(t.b, []byte("….")) {
		t.b = t.b[:len(t.b)-1] // what was shortened ends the sentence by itself
	}
	s.lines = append(s.lines, Line{
		At: s.log.At(s.told).At, Event: s.told, Tone: tone, Text: string(t.b), Marks: t.marks,
	})
	return &s.lines[len(s.lines)-1]
}

// sayOrdinary adds a line unless there are too many of its sort.
func (s *Narrator) sayOrdinary(tone Tone, t *text) *Line {
	s.ordinary++
	switch {
	case s.ordinary <= maxOrdinary:
		return s.say(tone, t)
	case s.ordinary == maxOrdinary+1:
		s.say(Quiet, new(text).add("From here on only what is out of the ordinary is told."))
	}
	return &Line{}
}

// text is a sentence being written, with its marks.
type text struct {
	b     []byte
	marks []Mark
}

func (t *text) add(parts ...string) *text {
	for _, p := range parts {
		t.b = append(t.b, p...)
	}
	return t
}

// mark adds a part that shows version n.
func (t *text) mark(part string, n int) *text {
	from := len(t.b)
	t.b = append(t.b, part...)
	if n > 0 {
		t.marks = append(t.marks, Mark{From: from, To: len(t.b), N: n})
	}
	return t
}

// version adds "milk (v2)"; "v2" if there is no value to show.
func (t *text) version(value string, n int) *text {
	if value == "" {
		return t.mark(trace.VersionName(n), n)
	}
	return t.mark(shorten(value), n).add(" (").mark(trace.VersionName(n), n).add(")")
}

// maxShown is how much of a value stands in a sentence, in characters.
const maxShown = 40

func shorten(s string) string {
	if len(s) <= maxShown {
		return s
	}
	n := 0
	for i := range s {
		if n++; n == maxShown {
			return s[:i] + "…"
		}
	}
	if utf8.RuneCountInString(s) < maxShown {
		return s
	}
	return s
}
