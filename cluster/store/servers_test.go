package store

import (
	"errors"
	"strings"
	"testing"

	"capsim/model"
)

// dump reads everything a server holds, as only a test may.
func dump(t *testing.T, e endpoint) map[string]string {
	t.Helper()
	c := e.client()
	defer func() { _ = c.Close() }()
	keys, err := c.Keys(background, "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, k := range keys {
		s, err := c.Dump(background, k).Result()
		if err != nil {
			t.Fatal(err)
		}
		all[k] = s
	}
	return all
}

// own starts servers for one test.
func own(t *testing.T, count int, config string) []*process {
	t.Helper()
	needRedis(t)
	ps, err := startServers(count, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, p := range ps {
			p.end()
		}
	})
	return ps
}

func environment(t *testing.T, err error, parts ...string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is no *Error", err)
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("%q does not say %q", err, p)
		}
	}
}

// TestForeignKeysStay: a run, its wipes and its successor touch nothing but
// capsim:RUN:nK:, and leave their records readable under names one can guess.
func TestForeignKeysStay(t *testing.T) {
	p := own(t, 1, "")[0]
	c := p.at.client()
	defer func() { _ = c.Close() }()
	foreign := []string{"a", "capsim", "capsim:", "capsim:r1", "capsim:r1:n1", "capsim:r1:n11:key:k", "capsim:r1:n1x", "capsim:r2:n1:key:k", "Capsim:r1:n1:key:k", "capsim:r1:n4:index"}
	for _, k := range foreign {
		if err := c.Set(background, k, "mine", 0).Err(); err != nil {
			t.Fatal(err)
		}
	}
	before := dump(t, p.at)
	three := servers{at: []endpoint{p.at, p.at, p.at}}
	for range 2 {
		cl := open(t, three, 3, "r1")
		for n := range 3 {
			put(t, cl.Node(model.NodeID(n+1)), "old", sample(n))
		}
		if err := cl.Node(1).Wipe(); err != nil {
			t.Fatal(err)
		}
		put(t, cl.Node(1), "k", sample(1))
		if err := cl.Close(); err != nil {
			t.Fatal(err)
		}
		after := dump(t, p.at)
		for k, v := range before {
			if after[k] != v {
				t.Fatalf("the foreign key %s changed", k)
			}
			delete(after, k)
		}
		for k := range after {
			if !strings.HasPrefix(k, "capsim:r1:n1:") && !strings.HasPrefix(k, "capsim:r1:n2:") && !strings.HasPrefix(k, "capsim:r1:n3:") {
				t.Errorf("the key %s is outside the run's prefixes", k)
			}
			if strings.HasSuffix(k, ":lock") {
				t.Errorf("the lock %s outlives the run", k)
			}
		}
	}
	text, err := c.Get(background, "capsim:r1:n1:key:k").Result()
	if err != nil || text != string(model.AppendRecord(nil, sample(1))) {
		t.Errorf("n1's record reads %q, %v", text, err)
	}
	if n := c.Exists(background, "capsim:r1:n1:key:old").Val(); n != 0 {
		t.Error("a wiped record is there")
	}
}

// TestSuccessorFindsNothing: what a run left is gone for the next of its id, and
// for it alone.
func TestSuccessorFindsNothing(t *testing.T) {
	s := servers{at: sharedServers(t)}
	for _, run := range []string{"succ", "succ2"} {
		c := open(t, s, 3, run)
		put(t, c.Node(1), "left", sample(1))
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	n := open(t, s, 3, "succ").Node(1)
	if rec, err := n.Record("left"); rec != nil || err != nil {
		t.Error(rec, err)
	}
	if keys, err := n.Keys(); len(keys) != 0 || err != nil {
		t.Error(keys, err)
	}
	left := dump(t, s.at[0])
	if left["capsim:succ:n1:key:left"] != "" || left["capsim:succ2:n1:key:left"] == "" {
		t.Error("the successor removed too little or too much")
	}
}

func TestServerKilledInMidRun(t *testing.T) {
	ps := own(t, 3, "")
	var at []endpoint
	for _, p := range ps {
		at = append(at, p.at)
	}
	c := open(t, servers{at: at}, 3, "r")
	for n := range 3 {
		put(t, c.Node(model.NodeID(n+1)), "k", sample(n))
	}
	ps[1].end()
	_, err := c.Node(2).Record("k")
	environment(t, err, "n2's Redis at "+at[1].addr+" stopped answering while reading the record of key k", "see that it runs")
	var b Batch
	b.PutRecord("k", sample(2))
	environment(t, c.Node(2).Commit(&b), "n2's Redis at "+at[1].addr)
	for _, n := range []model.NodeID{1, 3} { // the others are as they were
		if rec, err := c.Node(n).Record("k"); rec == nil || err != nil {
			t.Error(n, err)
		}
	}
	environment(t, c.Close(), "n2's Redis at "+at[1].addr+" refused the connection")
	if _, there := dump(t, at[0])["capsim:r:n1:lock"]; there {
		t.Error("a dead server keeps the others' locks")
	}
}

// TestRestartedServer: a server that came back empty must not pass for the disk
// that was there.
func TestRestartedServer(t *testing.T) {
	p := own(t, 1, "")[0]
	n := open(t, servers{at: []endpoint{p.at}}, 1, "r").Node(1)
	put(t, n, "k", sample(1))
	c := p.at.client()
	defer func() { _ = c.Close() }()
	if err := c.ClientKillByFilter(background, "TYPE", "normal", "SKIPME", "yes").Err(); err != nil {
		t.Fatal(err)
	}
	_, err := n.Record("k")
	environment(t, err, "n1's Redis", "stopped answering")
	_, err = n.Record("k")
	environment(t, err, "n1's Redis")
}

// TestForeignBytes: what a real server gives back may be anything.
func TestForeignBytes(t *testing.T) {
	e := sharedServers(t)[0]
	c := e.client()
	defer func() { _ = c.Close() }()
	n := open(t, servers{at: []endpoint{e}}, 1, "bytes").Node(1)
	for _, text := range []string{"", "x", "{}", "null", `{"value":"v"}`, "\x00\xff", strings.Repeat("[", 1<<16)} {
		if err := c.Set(background, "capsim:bytes:n1:key:some key", text, 0).Err(); err != nil {
			t.Fatal(err)
		}
		rec, err := n.Record("some key")
		if err == nil {
			t.Errorf("%.20q reads as %+v", text, rec)
			continue
		}
		environment(t, err, "n1's Redis at "+e.addr, `the record of key "some key"`, "what it holds is no record", "something else changed capsim's keys")
		if len(err.Error()) > 600 {
			t.Errorf("an error of %d bytes", len(err.Error()))
		}
	}
	c.Del(background, "capsim:bytes:n1:key:some key")
	c.LPush(background, "capsim:bytes:n1:key:some key", "a list")
	_, err := n.Record("some key")
	environment(t, err, "WRONGTYPE", "something else uses capsim's keys")
}

// TestFailingTransaction: a commit that the server refuses changes nothing.
func TestFailingTransaction(t *testing.T) {
	p := own(t, 1, "")[0]
	n := open(t, servers{at: []endpoint{p.at}}, 1, "r").Node(1)
	put(t, n, "a", sample(1))
	before := dump(t, p.at)
	c := p.at.client()
	defer func() { _ = c.Close() }()
	if err := c.ConfigSet(background, "maxmemory", "1").Err(); err != nil {
		t.Fatal(err)
	}
	var b Batch
	b.DropRecord("a")
	b.PutRecord("b", sample(2))
	environment(t, n.Commit(&b), "OOM", "see to its memory")
	c.ConfigSet(background, "maxmemory", "0")
	after := dump(t, p.at)
	if len(before) != len(after) || before["capsim:r:n1:key:a"] != after["capsim:r:n1:key:a"] {
		t.Errorf("half of a refused commit was done: %d keys, then %d", len(before), len(after))
	}
}
