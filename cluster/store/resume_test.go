package store

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"capsim/model"
)

// TestResumeTakesUpWhatWasLeft: what a run left on real servers is there for the one that
// resumes it, and can be changed, dropped and wiped as if it had never ended; nothing is
// left of it then.
func TestResumeTakesUpWhatWasLeft(t *testing.T) {
	s := servers{at: sharedServers(t)}
	runs := 0
	rapid.Check(t, func(r *rapid.T) {
		runs++
		run := fmt.Sprint("resume", runs)
		oracle := disk{}
		oracle.wipe()
		var b Batch
		for i := range 3 {
			open := s.Open
			if i > 0 {
				open = func(nodes int, run string) (Cluster, error) { return Resume(s, nodes, run) }
			}
			c, err := open(3, run)
			if err != nil {
				r.Fatal(err)
			}
			n := c.Node(2)
			oracle.compare(r, n, names)
			for range rapid.IntRange(1, 4).Draw(r, "steps") {
				b.Reset()
				fill(r, &b, &oracle)
				if err := n.Commit(&b); err != nil {
					r.Fatal(err)
				}
			}
			if i == 2 {
				oracle.wipe()
				if err := n.Wipe(); err != nil {
					r.Fatal(err)
				}
				left, err := n.(*redisNode).conn.Keys(background, prefixOf(run, 2)+"*").Result()
				slices.Sort(left)
				if want := []string{prefixOf(run, 2) + lockName, prefixOf(run, 2) + ownerName}; err != nil || !slices.Equal(left, want) {
					r.Fatalf("a wipe leaves %q, %v", left, err)
				}
			}
			oracle.compare(r, n, names)
			if err := c.Close(); err != nil {
				r.Fatal(err)
			}
		}
	})
}

// TestResumeOfALiveRun: it is refused, and changes nothing.
func TestResumeOfALiveRun(t *testing.T) {
	s := servers{at: sharedServers(t)}
	c := open(t, s, 3, "alive")
	put(t, c.Node(model.NodeID(1)), "k", sample(1))
	_, err := Resume(s, 3, "alive")
	environment(t, err, "another run with this id is live there")
	put(t, c.Node(1), "k", sample(2))
	for _, o := range []Opener{memory{}, mini{}, spawn{}} {
		var input *InputError
		if _, err := Resume(o, 3, "x"); !errors.As(err, &input) {
			t.Errorf("%s: %v", o.Name(), err)
		}
	}
}
