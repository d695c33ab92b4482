package scenarios_test

import (
	"strings"
	"testing"
	"time"

	"capsim/policies"
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

// TestTortureCausal judges what causal sessions claim; their clients move between nodes
// now and then.
func TestTortureCausal(t *testing.T) {
	for _, p := range []string{
		"ap sessions=causal", "ap conflict=crdt sessions=causal lacking=refuse", "base sessions=causal", "ap conflict=siblings sessions=causal",
	} {
		t.Run(p, func(t *testing.T) {
			torture(t, 60, hazards{policies: []string{p}}, func(s *scenarios.Session) error {
				c, err := policies.Choose(strings.Fields(p))
				return all(err, keepsClaims(s, c, false))
			})
		})
	}
}
