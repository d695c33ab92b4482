// Package check holds the verdicts over a history: pure functions of a log of
// events, without a clock or chance, each with a witness that a person can follow.
package check

import (
	"capsim/model"
)

// Verdict is what a check says of a history.
type Verdict uint8

// The verdicts. Unknown is the zero value: nothing may turn it into a yes.
const (
	Unknown Verdict = iota
	No
	Yes
)

var verdictNames = [...]string{"unknown", "no", "yes"}

func (v Verdict) String() string {
	if int(v) < len(verdictNames) {
		return verdictNames[v]
	}
	return "?"
}

// Not returns the verdict on the opposite; unknown stays unknown.
func (v Verdict) Not() Verdict {
	switch v {
	case Yes:
		return No
	case No:
		return Yes
	}
	return Unknown
}

func verdictOf(holds bool) Verdict {
	if holds {
		return Yes
	}
	return No
}

// Finding is a verdict and what speaks for it.
type Finding struct {
	Verdict Verdict
	Witness string       // a sentence or two: clients, values, versions, times and event numbers (#12)
	Events  []int        // the numbers of the events that the witness points at, ascending
	Ops     []model.OpID // the operations that it points at, in the order of the witness
	At      model.Time   // of No: since when
	Value   any          // of checks that measure: int64 (a count), time.Duration, Percent or Part; else nil
}

// Part is how many of how many.
type Part struct{ N, Of int }

// Percent is a share of a whole in millionths: 1,000,000 is all of it.
type Percent int64

// Test is a check with its arguments.
type Test func(h *History) Finding
