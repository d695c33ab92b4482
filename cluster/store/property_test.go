package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"capsim/model"
)

// names are keys and names of blobs as users may choose them, and such as could be
// taken for keys of the driver's own.
var names = append([]string{
	"", "k", "a b", "a:b", "index", "run", "lock", "key:k", "meta:k", ":", "\x00\xff\r\n", "ключ", "{tag}", "*", "capsim:x:n1:key:k",
	strings.Repeat("long", 2500),
}, numbered(8)...)

func numbered(n int) (list []string) {
	for i := range n {
		list = append(list, fmt.Sprintf("n%d", i))
	}
	return list
}

// TestDriversAgree does the same random things on every kind of store and finds no
// difference; the memory driver stands against a map of its own.
func TestDriversAgree(t *testing.T) {
	at := sharedServers(t)
	runs := 0
	rapid.Check(t, func(r *rapid.T) {
		runs++
		run := fmt.Sprintf("agree%d", runs)
		var clusters []Cluster
		for _, o := range []Opener{memory{}, mini{}, servers{at: at}, servers{at: []endpoint{at[0], at[0], at[1]}}} {
			c, err := o.Open(3, run)
			if err != nil {
				r.Fatal(err)
			}
			defer func() {
				if err := c.Close(); err != nil {
					r.Fatal(err)
				}
			}()
			clusters = append(clusters, c)
			run += "b" // the last two share a server
		}
		oracle := [3]disk{}
		for i := range oracle {
			oracle[i].wipe()
		}
		var b Batch
		for range rapid.IntRange(1, 25).Draw(r, "steps") {
			i := rapid.IntRange(0, 2).Draw(r, "node")
			wipe := rapid.IntRange(0, 9).Draw(r, "what") == 0
			if wipe {
				oracle[i].wipe()
			} else {
				b.Reset()
				fill(r, &b, &oracle[i])
			}
			for _, c := range clusters {
				n := c.Node(model.NodeID(i + 1))
				err := error(nil)
				if wipe {
					err = n.Wipe()
				} else {
					err = n.Commit(&b)
				}
				if err != nil {
					r.Fatal(err)
				}
			}
			probe := rapid.SampledFrom(names).Draw(r, "probe")
			for _, c := range clusters {
				oracle[i].compare(r, c.Node(model.NodeID(i+1)), []string{probe})
			}
		}
		for i := range oracle {
			for _, c := range clusters {
				oracle[i].compare(r, c.Node(model.NodeID(i+1)), names)
			}
		}
	})
}

var pool = somePool(1)

// disk is the naive oracle: what one node's store must hold.
type disk struct {
	records map[string]*model.Record
	metas   map[string][]byte
}

func (d *disk) wipe() { *d = disk{map[string]*model.Record{}, map[string][]byte{}} }

// fill makes a random batch, and does to the oracle what it says.
func fill(r *rapid.T, b *Batch, d *disk) {
	for range rapid.IntRange(0, 5).Draw(r, "writes") {
		name := rapid.SampledFrom(names).Draw(r, "name")
		switch rapid.IntRange(0, 5).Draw(r, "kind") {
		case 0, 1:
			rec := rapid.SampledFrom(pool).Draw(r, "record")
			b.PutRecord(name, rec)
			d.records[name] = rec
		case 2:
			b.DropRecord(name)
			delete(d.records, name)
		case 3, 4:
			blob := rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(r, "blob")
			b.PutMeta(name, blob)
			d.metas[name] = blob
		case 5:
			b.DropMeta(name)
			delete(d.metas, name)
		}
	}
}

func (d *disk) compare(r *rapid.T, n Node, names []string) {
	var want []string
	for k := range d.records {
		want = append(want, k)
	}
	slices.Sort(want)
	if keys, err := n.Keys(); err != nil || !slices.Equal(keys, want) {
		r.Fatalf("%T has keys %q, %v, want %q", n, keys, err, want)
	}
	for _, name := range names {
		rec, err := n.Record(name)
		if err != nil || !same(rec, d.records[name]) {
			r.Fatalf("%T has at %.20q\n%+v, %v, want\n%+v", n, name, rec, err, d.records[name])
		}
		blob, err := n.Meta(name)
		was, there := d.metas[name]
		if err != nil || string(blob) != string(was) || (blob != nil) != there {
			r.Fatalf("%T has at %.20q blob %q, %v, want %q", n, name, blob, err, was)
		}
	}
}
