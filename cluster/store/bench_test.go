package store

import (
	"fmt"
	"testing"

	"capsim/model"
)

// sample is a record as most are: one write, seen by three.
func sample(i int) *model.Record {
	a := model.Actor{Node: 1, Life: 1}
	d := model.Dot{Actor: a, N: int64(i) + 1}
	return &model.Record{
		Heads: []model.Head{{Op: model.OpID(i + 1), Dot: d, Value: model.Text("value")}},
		Seen:  model.Vector{d},
	}
}

var benchDrivers = []string{"memory", "miniredis", "spawn"}

func benchCluster(b *testing.B, spec string) Node {
	o, err := Parse(spec)
	if err != nil {
		b.Fatal(err)
	}
	c, err := o.Open(3, "bench")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = c.Close() })
	return c.Node(1)
}

func benchKeys(b *testing.B, n Node) []string {
	keys := make([]string, 100)
	var batch Batch
	for i := range keys {
		keys[i] = fmt.Sprintf("key%d", i)
		batch.PutRecord(keys[i], sample(i))
	}
	if err := n.Commit(&batch); err != nil {
		b.Fatal(err)
	}
	return keys
}

func BenchmarkGet(b *testing.B) {
	for _, d := range benchDrivers {
		b.Run(d, func(b *testing.B) {
			n := benchCluster(b, d)
			keys := benchKeys(b, n)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if rec, err := n.Record(keys[i%len(keys)]); err != nil || rec == nil {
					b.Fatal(rec, err)
				}
			}
		})
	}
}

func BenchmarkCommit(b *testing.B) {
	for _, d := range benchDrivers {
		for _, writes := range []int{1, 3} {
			b.Run(fmt.Sprintf("%s/%d", d, writes), func(b *testing.B) {
				n := benchCluster(b, d)
				keys := benchKeys(b, n)
				var batch Batch
				b.ReportAllocs()
				rec := sample(1)
				for i := 0; b.Loop(); i++ {
					batch.Reset()
					for w := range writes {
						batch.PutRecord(keys[(i+w)%len(keys)], rec)
					}
					if err := n.Commit(&batch); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
