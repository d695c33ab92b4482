package store

import (
	"slices"
	"testing"

	"capsim/model"
)

// The embedded Redis and plain memory list the same, byte for byte.
func TestEntriesAlike(t *testing.T) {
	var b Batch
	rec := &model.Record{Heads: []model.Head{{Op: 1, Dot: model.Dot{Actor: model.Actor{Node: 1}, N: 1}, Kind: model.Put, Value: model.Text("milk")}}}
	b.PutRecord("cart", rec)
	b.PutRecord("a b", rec)
	b.PutMeta("state", []byte{0, 1, 255})
	b.Push("jobs", "a", "\x00\xff")
	b.Push("jobs", "b")
	var lists [2][]Entry
	for i, o := range []string{"miniredis", "memory"} {
		opener, err := Parse(o)
		if err != nil {
			t.Fatal(err)
		}
		c, err := opener.Open(2, "test")
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if err := c.Node(2).Commit(&b); err != nil {
			t.Fatal(err)
		}
		list, all, err := Entries(c.Node(2), 10)
		if err != nil || all != 4 {
			t.Fatalf("%s: %d entries, %v", o, all, err)
		}
		lists[i] = list
		if short, all, _ := Entries(c.Node(2), 1); len(short) != 1 || all != 4 {
			t.Errorf("%s: %d of %d entries, of at most 1", o, len(short), all)
		}
		if none, all, err := Entries(c.Node(1), 10); len(none) != 0 || all != 0 || err != nil {
			t.Errorf("%s: n1 has %v (%v)", o, none, err)
		}
	}
	want := []Entry{
		{Name: "capsim:test:n2:key:a b", Key: "a b"},
		{Name: "capsim:test:n2:key:cart", Key: "cart"},
		{Name: "capsim:test:n2:list:jobs", List: "jobs", Len: 3, Items: []string{"a", "\x00\xff", "b"}},
		{Name: "capsim:test:n2:meta:state", Meta: "state"},
	}
	for i, w := range want {
		a, b := lists[0][i], lists[1][i]
		if a.Name != w.Name || a.Key != w.Key || a.Meta != w.Meta || a.List != w.List || string(a.Bytes) != string(b.Bytes) || a.Name != b.Name || (len(a.Bytes) == 0) != (w.Len > 0) ||
			a.Len != w.Len || b.Len != w.Len || !slices.Equal(a.Items, w.Items) || !slices.Equal(b.Items, w.Items) {
			t.Errorf("entry %d: miniredis has %+v, memory %+v, want %+v", i, a, b, w)
		}
	}
}
