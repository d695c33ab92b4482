package netsim

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// empiricalDist draws one of the durations it was given, each as likely.
type empiricalDist struct{ durations []time.Duration }

// Empirical returns the distribution of the durations given, each as likely as
// any other; one that is there twice is twice as likely. It wants at least one, and
// none below 0 or above 1h.
func Empirical(durations []time.Duration) (Dist, error) {
	if len(durations) == 0 {
		return nil, errors.New("no durations: want one at least")
	}
	for i, d := range durations {
		if d < 0 || d > maxDuration {
			return nil, fmt.Errorf("duration %d is %v: want 0s to 1h", i+1, d)
		}
	}
	return empiricalDist{slices.Clone(durations)}, nil
}

func (e empiricalDist) Draw(r *rand.Rand) time.Duration {
	return e.durations[below(r, uint64(len(e.durations)))]
}

func (e empiricalDist) String() string {
	return fmt.Sprintf("empirical(%d durations)", len(e.durations))
}
