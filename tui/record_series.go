package tui

import (
	"sort"
	"time"

	"capsim/export"
	"capsim/model"
	"capsim/trace"
)

// series is what charts show of a run: figures in bins of one length, which doubles when
// there are too many of them. So drawing costs the same however long the run is.
//
// Invariants:
//  1. There are at most maxBins bins; the k-th covers [k·width, (k+1)·width).
//  2. width is firstBin times a power of two.
//  3. answers and changes ascend.
type series struct {
	width    model.Time
	bins     []bin
	answers  []int32 // the events that answered a client, or told it that there is no answer
	changes  []apartChange
	troubled spans // while anything is done to the cluster
	troubles map[trouble]bool
}

// A bin is that long at first: buckets of half a second and its doubles are made of whole
// bins.
const (
	firstBin = model.Time(500*time.Millisecond) / 256
	maxBins  = 1024
)

// bin is what happened in a stretch of time.
type bin struct {
	ok, refused, unknown, stale uint32
	fast, slow                  time.Duration // of the answers that are ok
	age                         time.Duration // of the stalest read
	apart                       uint32        // keys that were diverged at once, at most
}

// apartChange is an event after which so many keys are diverged.
type apartChange struct{ event, keys int32 }

// trouble is one thing that is done to the cluster: to a host, or to a direction of a link.
type trouble struct {
	link
	what string
}

func (b *bin) merge(o *bin) {
	if o.ok > 0 {
		if b.ok == 0 || o.fast < b.fast {
			b.fast = o.fast
		}
		b.slow = max(b.slow, o.slow)
	}
	b.ok, b.refused, b.unknown, b.stale = b.ok+o.ok, b.refused+o.refused, b.unknown+o.unknown, b.stale+o.stale
	b.age, b.apart = max(b.age, o.age), max(b.apart, o.apart)
}

// bin returns the bin of an instant.
func (s *series) bin(at model.Time) *bin {
	if s.width == 0 {
		s.width = firstBin
	}
	for int64(at/s.width) >= maxBins {
		half := s.bins[:0]
		for i := range s.bins {
			if i%2 == 0 {
				half = append(half, s.bins[i])
			} else {
				half[i/2].merge(&s.bins[i])
			}
		}
		s.bins, s.width = half, 2*s.width
	}
	for k := int(at / s.width); len(s.bins) <= k; {
		s.bins = append(s.bins, bin{apart: uint32(s.apartNow())})
	}
	return &s.bins[at/s.width]
}

// apartNow is how many keys are diverged at the end of what was folded.
func (s *series) apartNow() int {
	if n := len(s.changes); n > 0 {
		return int(s.changes[n-1].keys)
	}
	return 0
}

// answered takes in the end of an operation for its client.
func (s *series) answered(n int, op *trace.Op) {
	if op == nil || op.Returned != n || op.System || op.Result == nil {
		return
	}
	s.answers = append(s.answers, int32(n))
	s.bin(op.Done).answer(op)
}

func (b *bin) answer(op *trace.Op) {
	took := op.Done.Sub(op.At)
	switch op.Result.Outcome {
	case model.OKOutcome:
		b.merge(&bin{ok: 1, fast: took, slow: took})
	case model.Refused:
		b.refused++
	case model.Unknown:
		b.unknown++
	}
}

// toldStale takes in a stale read.
func (s *series) toldStale(l *export.Line) {
	b := s.bin(l.At)
	b.stale++
	b.age = max(b.age, l.Age)
}

// setApart takes in that a key has diverged, or has not any more.
func (s *series) setApart(n int, at model.Time, by int) {
	now := max(s.apartNow()+by, 0)
	s.bin(at).apart = max(s.bin(at).apart, uint32(now))
	if k := len(s.changes); k > 0 && int(s.changes[k-1].event) == n {
		s.changes[k-1].keys = int32(now)
		return
	}
	s.changes = append(s.changes, apartChange{int32(n), int32(now)})
}

// disturb takes in what is done to the cluster, and its end.
func (s *series) disturb(n int, e *trace.Event) {
	var t trouble
	var is bool
	switch e.Kind {
	case trace.LinkChange:
		t, is = trouble{link: link{e.Node, e.Peer}}, e.Link() != nil && *e.Link() != trace.Link{}
	case trace.HostChange:
		t, is = trouble{link: link{e.Node, 0}}, e.Text != "restarted" && e.Text != "resumed"
	case trace.Condition:
		what, figure := cutWord(e.Text)
		t, is = trouble{link{e.Node, 0}, what}, figure != "off"
	default:
		return
	}
	if s.troubles == nil {
		s.troubles = map[trouble]bool{}
	}
	if is {
		s.troubles[t] = true
		s.troubled.begin(n, e.At)
	} else if delete(s.troubles, t); len(s.troubles) == 0 {
		s.troubled.end(n, e.At)
	}
}

// cutWord splits a text behind its first word.
func cutWord(text string) (first, rest string) {
	for i := range len(text) {
		if text[i] == ' ' {
			return text[:i], text[i+1:]
		}
	}
	return text, ""
}

// maxPartly bounds how many answers of the cursor's own bin are gone through.
const maxPartly = 2000

// binAt returns what had happened by the cursor in its k-th bin: nothing of what comes after.
func (s *scene) binAt(k int) bin {
	t := &s.series
	here := int(s.at / t.width)
	switch {
	case k > here:
		return bin{}
	case k < here && k < len(t.bins):
		return t.bins[k]
	case k < here:
		return bin{apart: uint32(s.apartAt(s.n))}
	}
	from := model.Time(k) * t.width
	b := bin{apart: uint32(s.apartIn(from))}
	i := sort.Search(len(t.answers), func(i int) bool { return int(t.answers[i]) > s.n }) - 1
	for left := maxPartly; i >= 0 && left > 0; i, left = i-1, left-1 {
		e := s.log.At(int(t.answers[i]))
		if e.At < from {
			break
		}
		b.answer(s.index.Op(e.Op))
	}
	i = sort.Search(len(s.stale), func(i int) bool { return s.stale[i].event > s.n }) - 1
	for left := maxPartly; i >= 0 && left > 0 && s.log.At(s.stale[i].event).At >= from; i, left = i-1, left-1 {
		b.stale++
		b.age = max(b.age, s.stale[i].age)
	}
	return b
}

// apartAt returns how many keys were diverged after event n.
func (s *series) apartAt(n int) int {
	if i := s.changeBy(n); i >= 0 {
		return int(s.changes[i].keys)
	}
	return 0
}

// changeBy returns the place of the last change up to event n, -1 if there is none.
func (s *series) changeBy(n int) int {
	return sort.Search(len(s.changes), func(i int) bool { return int(s.changes[i].event) > n }) - 1
}

// apartIn returns how many keys were diverged at once between an instant and the cursor, at
// most.
func (s *scene) apartIn(from model.Time) int {
	i := s.changeBy(s.n)
	most := 0
	for left := maxPartly; i >= 0 && left > 0; i, left = i-1, left-1 {
		most = max(most, int(s.changes[i].keys))
		if s.log.At(int(s.changes[i].event)).At < from {
			break
		}
	}
	return most
}
