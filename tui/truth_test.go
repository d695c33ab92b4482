package tui

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/muesli/termenv"

	"capsim/check"
	"capsim/export"
	"capsim/model"
	"capsim/scenarios"
	"capsim/trace"
	"capsim/tui/canvas"
)

// then is a run as it is shown at a moment, in two ways: with all that came later known, and
// with a trace that was cut there. They are to show the same.
type then struct {
	n          int
	at         model.Time
	known, cut *scene
}

// moments picks instants of a run: events, also in the middle of an instant, and instants
// between events.
func moments(r *scenarios.Session, count int) []cursor {
	rnd := rand.New(rand.NewPCG(uint64(r.Log().Len()), 5))
	var out []cursor
	for range count {
		n := 1 + rnd.IntN(r.Log().Len())
		at := r.Log().At(n).At
		if n < r.Log().Len() && rnd.IntN(3) == 0 {
			if next := r.Log().At(n + 1).At; next > at {
				at += model.Time(rnd.Int64N(int64(next - at)))
			}
		}
		out = append(out, cursor{n, at})
	}
	return out
}

// sceneOf shows a log at a moment, without a program around it.
func sceneOf(s *scenarios.Script, l *trace.Log, at cursor, end model.Time) *scene {
	sc := &scene{record: newRecord(s.Settings.Nodes), meta: metaOf(s), cursor: at, now: l.At(l.Len()).At, end: end, speed: normal}
	sc.now = max(sc.now, at.at)
	sc.beside = []*scene{sc}
	sc.extend(l)
	sc.compose()
	return sc
}

func cutLog(l *trace.Log, n int) *trace.Log {
	c := &trace.Log{}
	for i := 1; i <= n; i++ {
		c.Append(*l.At(i))
	}
	return c
}

func thenAt(r *scenarios.Session, at cursor) then {
	return then{at.n, at.at, sceneOf(r.Script(), r.Log(), at, r.End()), sceneOf(r.Script(), cutLog(r.Log(), at.n), at, r.End())}
}

// TestNothingOfTheFuture: in the past every pane shows what it would have shown then, and every
// verdict, figure and sentence is what it would have been.
func TestNothingOfTheFuture(t *testing.T) {
	truthRuns(t, 8, func(t *testing.T, r *scenarios.Session) {
		for _, at := range moments(r, 6) {
			was := thenAt(r, at)
			sameStory(t, was)
			sameVerdict(t, r, was)
			samePanes(t, was)
			sameWhy(t, r, was)
			if t.Failed() {
				return
			}
		}
	})
}

func sameStory(t *testing.T, was then) {
	t.Helper()
	if a, b := was.known.told, was.cut.told; !slices.EqualFunc(a, b, func(x, y export.Line) bool { return reflect.DeepEqual(x, y) }) {
		for i := range min(len(a), len(b)) {
			if !reflect.DeepEqual(a[i], b[i]) {
				t.Errorf("event %d: the story says\n%+v\nand said then\n%+v", was.n, a[i], b[i])
				return
			}
		}
		t.Errorf("event %d: %d lines of the story, %d then", was.n, len(a), len(b))
	}
}

// sameVerdict compares with the checks made of the cut trace.
func sameVerdict(t *testing.T, r *scenarios.Session, was then) {
	t.Helper()
	j := &judge{clock: func() time.Time { return time.Time{} }}
	q := was.known.question()
	q.at = r.Log().At(was.n).At
	_ = j.of(q) // as the cursor comes from the event itself
	v := j.of(was.known.question())
	was.known.verdict = v
	was.cut.verdict = (&judge{clock: func() time.Time { return time.Time{} }}).of(was.cut.question())
	x := trace.NewIndex()
	x.Extend(was.cut.log)
	set := r.Script().Settings
	h := check.NewHistory(was.cut.log, x, trace.NewFolder(set.Nodes, was.cut.log), check.Options{Nodes: set.Nodes, Timeout: set.Timeout, End: was.at, Over: was.n == r.Log().Len() && r.Over()})
	same := func(name string, got check.Finding) {
		want := finding(h, name)
		if got.Verdict != want.Verdict || got.Witness != want.Witness || got.At != want.At {
			t.Errorf("event %d: %s is %v %q %v, of the cut trace %v %q %v", was.n, name, got.Verdict, got.Witness, got.At, want.Verdict, want.Witness, want.At)
		}
	}
	for i, l := range v.own {
		if want := was.known.judged[i].Text; l.check != want {
			t.Errorf("%s is judged in the place of %s", l.check, want)
		}
		words := strings.Fields(l.check)
		if want := finding(h, words[0], words[1:]...); l.Verdict != want.Verdict || l.Witness != want.Witness || l.At != want.At {
			t.Errorf("event %d: %s is %v %q, of the cut trace %v %q", was.n, l.check, l.Verdict, l.Witness, want.Verdict, want.Witness)
		}
	}
	if v.own != nil {
		return
	}
	same("linearizable", v.c)
	same("available", v.a)
	for _, l := range v.more {
		same(l.check, l.Finding)
	}
}

// samePanes draws every pane both ways.
func samePanes(t *testing.T, was then) {
	t.Helper()
	for n := range paneList {
		if name := paneList[n].name; name == "lesson" || name == "forks" || name == "inspector" || name == "compare" || name == "charts" {
			continue
		}
		var text [2]string
		for i, s := range []*scene{was.known, was.cut} {
			text[i] = drawn(n, s, 100, 30)
		}
		if text[0] != text[1] {
			t.Errorf("event %d at %v: the pane %s shows\n%s\nand then\n%s", was.n, was.at, paneList[n].name, text[0], text[1])
		}
	}
}

// drawn draws a pane by itself.
func drawn(pane int, s *scene, w, h int) string {
	cm := testCommon(termenv.Ascii, &canvas.UnicodeGlyphs)
	c := &canvas.Canvas{}
	c.Reset(w, h)
	paneList[pane].make(&cm).draw(c, s, canvas.R(0, 0, w, h))
	return c.Render(cm.Theme)
}

// sameWhy asks for causes both ways.
func sameWhy(t *testing.T, r *scenarios.Session, was then) {
	t.Helper()
	known, cut := &judge{clock: time.Now}, &judge{clock: time.Now}
	rnd := rand.New(rand.NewPCG(uint64(was.n), 9))
	for _, of := range subjectsAt(was.cut, rnd) {
		a, b := known.explain(was.known.question(), of), cut.explain(was.cut.question(), of)
		if !reflect.DeepEqual(a.Text(), b.Text()) || !reflect.DeepEqual(a.Next, b.Next) {
			t.Errorf("event %d: of %+v\n%v\nand then\n%v", was.n, of, whyText(a), whyText(b))
			return
		}
	}
}

func whyText(e *export.Explanation) string {
	text := ""
	for _, l := range e.Text() {
		text += l + "\n"
	}
	return text
}

// subjectsAt picks things to ask about, of every kind.
func subjectsAt(s *scene, rnd *rand.Rand) []export.Subject {
	var out []export.Subject
	keys := s.view.Keys()
	for n := 1; n <= s.nodes; n++ {
		out = append(out, nodeSubject(model.NodeID(n)), export.Subject{Kind: export.LinkSubject, Node: model.NodeID(n), Peer: model.NodeID(n%s.nodes + 1)})
		if len(keys) > 0 {
			out = append(out, cellSubject(model.NodeID(n), keys[rnd.IntN(len(keys))]))
		}
	}
	for range 3 {
		if len(keys) > 0 {
			out = append(out, keySubject(keys[rnd.IntN(len(keys))]))
		}
		if ops := s.opsAt(s.n); len(ops) > 0 {
			op := ops[rnd.IntN(len(ops))]
			out = append(out, opSubject(op.ID))
			for _, v := range op.Versions {
				out = append(out, export.Subject{Kind: export.VersionSubject, Op: op.ID, Key: v.Key, Node: model.NodeID(rnd.IntN(s.nodes + 1))})
			}
		}
		if n := s.sentAt(); n > 0 {
			out = append(out, messageSubject(model.MsgID(1+rnd.IntN(n))))
		}
		out = append(out, export.Subject{Kind: export.EventSubject, Event: 1 + rnd.IntN(s.n)})
	}
	for _, c := range []string{"linearizable", "available", "converged", "lost-writes", "stale-reads"} {
		out = append(out, export.Subject{Kind: export.CheckSubject, Check: c})
	}
	return out
}
