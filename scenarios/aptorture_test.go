package scenarios_test

import (
	"testing"
	"time"

	"capsim/scenarios"
)

// TestTortureCRDTLosesNoSetOrCounter judges ap conflict=crdt by what it claims of the
// types that merge.
func TestTortureCRDTLosesNoSetOrCounter(t *testing.T) {
	torture(t, 100, hazards{policies: []string{"ap conflict=crdt"}, lossless: true}, func(s *scenarios.Session) error {
		h := s.History()
		return all(holds(h, "available"), holds(h, "lost-writes", "=", "0"), convergedWithin(s, 2*time.Second))
	})
}

func TestTortureCRDT(t *testing.T) {
	torture(t, 100, hazards{policies: []string{"ap conflict=crdt"}}, func(s *scenarios.Session) error {
		return all(holds(s.History(), "available"), convergedWithin(s, 2*time.Second))
	})
}
