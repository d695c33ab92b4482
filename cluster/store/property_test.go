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
	"", "k", "a b", "a:b", "index", "run", "lock", "key:k", "meta:k", "list:k", ":", "\x00\xff\r\n", "ключ", "{tag}", "*", "capsim:x:n1:key:k",
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
	lists   map[string][]string
}

func (d *disk) wipe() {
	*d = disk{map[string]*model.Record{}, map[string][]byte{}, map[string][]string{}}
}

// fill makes a random batch, and does to the oracle what it says.
func fill(r *rapid.T, b *Batch, d *disk) {
	for range rapid.IntRange(0, 5).Draw(r, "writes") {
		name := rapid.SampledFrom(names).Draw(r, "name")
		switch rapid.IntRange(0, 9).Draw(r, "kind") {
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
		case 6, 7:
			items := rapid.SliceOfN(rapid.SampledFrom(names), 0, 4).Draw(r, "items")
			b.Push(name, items...)
			if d.lists[name] = slices.Concat(d.lists[name], items); len(d.lists[name]) == 0 {
				delete(d.lists, name)
			}
		case 8:
			b.DropList(name)
			delete(d.lists, name)
		case 9: // more than one command takes, now and then
			if rapid.IntRange(0, 9).Draw(r, "long") > 0 {
				continue
			}
			items := slices.Repeat([]string{name[:min(len(name), 9)]}, mostPushed+1)
			b.Push("long", items...)
			d.lists["long"] = slices.Concat(d.lists["long"], items)
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
		d.compareList(r, n, name)
	}
	d.compareList(r, n, "long")
	d.compareEntries(r, n)
}

func (d *disk) compareList(r *rapid.T, n Node, name string) {
	items, err := n.Items(name)
	if err != nil || !slices.Equal(items, d.lists[name]) || (items == nil) != (d.lists[name] == nil) {
		r.Fatalf("%T has at %.20q the list %.200q, %v, want %.200q", n, name, items, err, d.lists[name])
	}
	if count, err := n.Len(name); err != nil || count != len(d.lists[name]) {
		r.Fatalf("%T has %d items in the list %.20q, %v, want %d", n, count, name, err, len(d.lists[name]))
	}
}

// compareEntries: what the inspector shows is all there is, lists by their first items.
func (d *disk) compareEntries(r *rapid.T, n Node) {
	entries, all, err := Entries(n, 1000)
	if want := len(d.records) + len(d.metas) + len(d.lists); err != nil || all != want || len(entries) != want {
		r.Fatalf("%T has %d entries of %d, %v, want %d", n, len(entries), all, err, want)
	}
	for _, e := range entries {
		if e.Len > 0 {
			if want := d.lists[e.List]; e.Len != len(want) || !slices.Equal(e.Items, want[:min(len(want), ListShown)]) {
				r.Fatalf("%T shows %d items of %.20q, %.200q", n, e.Len, e.List, e.Items)
			}
		}
	}
}
