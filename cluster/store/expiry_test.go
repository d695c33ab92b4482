package store

import (
	"strings"
	"testing"
	"time"

	"capsim/model"
)

// TestTheStoreEndsNothing: a record whose deadline is long over, of whatever clock, is
// there until a replica drops it. Its key has no lifetime of its own.
func TestTheStoreEndsNothing(t *testing.T) {
	leased, hash := sample(1), sample(2)
	leased.Heads[0].Value.Deadline = 1
	hash.Heads[0].Value = model.Value{Type: model.Hash, Members: []string{"expires", "1", "value", "x"}, Deadline: 1}
	p := own(t, 1, "")[0]
	for _, o := range []Opener{memory{}, mini{}, servers{at: []endpoint{p.at}}} {
		n := open(t, o, 1, "expiry").Node(1)
		for key, rec := range map[string]*model.Record{"k": leased, "h": hash} {
			put(t, n, key, rec)
			time.Sleep(5 * time.Millisecond)
			if got, err := n.Record(key); err != nil || !same(got, rec) || got.Value().Deadline != 1 {
				t.Errorf("%T: %s is %+v, %v", o, key, got, err)
			}
		}
	}
	c := p.at.client()
	defer func() { _ = c.Close() }()
	keys := c.Keys(background, "*").Val()
	if len(keys) < 3 {
		t.Fatalf("only %v", keys)
	}
	for _, key := range keys {
		if ttl := c.PTTL(background, key).Val(); ttl != -1 && !strings.HasSuffix(key, ":lock") {
			t.Errorf("%s has a lifetime of %v", key, ttl)
		}
	}
}
