package sweep

import (
	"cmp"
	"context"
	"slices"

	"capsim/check"
	"capsim/scenarios"
	"capsim/trace"
)

// Shrunk is a script reduced to what a violation needs.
type Shrunk struct {
	Script     *scenarios.Script // with the seed
	Finding    check.Finding     // of its run
	Statements int               // left, the end of the run and the expectation aside
	Was        int               // operations and other statements that acted in the whole run
	Runs       int               // tried
}

// maxRuns bounds how many scripts Shrink tries.
const maxRuns = 20_000

// Goal is what a script that is reduced goes on to violate: Check and Expectation make
// one.
type Goal struct {
	keep  []scenarios.Statement // never left out
	judge func(run *scenarios.Session) check.Finding
}

// Check is the goal that a check says no of the run.
func Check(test check.Test) Goal {
	return Goal{judge: func(run *scenarios.Session) check.Finding { return test(run.History()) }}
}

// Expectation is the goal that an `expect` statement of the script fails: the one on
// that line, as it reads when it happens. What is expected to be there is missing from
// a script of nothing else, too.
func Expectation(script *scenarios.Script, line int, text string) Goal {
	g := Goal{judge: func(run *scenarios.Session) check.Finding {
		for _, e := range run.Expectations() {
			if e.Pos.Line == line && e.Text == text && !e.Skipped && e.Finding.Verdict == check.No {
				return e.Finding
			}
		}
		return check.Finding{}
	}}
	for _, st := range script.Statements {
		if _, ok := st.Body.(scenarios.Expect); ok && st.Pos.Line == line {
			g.keep = append(g.keep, st)
		}
	}
	return g
}

// Shrink reduces a script, run with the seed, to statements of which none can be left
// out: then the goal would no longer be violated. Repeats and workloads are taken apart
// into the operations that they made. The violation may come to be another one of the
// same check. nil: the whole script does not violate it. If ctx ends first, it
// returns how far it came.
//
// Source: Zeller and Hildebrandt, Simplifying and Isolating Failure-Inducing Input
// (2002), algorithm ddmin.
func Shrink(ctx context.Context, script *scenarios.Script, seed int64, goal Goal) (*Shrunk, error) {
	whole := *script
	whole.Settings.Seed, whole.Lesson = seed, nil
	s := &shrinker{ctx: ctx, script: &whole, goal: goal}
	run, err := runSeed(ctx, &whole, seed, nil)
	if err != nil {
		return nil, err
	}
	defer run.Close()
	found := goal.judge(run)
	if ctx.Err() != nil || found.Verdict != check.No {
		return nil, nil
	}
	s.end = scenarios.Statement{At: run.Now(), Text: "end", Body: scenarios.End{}}
	list := acting(&whole)
	if apart := takeApart(&whole, run); s.violates(apart) {
		list = apart
	}
	out := &Shrunk{Was: len(takeApart(&whole, run))}
	// What comes after the violation is seldom needed: the first guess, and the cheapest.
	if i := slices.IndexFunc(list, func(st scenarios.Statement) bool { return st.At > found.At }); found.At > 0 && i >= 0 && s.violates(list[:i]) {
		list = list[:i]
	}
	list = s.ddmin(list)
	out.Script, out.Statements, out.Runs = s.with(list), len(list), s.runs
	out.Finding = found
	if s.violates(list) {
		out.Finding = s.found
	}
	return out, nil
}

// shrinker tries scripts.
type shrinker struct {
	ctx    context.Context
	script *scenarios.Script
	end    scenarios.Statement
	goal   Goal
	found  check.Finding // of the last that violates
	runs   int
}

// acting returns the statements that change the run.
func acting(s *scenarios.Script) []scenarios.Statement {
	var list []scenarios.Statement
	for _, st := range s.Statements {
		switch st.Body.(type) {
		case scenarios.Op, scenarios.Fault, scenarios.SwitchPolicy, scenarios.Workload:
			list = append(list, st)
		}
	}
	return list
}

// takeApart returns what acted in the run, an operation at a time.
func takeApart(s *scenarios.Script, run *scenarios.Session) []scenarios.Statement {
	var list []scenarios.Statement
	for _, st := range acting(s) {
		switch st.Body.(type) {
		case scenarios.Op, scenarios.Workload:
			continue
		}
		n := 1
		if st.Every != nil {
			n = st.Every.Count()
		}
		for i := 1; i <= n; i++ {
			if one, err := st.Occurrence(i); err == nil {
				list = append(list, one)
			}
		}
	}
	for _, e := range run.Log().All() {
		if e.Kind != trace.Invoke {
			continue
		}
		c := e.Call()
		list = append(list, scenarios.Statement{
			At: e.At, Text: c.Client + "@" + e.Node.String() + " " + c.Command.String(),
			Body: scenarios.Op{Client: c.Client, Node: e.Node, Command: c.Command},
		})
	}
	slices.SortStableFunc(list, func(a, b scenarios.Statement) int { return cmp.Compare(a.At, b.At) })
	return list
}

// with returns the script with these statements, and those that are kept in their places,
// ending when the whole one does.
func (s *shrinker) with(list []scenarios.Statement) *scenarios.Script {
	c := *s.script
	c.Statements = nil
	keep := s.goal.keep
	for _, st := range list {
		for len(keep) > 0 && (keep[0].At < st.At || keep[0].At == st.At && keep[0].Pos.Line < st.Pos.Line) {
			c.Statements, keep = append(c.Statements, keep[0]), keep[1:]
		}
		c.Statements = append(c.Statements, st)
	}
	c.Statements = append(append(c.Statements, keep...), s.end)
	return &c
}

// violates tells whether the check says no of the script with these statements. A
// script that can't be run does not violate anything.
func (s *shrinker) violates(list []scenarios.Statement) bool {
	if s.ctx.Err() != nil || s.runs >= maxRuns {
		return false
	}
	s.runs++
	run, err := runSeed(s.ctx, s.with(list), s.script.Settings.Seed, nil)
	if err != nil {
		return false
	}
	defer run.Close()
	if s.ctx.Err() != nil {
		return false
	}
	f := s.goal.judge(run)
	if f.Verdict == check.No {
		s.found = f
	}
	return f.Verdict == check.No
}

// ddmin leaves out ever smaller parts of the list, as long as the rest violates.
func (s *shrinker) ddmin(list []scenarios.Statement) []scenarios.Statement {
	for parts := 2; len(list) > 0; {
		parts = min(parts, len(list))
		reduced := false
		for i := range parts {
			from, to := i*len(list)/parts, (i+1)*len(list)/parts
			if rest := slices.Concat(list[:from], list[to:]); s.violates(rest) {
				list, parts, reduced = rest, max(parts-1, 2), true
				break
			}
		}
		switch {
		case reduced:
		case parts == len(list):
			return list
		default:
			parts *= 2
		}
	}
	return list
}
