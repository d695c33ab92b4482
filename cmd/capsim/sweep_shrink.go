package main

import (
	"context"
	"fmt"
	"strings"

	"capsim/scenarios"
	"capsim/scenarios/sweep"
)

// What --shrink takes beside a check: the check that was violated first in the list, else
// the first expectation; an expectation.
const (
	firstViolated  = "first"
	anyExpectation = "expect"
)

// shrunk is what --shrink made of a violation.
type shrunk struct {
	policy, check string
	seed          int64
	*sweep.Shrunk
}

// isExpectation tells whether --shrink names an `expect` statement of the script.
func isExpectation(shrink string) bool {
	return shrink == anyExpectation || strings.HasPrefix(shrink, anyExpectation+" ")
}

// wanted returns what --shrink is to reduce under a policy: a violated check or
// expectation; nil if there is none.
func wanted(t *sweep.Tally, shrink string) *sweep.Rate {
	for i := range t.Verdicts {
		if v := &t.Verdicts[i]; v.No > 0 && (shrink == firstViolated || shrink == v.Name) {
			return v
		}
	}
	for i := range t.Expectations {
		if e := &t.Expectations[i]; e.No > 0 && (shrink == firstViolated || shrink == anyExpectation || shrink == e.Name) {
			return e
		}
	}
	return nil
}

// shrinkAll reduces one violation a policy.
func (a *app) shrinkAll(ctx context.Context, arg, shrink string, r *sweep.Result) ([]shrunk, error) {
	var all []shrunk
	for i := range r.Policies {
		t := &r.Policies[i]
		v := wanted(t, shrink)
		if v == nil {
			what := shrink
			if what == firstViolated {
				what = "any check or expectation"
			}
			fmt.Fprintf(a.errs, "--shrink: under %s no run violates %s\n", t.Policy, what)
			continue
		}
		script, err := a.sweepScript(arg, t.Policy)
		if err != nil {
			return nil, err
		}
		var goal sweep.Goal
		if v.Line > 0 {
			goal = sweep.Expectation(script, v.Line, v.Name)
		} else {
			asked, err := scenarios.ParseChecks(v.Name)
			if err != nil {
				return nil, inputError(err)
			}
			goal = sweep.Check(asked[0].Test)
		}
		s, err := sweep.Shrink(ctx, script, v.Violating[0], goal)
		if err != nil {
			return nil, failed(err)
		}
		if s != nil {
			all = append(all, shrunk{t.Policy, v.Name, v.Violating[0], s})
		}
	}
	return all, nil
}
