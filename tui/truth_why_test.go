package tui

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"capsim/check"
	"capsim/export"
	"capsim/model"
	"capsim/scenarios"
	"capsim/trace"
)

// whyClaims are sentences of explanations that say something which the events can confirm.
var whyClaims = []struct {
	says  *regexp.Regexp
	holds func(w *whyProof, m []string) bool
}{
	{regexp.MustCompile(`^Message (\d+) .*carried it from (\S+) to (\S+): sent at .*, there at (\S+) s\.$`), func(w *whyProof, m []string) bool {
		sent, ended := w.message(m[1])
		return sent != nil && ended != nil && w.carries(sent) && w.name(sent.Node) == m[2] && w.name(sent.Peer) == m[3] && ended.Kind == trace.Deliver && w.at(ended) == m[4]
	}},
	{regexp.MustCompile(`message (\d+) with it was lost at (\S+) s, by (.*?)[.;]`), func(w *whyProof, m []string) bool {
		sent, ended := w.message(m[1])
		return sent != nil && ended != nil && w.carries(sent) && ended.Kind == trace.Drop && w.at(ended) == m[2] && w.caused(ended.Text, m[3])
	}},
	{regexp.MustCompile(`message (\d+) with it ha[sd] been held up since (\S+) s, by (.*)\.$`), func(w *whyProof, m []string) bool {
		sent, _ := w.message(m[1])
		held := w.last(trace.Hold, m[1])
		return sent != nil && held != nil && w.carries(sent) && w.at(held) == m[2] && w.caused(held.Text, m[3])
	}},
	{regexp.MustCompile(`message (\d+) with it left (\S+) at (\S+) s and lands at (\S+) s`), func(w *whyProof, m []string) bool {
		sent, ended := w.message(m[1])
		return sent != nil && ended == nil && w.carries(sent) && w.name(sent.Node) == m[2] && w.at(sent) == m[3]
	}},
	{regexp.MustCompile(`It is under way, and lands at (\S+) s, in`), func(w *whyProof, m []string) bool {
		at, err := strconv.ParseFloat(m[1], 64)
		return err == nil && at*1e9 >= float64(w.s.at)-1e6
	}},
	{regexp.MustCompile(`^It is stale: .* had been acknowledged at (\S+) s, .* before the read began`), func(w *whyProof, m []string) bool {
		read := w.s.index.Op(w.of.Op)
		return slices.ContainsFunc(w.s.index.Ops(), func(op *trace.Op) bool {
			return op.Command.Writes() && op.Returned != 0 && op.Returned < read.Invoked && op.Result.Outcome == model.OKOutcome && seconds(op.Done) != "" &&
				strings.TrimLeft(secondsMS(op.Done), " ") == m[1]
		})
	}},
	{regexp.MustCompile(`^(\S+)->(\S+) has been cut since (\S+) s, by (.*?)[.:]`), func(w *whyProof, m []string) bool {
		for a := model.NodeID(1); int(a) <= w.s.nodes+len(w.s.view.Clients); a++ {
			for b := model.NodeID(1); int(b) <= w.s.nodes+len(w.s.view.Clients); b++ {
				if w.name(a) == m[1] && w.name(b) == m[2] {
					l := w.s.view.Link(a, b)
					return l.Cut != "" && w.caused(l.Cause, m[4])
				}
			}
		}
		return false
	}},
	{regexp.MustCompile(`^(n\d) has served it since (\S+) s\.$`), func(w *whyProof, m []string) bool {
		id, _ := model.ParseNode(m[1])
		return w.of.Kind != export.VersionSubject || w.s.served(id, w.of.Key).Holds(w.of.Op) && w.s.view.Node(id).IsUp()
	}},
	{regexp.MustCompile(`^(n\d) does not have it: `), func(w *whyProof, m []string) bool {
		id, _ := model.ParseNode(m[1])
		c := w.s.view.Cell(id, w.of.Key)
		return w.of.Kind != export.VersionSubject || c == nil || !c.Last.Holds(w.of.Op)
	}},
	{regexp.MustCompile(`^(n\d) has been (up|down|paused)`), func(w *whyProof, m []string) bool {
		id, _ := model.ParseNode(m[1])
		state := w.s.view.Node(id).State.String()
		return state == m[2] || state == "wiped" && m[2] == "down"
	}},
}

type whyProof struct {
	s  *scene
	of export.Subject
}

// secondsMS writes an instant to the millisecond below.
func secondsMS(t model.Time) string {
	ms := int64(t) / int64(time.Millisecond)
	return strconv.FormatInt(ms/1000, 10) + "." + strconv.FormatInt(1000+ms%1000, 10)[1:]
}

func (w *whyProof) at(e *trace.Event) string { return secondsMS(e.At) }

func (w *whyProof) name(id model.NodeID) string { return w.s.index.Name(id) }

// message returns the sending of a message and its end.
func (w *whyProof) message(id string) (sent, ended *trace.Event) {
	for n := 1; n <= w.s.n; n++ {
		e := w.s.log.At(n)
		if strconv.Itoa(int(e.Msg)) != id {
			continue
		}
		switch e.Kind {
		case trace.Send:
			sent = e
		case trace.Deliver, trace.Drop:
			ended = e
		}
	}
	return sent, ended
}

func (w *whyProof) last(kind trace.Kind, id string) (found *trace.Event) {
	for n := 1; n <= w.s.n; n++ {
		if e := w.s.log.At(n); e.Kind == kind && strconv.Itoa(int(e.Msg)) == id {
			found = e
		}
	}
	return found
}

// carries tells whether a message carried the write that was asked about; of other subjects
// any will do.
func (w *whyProof) carries(sent *trace.Event) bool {
	return w.of.Kind != export.VersionSubject || slices.Contains(sent.Ops, w.of.Op)
}

// caused compares a cause with how it is told: a partition is told by its sides.
func (w *whyProof) caused(cause, told string) bool {
	first, _, _ := strings.Cut(cause, " ")
	return cause == told || strings.HasPrefix(cause, told) || first == "partition" && strings.HasPrefix(told, "partition ") || strings.HasPrefix(told, first)
}

// TestWhyIsTrue confirms what explanations say by the events that they speak of.
func TestWhyIsTrue(t *testing.T) {
	confirmed := map[int]int{}
	truthRuns(t, 8, func(t *testing.T, r *scenarios.Session) {
		known := newRecord(r.Script().Settings.Nodes)
		known.extend(r.Log())
		j := &judge{clock: time.Now}
		for _, at := range moments(r, 5) {
			s := &scene{record: known, meta: metaOf(r.Script()), cursor: at, now: r.Now(), end: r.End(), speed: normal}
			s.compose()
			rnd := rand.New(rand.NewPCG(uint64(at.n), 4))
			for _, of := range subjectsAt(s, rnd) {
				e := j.explain(s.question(), of)
				said := map[string]bool{}
				for _, l := range e.Lines {
					if said[l.Text] && l.Op == 0 && !strings.HasPrefix(l.Text, "Message ") && of.Kind != export.CheckSubject && of.Kind != export.CellSubject {
						t.Errorf("event %d, %+v: said twice: %s", s.n, of, l.Text)
					}
					said[l.Text] = true
					for i, c := range whyClaims {
						m := c.says.FindStringSubmatch(l.Text)
						if m == nil {
							continue
						}
						confirmed[i]++
						if !c.holds(&whyProof{s, of}, m) {
							t.Errorf("event %d at %v, %+v: it is not true that %s\n%s", s.n, s.at, of, l.Text, whyText(e))
						}
					}
				}
			}
			if t.Failed() {
				return
			}
		}
	})
	for i := range whyClaims {
		if confirmed[i] == 0 && truthSeeds(0) > 0 { // the few seeds of every day may lack one
			t.Errorf("nothing was said like %v", whyClaims[i].says)
		}
	}
	t.Logf("confirmed: %v", confirmed)
}

// TestCouldNotKnow: what the story calls stale the checks do too; and a node could not know of a write only if no message with it came there, and
// none could have come straight from the node that took it.
func TestCouldNotKnow(t *testing.T) {
	cutWords := regexp.MustCompile(`(n\d) could not know: (n\d)-(n\d) is cut\.$`)
	told := 0
	truthRuns(t, 30, func(t *testing.T, r *scenarios.Session) {
		s := sceneOf(r.Script(), r.Log(), cursor{r.Log().Len(), r.Now()}, r.End())
		for _, l := range s.told {
			if !l.Stale {
				continue
			}
			told++
			s.cursor = cursor{l.Event, l.At}
			s.compose()
			j := &judge{clock: time.Now}
			_ = j.explain(s.question(), opSubject(l.Op)) // takes the run in
			read := s.index.Op(l.Op)
			h := check.NewHistory(s.log, j.index, j.folder, check.Options{Nodes: s.nodes, Timeout: s.timeout, Until: l.Event, End: l.At})
			w, _ := h.Missed(l.Op)
			if w == nil {
				t.Errorf("%q: the checks miss no write", l.Text)
				continue
			}
			for n := w.Invoked; n <= read.Returned && strings.Contains(l.Text, "could not know"); n++ {
				if e := s.log.At(n); e.Kind == trace.Deliver && e.Node == read.Node {
					sent := int(s.record.message(e.Msg).sent)
					if sent > 0 && slices.Contains(s.log.At(sent).Ops, w.ID) {
						t.Errorf("event %d: %q, and message %d brought it at %v", l.Event, l.Text, e.Msg, e.At)
					}
				}
			}
			if m := cutWords.FindStringSubmatch(l.Text); m != nil {
				a, _ := model.ParseNode(m[2])
				b, _ := model.ParseNode(m[3])
				if s.view.Link(a, b).Cut == "" {
					t.Errorf("event %d: %q, and %v->%v is not cut", l.Event, l.Text, a, b)
				}
			}
		}
	})
	t.Logf("%d reads were excused", told)
}
