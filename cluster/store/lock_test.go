package store

import (
	"slices"
	"testing"
	"time"
)

func TestLiveRunIsRefused(t *testing.T) {
	s := servers{at: sharedServers(t)}
	first := open(t, s, 3, "live")
	put(t, first.Node(3), "k", sample(1))
	_, err := s.Open(3, "live")
	environment(t, err, "n1's Redis at "+s.at[0].addr, "another run with this id is live", "process ", "give the run another id")
	// Only one node's prefix is taken: nothing of the others may be left locked.
	elsewhere := servers{at: []endpoint{s.at[1], s.at[0], s.at[2]}}
	_, err = elsewhere.Open(3, "live")
	environment(t, err, "n3's Redis at "+s.at[2].addr, "is live")
	for _, name := range []string{"lock", "run"} {
		if _, there := dump(t, s.at[1])["capsim:live:n1:"+name]; there {
			t.Error("a refused run leaves a", name)
		}
	}
	if rec, err := first.Node(3).Record("k"); rec == nil || err != nil {
		t.Error("a refused run took the live one's record", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, s, 3, "live")
}

// stopped makes a cluster as if its process had been stopped until its locks ran
// out: nothing refreshed them, and the last look at them was long ago.
func stopped(t *testing.T, c Cluster, locks bool) {
	t.Helper()
	sc := c.(*serverCluster)
	close(sc.stop)
	sc.refreshed.Wait()
	sc.stop = make(chan struct{})
	for _, n := range sc.nodes {
		n.lock.seen = time.Time{}
		if locks {
			if err := n.lock.client.Del(background, n.lock.key).Err(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestStaleLocks: a dead process's lock holds until its time is over, and then its
// records are the next one's to remove.
func TestStaleLocks(t *testing.T) {
	s := servers{at: sharedServers(t)}
	dead := open(t, s, 3, "stale")
	put(t, dead.Node(1), "old", sample(1))
	stopped(t, dead, false)
	if _, err := s.Open(3, "stale"); err == nil {
		t.Fatal("the lock is gone before its time")
	}
	stopped(t, dead, true)
	next := open(t, s, 3, "stale")
	if rec, err := next.Node(1).Record("old"); rec != nil || err != nil {
		t.Error("a dead run's record is there", err)
	}
	put(t, next.Node(1), "new", sample(2))

	// The dead one wakes up: it must not write into the other's records.
	var b Batch
	b.PutRecord("late", sample(3))
	environment(t, dead.Node(1).Commit(&b), "n1's Redis", "removed or replaced", "run it again")
	if keys, err := next.Node(1).Keys(); err != nil || !slices.Equal(keys, []string{"new"}) {
		t.Error(keys, err)
	}
	if err := dead.Close(); err != nil {
		t.Error(err)
	}
	if _, err := s.Open(3, "stale"); err == nil {
		t.Error("closing the dead run released the other's lock")
	}
}

// TestLockWithoutLifetime: nobody refreshes it, so no live run's it can be.
func TestLockWithoutLifetime(t *testing.T) {
	e := sharedServers(t)[0]
	c := e.client()
	defer func() { _ = c.Close() }()
	if err := c.Set(background, "capsim:forever:n1:lock", "x", 0).Err(); err != nil {
		t.Fatal(err)
	}
	open(t, servers{at: []endpoint{e}}, 1, "forever")
	if left := c.PTTL(background, "capsim:forever:n1:lock").Val(); left <= 0 || left > lockLifetime {
		t.Error("the lock that replaced it lives", left)
	}
}

// TestSleeperGoesOn: a process that slept longer than its lock lived goes on if
// nobody came meanwhile.
func TestSleeperGoesOn(t *testing.T) {
	s := servers{at: sharedServers(t)}
	c := open(t, s, 3, "sleep")
	stopped(t, c, true)
	put(t, c.Node(1), "k", sample(1))
	if _, there := dump(t, s.at[0])["capsim:sleep:n1:lock"]; !there {
		t.Error("it goes on without its lock")
	}
}

// TestEmptiedServer: somebody flushes the server in the middle of a run.
func TestEmptiedServer(t *testing.T) {
	p := own(t, 1, "")[0]
	cl := open(t, servers{at: []endpoint{p.at}}, 1, "r")
	put(t, cl.Node(1), "k", sample(1))
	c := p.at.client()
	defer func() { _ = c.Close() }()
	if err := c.FlushAll(background).Err(); err != nil {
		t.Fatal(err)
	}
	stopped(t, cl, false)
	var b Batch
	b.PutRecord("k", sample(2))
	environment(t, cl.Node(1).Commit(&b), "n1's Redis at "+p.at.addr, "removed or replaced there by someone else")
	environment(t, cl.Node(1).Commit(&b), "removed or replaced there by someone else") // and stays lost
}

// TestRefreshKeepsLocks: while a run lives its locks get their lifetime again.
func TestRefreshKeepsLocks(t *testing.T) {
	e := sharedServers(t)[0]
	c := e.client()
	defer func() { _ = c.Close() }()
	open(t, servers{at: []endpoint{e}, lifetime: 4 * time.Second}, 1, "fresh")
	const lock = "capsim:fresh:n1:lock"
	if err := c.PExpire(background, lock, time.Hour).Err(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Second); c.PTTL(background, lock).Val() > 4*time.Second; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("nobody refreshed the lock")
		}
	}
}
