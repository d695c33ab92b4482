package main

import (
	"context"
	"strings"

	"capsim/check"
	"capsim/scenarios/sweep"
)

// shrunk is what --shrink made of a violation.
type shrunk struct {
	policy, check string
	seed          int64
	*sweep.Shrunk
}

// shrinkAll reduces one violation a policy.
func (a *app) shrinkAll(ctx context.Context, arg, name string, r *sweep.Result) ([]shrunk, error) {
	var all []shrunk
	for i := range r.Policies {
		t := &r.Policies[i]
		for _, v := range t.Verdicts {
			if len(v.Violating) == 0 || name != firstViolated && name != v.Name {
				continue
			}
			script, err := a.sweepScript(arg, t.Policy)
			if err != nil {
				return nil, err
			}
			_, test, err := check.Parse(strings.Fields(v.Name))
			if err != nil {
				return nil, inputError(err)
			}
			s, err := sweep.Shrink(ctx, script, v.Violating[0], test)
			if err != nil {
				return nil, failed(err)
			}
			if s != nil {
				all = append(all, shrunk{t.Policy, v.Name, v.Violating[0], s})
			}
			break
		}
	}
	return all, nil
}
