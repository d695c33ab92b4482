package trace

import (
	"fmt"
	"slices"
	"testing"

	"capsim/model"
)

func TestIndex(t *testing.T) {
	refused, ok := model.Refuse(model.CodeNoQuorum, ""), model.Answered(model.OK)
	call := func(client string, words ...string) *Call { return &Call{Client: client, Command: command1(words...)} }
	refund := &Call{Command: model.Command{Verb: model.REFUND, Args: []string{"tv:stock", "1"}}, Cause: 4}
	l := logOf([]Event{
		{Kind: Invoke, Op: 1, Node: 1, Body: call("alice", "SET", "cart", "milk")},
		{At: 1, Kind: Invoke, Op: 2, Node: 2, Body: call("bob", "SET", "cart", "eggs")},
		{At: 2, Kind: Return, Op: 2, Node: 2, Body: &refused},
		{At: 3, Kind: Wrote, Op: 1, Node: 1, Key: "cart"},
		{At: 3, Kind: Return, Op: 1, Node: 1, Body: &ok},
		{At: 4, Kind: Invoke, Op: 3, Node: 1, Body: call("bob", "GET", "other")},
		{At: 4, Kind: Invoke, Op: 4, Node: 3, Body: call("bob", "BUY", "tv", "1")},
		{At: 5, Kind: Wrote, Op: 4, Node: 3, Key: "tv:sold", Ops: []model.OpID{9}},
		{At: 6, Kind: Wrote, Op: 4, Node: 2, Key: "tv:sold", Ops: []model.OpID{1}},
		{At: 6, Kind: SystemWrite, Op: 5, Node: 3, Body: refund},
		{At: 7, Kind: Return, Op: 3, Node: 1, N: 1, Body: &ok},
		{At: 8, Kind: Invoke, Op: 6, Node: 1, Body: call("carol", "DEL", "cart")},
		{At: 9, Kind: Applied, Node: 1, Key: "elsewhere"},
	})
	x := NewIndex()
	for n := 1; n <= l.Len(); n++ { // event by event is as all at once
		x.Extend(&Log{chunks: l.chunks, n: n})
	}
	x.Extend(l)
	if keys := []string{"cart", "other", "tv:stock", "tv:sold", "tv:refunded", "elsewhere"}; !slices.Equal(x.Keys(), keys) {
		t.Errorf("keys %q", x.Keys())
	}
	if len(x.Ops()) != 6 || x.Op(0) != nil || x.Op(7) != nil {
		t.Errorf("operations %v", x.Ops())
	}
	if o := x.Op(1); o.Client != "alice" || o.Invoked != 1 || o.Returned != 5 || o.Done != 3 || o.Wrote != 4 || o.Result != &ok || o.System {
		t.Errorf("alice's write: %+v", o)
	}
	if o := x.Op(3); o.Returned != 0 || o.Result != nil || o.Done != 0 || o.Versions != nil || o.At != 4 {
		t.Errorf("bob's read, answered too late: %+v", o)
	}
	if o := x.Op(5); !o.System || o.Cause != 4 || fmt.Sprint(o.Versions) != "[{tv:stock 2} {tv:refunded 1}]" {
		t.Errorf("the refund: %+v", o)
	}
	for _, c := range []struct {
		key string
		n   int
		op  model.OpID
	}{{"cart", 1, 1}, {"cart", 2, 2}, {"cart", 3, 6}, {"tv:stock", 1, 4}, {"tv:stock", 2, 5}, {"tv:sold", 1, 4}} {
		if x.Writer(c.key, c.n) != c.op || x.Version(c.op, c.key) != c.n {
			t.Errorf("v%d of %s: written by %d; %d is version %d", c.n, c.key, x.Writer(c.key, c.n), c.op, x.Version(c.op, c.key))
		}
	}
	for _, c := range []struct {
		key string
		n   int
	}{{"cart", 0}, {"cart", 4}, {"other", 1}, {"never", 1}, {"cart", -1}, {"elsewhere", 1}} {
		if x.Writer(c.key, c.n) != 0 {
			t.Errorf("v%d of %s has a writer", c.n, c.key)
		}
	}
	if x.Version(3, "other") != 0 || x.Version(1, "tv:stock") != 0 || x.Version(99, "cart") != 0 {
		t.Error("what writes not has a version")
	}
	if got := x.Supersedes(4, "tv:sold"); !slices.Equal(got, []model.OpID{9}) || x.Supersedes(4, "tv:stock") != nil || x.Supersedes(99, "cart") != nil {
		t.Errorf("supersedes %v", got)
	}
	for want, got := range map[string]string{
		"v2": x.Names([]model.OpID{2}, "cart"), "v1|v2|v3": x.Names([]model.OpID{6, 1, 2}, "cart"), "-": x.Names(nil, "cart"),
		"v?|v1": x.Names([]model.OpID{1, 99}, "cart"), "v3@n2": x.NamesAt([]model.OpID{6}, "cart", 2),
	} {
		if got != want {
			t.Errorf("named %s, want %s", got, want)
		}
	}
	if VersionName(3) != "v3" || VersionName(0) != "-" {
		t.Error("VersionName")
	}
}

// TestIndexOfAnyLog takes what only a log made by hand can hold.
func TestIndexOfAnyLog(t *testing.T) {
	bad := &Call{Command: model.Command{Verb: model.BUY}}
	x := NewIndex()
	x.Extend(logOf([]Event{
		{Kind: Invoke, Op: 9, Body: &Call{Client: "a", Command: command1("SET", "k", "v")}},
		{Kind: Invoke, Op: 4, Body: &Call{Client: "b", Command: command1("SET", "k", "v")}},
		{Kind: Invoke, Op: 9, Body: &Call{Client: "c", Command: command1("SET", "k", "v")}},
		{Kind: Invoke, Op: 5, Body: bad},
		{Kind: Invoke, Op: 6},
		{Kind: Return, Op: 77},
		{Kind: Wrote, Op: 77, Key: "k"},
	}))
	var ids []model.OpID
	for _, o := range x.Ops() {
		ids = append(ids, o.ID)
	}
	if !slices.Equal(ids, []model.OpID{4, 5, 9}) || x.Op(9).Client != "a" || x.Version(4, "k") != 2 || x.Writer("k", 1) != 9 {
		t.Errorf("operations %v", ids)
	}
	NewFolder(1, logOf([]Event{{Kind: Invoke, Op: 5, Body: bad}, {Kind: LinkChange}, {Kind: HostChange, Node: 1}})).View(3)
}
