package scenarios

import (
	"time"

	"capsim/check"
)

// Expect is an expectation: a check, when it is tested and under which policies.
type Expect struct {
	Under  []string       // names of policies; empty: any
	Within *time.Duration // nil: at its instant, or at the end
	AtEnd  bool
	Not    bool
	Check  string // the check's name
	Words  []string
	Test   check.Test
}
