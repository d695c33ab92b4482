package export

import (
	"slices"
	"strconv"
	"time"

	"capsim/check"
	"capsim/model"
	"capsim/trace"
)

// Moment is a run up to one of its events, as Explain looks at it. It is to be used by
// the goroutine that owns the folder.
type Moment struct {
	Log     *trace.Log
	Index   *trace.Index  // has taken in the log
	Folder  *trace.Folder // likewise
	Nodes   int           // of the cluster
	Timeout time.Duration // how long a client waits
	N       int           // up to this event
	At      model.Time    // how far the run is: event N's instant, or later
	Over    bool          // nothing will follow
	Story   []Line        // of the run, up to event N at least
}

// Explain says why something is as it is at a moment of a run: what the trace says of it,
// and, where that does not say, so. Nothing in it is guessed. It reads the log a few
// times over at most.
func (m Moment) Explain(of Subject) *Explanation {
	m.N = min(max(m.N, 0), m.Log.Len(), m.Folder.Len())
	if m.N > 0 {
		m.At = max(m.At, m.Log.At(m.N).At)
	}
	q := &inquest{Moment: m, view: m.Folder.View(m.N), words: &Narrator{log: m.Log, x: m.Index, told: m.N}}
	q.e.Of, q.e.At = of, m.At
	if int(of.Kind) < len(askers) && askers[of.Kind] != nil {
		askers[of.Kind](q, of)
	}
	if len(q.e.Lines) == 0 {
		q.title("nothing")
		q.say(Quiet, new(text).add("The trace says nothing of this, up to here."))
	}
	q.finish()
	return &q.e
}

// askers explain the kinds of subjects.
var askers = [...]func(*inquest, Subject){
	NodeSubject:    (*inquest).ofNode,
	LinkSubject:    (*inquest).ofLink,
	KeySubject:     (*inquest).ofKey,
	CellSubject:    (*inquest).ofCell,
	VersionSubject: (*inquest).ofVersion,
	OpSubject:      (*inquest).ofOp,
	MessageSubject: (*inquest).ofMessage,
	EventSubject:   (*inquest).ofEvent,
	CheckSubject:   (*inquest).ofCheck,
}

// inquest is an explanation being made.
type inquest struct {
	Moment
	view  *trace.View
	h     *check.History
	words *Narrator // for how it names things
	e     Explanation
	shown int // events that were to be in the timeline
}

// maxSteps bounds the timeline, and maxMarked the operations marked in it.
const (
	maxSteps  = 80
	maxMarked = 6
)

func (q *inquest) title(parts ...string) { q.e.Title = string(new(text).add(parts...).b) }

// say adds a sentence.
func (q *inquest) say(tone Tone, t *text) *Line {
	q.e.Lines = append(q.e.Lines, Line{At: q.At, Event: q.N, Text: string(t.b), Tone: tone, Marks: t.marks})
	return &q.e.Lines[len(q.e.Lines)-1]
}

// sayOnce adds a sentence that is not there yet.
func (q *inquest) sayOnce(tone Tone, t *text) {
	if !slices.ContainsFunc(q.e.Lines, func(l Line) bool { return l.Text == string(t.b) }) {
		q.say(tone, t)
	}
}

// tell adds a line of the story that is about something.
func (q *inquest) tell(l *Line) { q.e.Lines = append(q.e.Lines, *l) }

// show puts events into the timeline: the first ones shown stay if there are too many.
func (q *inquest) show(events ...int) {
	for _, n := range events {
		if n < 1 || n > q.N || slices.Contains(q.e.Events, n) {
			continue
		}
		if q.shown++; len(q.e.Events) < maxSteps {
			q.e.Events = append(q.e.Events, n)
		}
	}
}

// next offers a subject.
func (q *inquest) next(of Subject) {
	if of != q.e.Of && !slices.Contains(q.e.Next, of) {
		q.e.Next = append(q.e.Next, of)
	}
}

// mark marks an operation and shows its events. It returns its label: " [A]", or "" once
// there are too many.
func (q *inquest) mark(op *trace.Op) string {
	if op == nil {
		return ""
	}
	if !slices.Contains(q.e.Ops, op.ID) {
		if len(q.e.Ops) == maxMarked {
			return ""
		}
		q.e.Ops = append(q.e.Ops, op.ID)
		q.show(op.Invoked, op.Wrote, op.Returned)
		q.next(Subject{Kind: OpSubject, Op: op.ID})
	}
	return " [" + q.e.Label(op.ID) + "]"
}

// finish puts the timeline in order and into words.
func (q *inquest) finish() {
	slices.Sort(q.e.Events)
	for _, n := range q.e.Events {
		q.e.Steps = append(q.e.Steps, q.step(n))
	}
	if more := q.shown - len(q.e.Events); more > 0 {
		q.say(Quiet, new(text).add("The timeline leaves out ", strconv.Itoa(more), plural(more, " event.", " events.")))
	}
}

// history returns the run for the checks.
func (q *inquest) history() *check.History {
	if q.h == nil {
		q.h = check.NewHistory(q.Log, q.Index, q.Folder, check.Options{
			Nodes: q.Nodes, Timeout: q.Timeout, Until: max(q.N, 1), End: q.At, Over: q.Over, // 0 stands for all
		})
	}
	return q.h
}

// op returns an operation that had begun by event n; nil if there is none.
func (q *inquest) op(id model.OpID) *trace.Op {
	if op := q.Index.Op(id); op != nil && op.Invoked <= q.N {
		return op
	}
	return nil
}

// has tells whether an event of the operation had happened.
func (q *inquest) has(event int) bool { return event > 0 && event <= q.N }

// instant writes an instant as the story does: "2.410 s".
func instant(t model.Time) string {
	ms := int64(t) / int64(time.Millisecond)
	b := append(strconv.AppendInt(nil, ms/1000, 10), '.')
	b = append(b, '0'+byte(ms/100%10), '0'+byte(ms/10%10), '0'+byte(ms%10))
	return string(b) + " s"
}

func (q *inquest) when(event int) string { return instant(q.Log.At(event).At) }

// Text writes the explanation as lines for a reader without a screen: the sentences, and
// the timeline below them.
func (e *Explanation) Text() []string {
	out := []string{e.Title + ", as of " + instant(e.At)}
	for i := range e.Lines {
		out = append(out, "  "+e.Lines[i].Text)
	}
	if len(e.Steps) == 0 {
		return out
	}
	out = append(out, "Timeline:")
	for i := range e.Steps {
		s := &e.Steps[i]
		label := e.Label(s.Op)
		if label == "" {
			label = " "
		}
		out = append(out, "  "+instant(s.At)+" "+label+" "+s.Text+" (#"+strconv.Itoa(s.Event)+")")
	}
	return out
}
