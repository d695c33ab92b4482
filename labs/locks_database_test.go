package labs

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"capsim/model"
	"capsim/policies"
)

// TestRowAgainstANaiveTable: a row is taken by one holder at a time, its version never falls,
// and a lease that is over is nobody's.
func TestRowAgainstANaiveTable(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 7))
		rows := map[string]model.Value{}
		type naive struct {
			holder  string
			until   time.Duration
			version int64
		}
		table := map[string]*naive{"disk": {}, "tape": {}}
		now := time.Duration(0)
		for i := range 60 {
			now += time.Duration(r.IntN(400)) * time.Millisecond
			name, who := []string{"disk", "tape"}[r.IntN(2)], fmt.Sprintf("c%d:%08x", r.IntN(3), 7)
			w := table[name]
			if w.until <= now {
				w.holder = ""
			}
			var words []string
			var want model.Reply
			switch r.IntN(3) {
			case 0:
				ttl := time.Duration(1+r.IntN(1000)) * time.Millisecond
				words = []string{rowTake, name, who, ttl.String()}
				switch w.holder {
				case "":
					w.holder, w.until = who, now+ttl
					w.version++
					want = model.Int(w.version)
				case who:
					want = model.Int(w.version)
				default:
					want = model.Int(0)
				}
			case 1:
				words = []string{rowFree, name, who}
				if want = model.Int(0); w.holder == who {
					w.holder, want = "", model.Int(1)
				}
			default:
				words, want = []string{rowRead, name}, model.Bulk(w.holder)
			}
			var out model.Effects
			e := policies.Entry{Command: model.Command{Verb: model.CALL, Args: words}, Now: model.Time(now)}
			got := executeRow(e, func(key string) model.Value { return rows[key] }, &out)
			for _, f := range out.List {
				rows[f.Key] = f.Value
			}
			if !got.Equal(want) {
				t.Fatalf("seed %d, step %d: %q at %v replies %v, the table says %v", seed, i, words, now, got, want)
			}
		}
	}
}

// TestRowIsReadAsWritten, and what is no row is nobody's.
func TestRowIsReadAsWritten(t *testing.T) {
	for _, w := range []row{{}, {version: 7}, {"alice:00c0ffee", 3, 2_500_000_001}} {
		if got := readRow(w.value()); got != w {
			t.Errorf("%v is read as %v from %q", w, got, w.value().Str)
		}
	}
	for _, s := range []string{"", "x", "a b c d", "alice:1 #x until never", "alice:1 #1 until"} {
		if got := readRow(model.Text(s)); got.version != 0 && got.until != 0 {
			t.Errorf("%q is read as %v", s, got)
		}
	}
}
