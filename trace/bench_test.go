package trace

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"capsim/model"
)

const million = 1_000_000

func BenchmarkNewFolder(b *testing.B) {
	l := newGenerator(1, 3, 50, false).grow(million)
	b.ResetTimer()
	for b.Loop() {
		NewFolder(3, l)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/million, "ns/event")
}

func BenchmarkNewIndex(b *testing.B) {
	l := newGenerator(1, 3, 50, false).grow(million)
	b.ResetTimer()
	for b.Loop() {
		NewIndex().Extend(l)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/million, "ns/event")
}

// BenchmarkScrub jumps about in a million events.
func BenchmarkScrub(b *testing.B) {
	f := NewFolder(3, newGenerator(1, 3, 50, true).grow(million))
	r := rand.New(rand.NewPCG(1, 2))
	b.ResetTimer()
	for b.Loop() {
		f.View(r.IntN(million))
	}
}

// BenchmarkStep goes on by one event, with a view to keep or without.
func BenchmarkStep(b *testing.B) {
	f := NewFolder(3, newGenerator(1, 3, 50, true).grow(million))
	b.Run("View", func(b *testing.B) {
		n := 0
		b.ReportAllocs()
		for b.Loop() {
			n = n%(million-1) + 1
			f.View(n)
		}
	})
	b.Run("Fold", func(b *testing.B) {
		n := 0
		b.ReportAllocs()
		for b.Loop() {
			n = n%(million-1) + 1
			f.Fold(n)
		}
	})
}

func BenchmarkHasher(b *testing.B) {
	l := newGenerator(1, 3, 50, true).grow(10_000)
	b.ResetTimer()
	for b.Loop() {
		Hash(l)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/10_000, "ns/event")
}

func BenchmarkAppendEvent(b *testing.B) {
	for _, e := range oneOfEach()[:25] {
		if e.Kind == Statement || e.Kind == PolicyStart {
			continue
		}
		b.Run(fmt.Sprintf("%v", e.Kind), func(b *testing.B) {
			buf := []byte(nil)
			b.ReportAllocs()
			for b.Loop() {
				buf = AppendEvent(buf[:0], 123456, &e)
			}
		})
	}
}

func BenchmarkReadTrace(b *testing.B) {
	var events []Event
	for range 1000 {
		events = append(events, oneOfEach()[:1]...)
	}
	for i := range 1000 {
		for _, e := range oneOfEach()[4:25] {
			e.At = model.Time(i * 10)
			events = append(events, e)
		}
	}
	file := write(events)
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(bytes.NewReader(file)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(events)), "ns/event")
}
