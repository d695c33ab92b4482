package trace

import (
	"fmt"
	"sync"
	"testing"
)

func TestLog(t *testing.T) {
	l := &Log{}
	for n := 1; n <= 3*chunkLen+5; n++ {
		if got := l.Append(Event{N: int64(n)}); got != n || l.Len() != n {
			t.Fatalf("event %d got the number %d of %d", n, got, l.Len())
		}
	}
	first := l.At(1)
	next := 1
	for n, e := range l.All() {
		if n != next || e.N != int64(n) || e != l.At(n) {
			t.Fatalf("event %d: %d, %+v", next, n, e)
		}
		next++
	}
	if next != l.Len()+1 || first != l.At(1) {
		t.Fatalf("ended before %d", next)
	}
	for range l.All() {
		break
	}
}

func TestSnapshot(t *testing.T) {
	l := &Log{}
	for n := 1; n <= chunkLen; n++ { // a full chunk: the next append grows
		l.Append(Event{N: int64(n)})
	}
	s := l.Snapshot()
	l.Append(Event{})
	if s.Len() != chunkLen || l.Len() != chunkLen+1 || s.At(7) != l.At(7) {
		t.Fatal("the snapshot follows the log")
	}
	for _, f := range map[string]func(){
		"append to a snapshot of a full chunk": func() { s.Append(Event{}) },
		"append to a snapshot":                 func() { l.Snapshot().Append(Event{}) },
		"event past the end":                   func() { s.At(chunkLen + 1) },
		"event 0":                              func() { s.At(0) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f()
		}()
	}
}

// TestSnapshotBeside is for the race detector.
func TestSnapshotBeside(t *testing.T) {
	l := &Log{}
	snapshots := make(chan *Log)
	var wg sync.WaitGroup
	wg.Go(func() {
		for s := range snapshots {
			for n, e := range s.All() {
				if e.N != int64(n) {
					t.Errorf("event %d is %d", n, e.N)
				}
			}
		}
	})
	for n := 1; n <= 2000; n++ {
		l.Append(Event{N: int64(n)})
		if n%37 == 0 {
			snapshots <- l.Snapshot()
		}
	}
	close(snapshots)
	wg.Wait()
}

func BenchmarkAppend(b *testing.B) {
	for _, run := range []int{10_000, 1_000_000} {
		b.Run(fmt.Sprintf("events=%d", run), func(b *testing.B) {
			e := Event{At: 5, Kind: Send, Node: 1, Peer: 2, Msg: 4, Text: "ap.write"}
			l := &Log{}
			b.ReportAllocs()
			for b.Loop() {
				if l.Len() == run {
					*l = Log{}
				}
				l.Append(e)
			}
		})
	}
}
