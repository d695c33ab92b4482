package tui

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"capsim/scenarios"
	"capsim/trace"
)

// traceOf runs to the end and returns the events, a line each.
func traceOf(t testing.TB, r run) []string {
	t.Helper()
	for !r.Over() && r.Err() == nil {
		r.Answer()
		_ = r.RunTo(r.End())
	}
	var b bytes.Buffer
	w := trace.NewWriter(&b, trace.Header{})
	for _, e := range r.Log().All() {
		if err := w.Event(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	all := bytes.Split(b.Bytes(), []byte("\n"))
	out := make([]string, 0, len(all))
	for _, line := range all[1:] {
		out = append(out, string(line))
	}
	return out
}

func sameTrace(t *testing.T, what string, got, want []string, script string) {
	t.Helper()
	if slices.Equal(got, want) {
		return
	}
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Fatalf("%s: event %d is\n%s\nnot\n%s\n%s", what, i+1, got[i], want[i], script)
		}
	}
	t.Fatalf("%s: %d events, not %d\n%s", what, len(got), len(want), script)
}

// again opens a saved script.
func again(t testing.TB, saved string) run {
	t.Helper()
	return sessionRun{opened(t, "saved.capsim", saved)}
}

// byHand gives a message under way to a hand; "" if none is.
func handLine(rnd *rand.Rand, r run) string {
	f := trace.NewFolder(r.Script().Settings.Nodes, r.Log()).View(r.Log().Len()).Flight()
	if len(f) == 0 {
		return ""
	}
	return "message " + strconv.Itoa(int(f[rnd.IntN(len(f))].Msg)) + " " + []string{"drop", "hold", "release", "hurry"}[rnd.IntN(4)]
}

// steered plays with a run as a reader does: commands, messages by hand, forks in the past and
// in the middle of an instant, anomalies, undo. It returns every run that was shown, which are
// all to give, when saved, the trace that they have.
func steered(t *testing.T, seed int64) []run {
	rnd := rand.New(rand.NewPCG(uint64(seed), 77))
	choices := truthChoices()
	head := fmt.Sprintf("use policy %s\nuse seed %d\nuse store memory\nclient dora remote\nat 0s alice@n1 SET reg:0 first\nat 300ms bob@n2 GET reg:0\nask \"Which?\" a | *b\nexpect reply bob = first\n", choices[(seed*5)%int64(len(choices))], seed)
	if rnd.IntN(2) == 0 {
		head += "every 70ms from 400ms to 3s carol@n3 SET reg:1 {i}\n"
	}
	if rnd.IntN(2) == 0 {
		head += "workload w clients=2 at=n1,n2,n3 rate=40/s keys=2 ops=GET:60%,SET:40% from 400ms to 2s\n"
	}
	if rnd.IntN(2) == 0 {
		head += "at 4s end\n"
	}
	s, err := scenarios.Parse("steered.capsim", []byte(head))
	if err != nil {
		t.Fatal(err)
	}
	first, err := scenarios.Open(s, scenarios.Options{Memory: true, Interactive: true})
	if err != nil {
		t.Fatal(err)
	}
	r := run(sessionRun{first})
	shown := []run{r}
	for range 14 {
		if err := passTo(r, r.Now().Add(time.Duration(rnd.IntN(250))*time.Millisecond)); err != nil {
			break
		}
		switch rnd.IntN(8) {
		case 0, 1, 2:
			_ = r.Do(randomLine(rnd, choices))
		case 3:
			if line := handLine(rnd, r); line != "" {
				_ = r.Do(line)
			}
		case 4, 5: // a command at a cursor in the past
			if r.Log().Len() == 0 {
				continue
			}
			n := 1 + rnd.IntN(r.Log().Len())
			at := cursor{n, r.Log().At(n).At}
			f, err := forkAt(r, at)
			if err != nil {
				t.Fatal(err)
			}
			head := f.Log().Len()
			for i := 1; i <= min(head, n); i++ {
				if f.Log().At(i).At != r.Log().At(i).At || f.Log().At(i).Kind != r.Log().At(i).Kind {
					t.Fatalf("the fork at event %d has another event %d", n, i)
				}
			}
			line := randomLine(rnd, choices)
			if rnd.IntN(2) == 0 {
				line = handLine(rnd, f)
			}
			if line == "" || f.Do(line) != nil {
				_ = f.Close()
				continue
			}
			r = f
			shown = append(shown, r)
		case 6:
			a := &scenarios.Anomalies[rnd.IntN(len(scenarios.Anomalies))]
			if at, err := r.(sessionRun).Try(a); err == nil && at.Works {
				_ = r.(sessionRun).Give(at.Acts)
			}
		case 7:
			u, err := r.undo()
			if err != nil {
				t.Fatal(err)
			}
			if u != nil {
				r = u
				shown = append(shown, r)
			}
		}
	}
	return shown
}

// TestSavedSessionsReplay: what is saved of a session, however it was steered, gives its trace.
func TestSavedSessionsReplay(t *testing.T) {
	for seed := range truthSeeds(5) {
		for i, r := range steered(t, seed) {
			halfway := r.Save()
			want := traceOf(t, r)
			if r.Err() != nil {
				continue
			}
			sameTrace(t, fmt.Sprintf("seed %d, run %d, saved at its end", seed, i), traceOf(t, again(t, r.Save())), want, r.Save())
			sameTrace(t, fmt.Sprintf("seed %d, run %d, saved under way", seed, i), traceOf(t, again(t, halfway)), want, halfway)
			_ = r.Close()
		}
	}
}

// TestSidesAreRunsOfTheirOwn: each of the runs side by side has the trace of the same script
// under its policy by itself, with the commands that were given to all.
func TestSidesAreRunsOfTheirOwn(t *testing.T) {
	choices := truthChoices()
	for seed := range truthSeeds(4) {
		rnd := rand.New(rand.NewPCG(uint64(seed), 78))
		all := steered(t, seed)
		r := all[len(all)-1]
		names := []string{choices[rnd.IntN(len(choices))], choices[rnd.IntN(len(choices))]}
		made, err := underPolicies(names, r.Now(), inMemory).work(r)
		if err != nil {
			continue // too many nodes are asked for, or a command can't be done there
		}
		l := made.(*lockstep)
		for range 6 {
			if l.RunTo(l.Now().Add(time.Duration(rnd.IntN(300))*time.Millisecond)) != nil {
				break
			}
			switch rnd.IntN(4) {
			case 0, 1:
				_ = l.Do(randomLine(rnd, choices))
			case 2:
				if n := l.Log().Len(); n > 0 {
					f, err := forkAt(l, cursor{n - n/4, l.Log().At(n - n/4).At})
					if err != nil {
						t.Fatal(err)
					}
					l = f.(*lockstep)
				}
			case 3:
				u, err := l.undo()
				if err != nil {
					t.Fatal(err)
				}
				if u != nil {
					l = u.(*lockstep)
				}
			}
		}
		for i, side := range l.runs {
			want := traceOf(t, side)
			if side.Err() == nil {
				sameTrace(t, fmt.Sprintf("seed %d, side %s", seed, names[i]), traceOf(t, again(t, side.Save())), want, side.Save())
			}
		}
	}
}
