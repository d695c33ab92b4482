package trace

import (
	"math/rand/v2"
	"testing"
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
