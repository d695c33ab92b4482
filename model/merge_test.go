package model

import (
	"fmt"
	"maps"
	"testing"

	"pgregory.net/rapid"
)

func forms(f func(t *testing.T, mode Mode, kind string), t *testing.T) {
	for mode, name := range []string{"registers", "merging", "siblings"} {
		for _, kind := range []string{"register", "counter", "set"} {
			t.Run(fmt.Sprintf("%s/%s", name, kind), func(t *testing.T) { f(t, Mode(mode), kind) })
		}
	}
}

// TestRecordsAgainstReplay: whatever happened, each replica's record is what a
// replay of the writes that it knows would give, and all end alike.
func TestRecordsAgainstReplay(t *testing.T) {
	forms(func(t *testing.T, mode Mode, kind string) {
		rapid.Check(t, func(t *rapid.T) {
			w := newWorld(t, mode, kind)
			for range rapid.IntRange(1, 25).Draw(t, "steps") {
				w.step()
				for i := range w.recs {
					w.check(w.recs[i], w.known[i])
				}
			}
			all := set{}
			for i := range w.known {
				maps.Copy(all, w.known[i])
			}
			r, _ := Merge(w.recs[0], w.recs[1], mode)
			r, _ = Merge(r, w.recs[2], mode)
			w.check(r, all)
		})
	}, t)
}

// TestMergeLaws takes any three records that were in one history.
func TestMergeLaws(t *testing.T) {
	forms(func(t *testing.T, mode Mode, kind string) {
		rapid.Check(t, func(t *rapid.T) {
			w := newWorld(t, mode, kind)
			for range rapid.IntRange(1, 20).Draw(t, "steps") {
				w.step()
			}
			pick := func(name string) *Record { return rapid.SampledFrom(w.states).Draw(t, name) }
			a, b, c := pick("a"), pick("b"), pick("c")
			merge := func(a, b *Record) *Record { r, _ := Merge(a, b, mode); return r }
			same := func(law string, x, y *Record) {
				if diff := sameRecord(x, y); diff != "" {
					t.Fatalf("%s: %s", law, diff)
				}
			}
			same("commutative", merge(a, b), merge(b, a))
			same("associative", merge(merge(a, b), c), merge(a, merge(b, c)))
			copyOfA, _ := ParseRecord(AppendRecord(nil, a))
			same("idempotent", merge(a, copyOfA), a)
			same("absorbing", merge(merge(a, b), a), merge(a, b))
		})
	}, t)
}

// TestMergeChangesNothing: records are shared, so neither merging nor writing may
// change one.
func TestMergeChangesNothing(t *testing.T) {
	forms(func(t *testing.T, mode Mode, kind string) {
		rapid.Check(t, func(t *rapid.T) {
			w := newWorld(t, mode, kind)
			var texts []string
			for range rapid.IntRange(1, 20).Draw(t, "steps") {
				n := len(w.states)
				w.step()
				for _, r := range w.states[n:] {
					texts = append(texts, string(AppendRecord(nil, r)))
				}
			}
			for i, r := range w.states {
				if got := string(AppendRecord(nil, r)); got != texts[i] {
					t.Fatalf("a record has changed:\n%s\n%s", texts[i], got)
				}
			}
		})
	}, t)
}
