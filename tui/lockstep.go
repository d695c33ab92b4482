package tui

import (
	"errors"
	"fmt"
	"sort"

	"capsim/model"
	"capsim/scenarios"
	"capsim/trace"
)

// lockstep is two or three runs side by side as one: what is done is done to all of them,
// at one instant. They are not asked questions: the guess was taken, or will be, where
// they came from.
//
// Invariants:
//  1. All runs that are not over have reached the same instant; the others reached none
//     later.
//  2. Live commands were given to all or to none.
type lockstep struct {
	runs  []run
	names []string // of the sides: a policy, or a fork
}

// maxSides is how many runs there is room for side by side.
const maxSides = 3

// Script returns that of the first side.
func (l *lockstep) Script() *scenarios.Script { return l.runs[0].Script() }

// Log returns that of the first side.
func (l *lockstep) Log() *trace.Log { return l.runs[0].Log() }

// Save returns the first side as a script; see side.
func (l *lockstep) Save() string { return l.runs[0].Save() }

// Now returns how far the runs are.
func (l *lockstep) Now() model.Time {
	t := model.Time(0)
	for _, r := range l.runs {
		t = max(t, r.Now())
	}
	return t
}

// End returns where the last of them ends.
func (l *lockstep) End() model.Time {
	t := model.Time(0)
	for _, r := range l.runs {
		t = max(t, r.End())
	}
	return t
}

// Over tells whether all have ended.
func (l *lockstep) Over() bool {
	for _, r := range l.runs {
		if !r.Over() {
			return false
		}
	}
	return true
}

// Live tells whether any holds commands that its script doesn't.
func (l *lockstep) Live() bool {
	for _, r := range l.runs {
		if r.Live() {
			return true
		}
	}
	return false
}

// Err returns why one of them can't go on; nil while all can.
func (l *lockstep) Err() error {
	for i, r := range l.runs {
		if err := r.Err(); err != nil {
			return l.on(i, err)
		}
	}
	return nil
}

// on says on which side something went wrong.
func (l *lockstep) on(side int, err error) error {
	return fmt.Errorf("side by side, %s: %w", l.names[side], err)
}

// Question returns nil: see the type.
func (l *lockstep) Question() *scenarios.Question { return nil }

// Answer does nothing.
func (l *lockstep) Answer() {}

// Warnings are those of the first side that has any.
func (l *lockstep) Warnings() []scenarios.Problem {
	for _, r := range l.runs {
		if w := r.Warnings(); len(w) > 0 {
			return w
		}
	}
	return nil
}

// RunTo lets all go on to an instant.
func (l *lockstep) RunTo(t model.Time) error {
	for i, r := range l.runs {
		if err := passTo(r, t); err != nil {
			return l.on(i, err)
		}
	}
	return nil
}

// Step goes on to where something happens on the first side that goes on.
func (l *lockstep) Step() (bool, error) {
	for i, r := range l.runs {
		if r.Over() {
			continue
		}
		if _, err := r.Step(); err != nil {
			return false, l.on(i, err)
		}
		return true, l.RunTo(r.Now())
	}
	return false, nil
}

// Do gives a command to all; if one refuses it, none has got it.
func (l *lockstep) Do(line string) error {
	now := l.Now()
	for i, r := range l.runs {
		err := r.Do(line)
		if err == nil {
			continue
		}
		var problems scenarios.Problems
		if i == 0 && errors.As(err, &problems) {
			return err // it is the line that is wrong
		}
		return errors.Join(l.on(i, err), l.takeBack(i, now))
	}
	return nil
}

// takeBack undoes the last command of the first n sides, which are at an instant.
func (l *lockstep) takeBack(n int, now model.Time) error {
	for i, r := range l.runs[:n] {
		without, err := r.undo()
		if err != nil || without == nil {
			return err
		}
		l.runs[i] = without
		if err := errors.Join(r.Close(), passTo(without, now)); err != nil {
			return err
		}
	}
	return nil
}

// Close closes all.
func (l *lockstep) Close() error {
	var err error
	for _, r := range l.runs {
		err = errors.Join(err, r.Close())
	}
	return err
}

// fork forks all at the instant of an event of the first side.
func (l *lockstep) fork(at int) (run, error) {
	t := model.Time(0)
	if at > 0 {
		t = l.Log().At(at).At
	}
	return l.each(func(i int, r run) (run, error) {
		if i == 0 {
			return r.fork(at)
		}
		return r.fork(eventAt(r.Log(), t))
	})
}

// undo takes the last command back, on all sides.
func (l *lockstep) undo() (run, error) {
	return l.each(func(_ int, r run) (run, error) { return r.undo() })
}

// disk reads that of a node of the first side.
func (l *lockstep) disk(node model.NodeID, most int) ([]scenarios.DiskEntry, int, error) {
	return l.runs[0].disk(node, most)
}

// replica is one of the first side.
func (l *lockstep) replica() (run, error) { return l.runs[0].replica() }

// each makes a lockstep of a run made from each; nil if one of them is nil.
func (l *lockstep) each(of func(i int, r run) (run, error)) (run, error) {
	made := &lockstep{names: l.names}
	for i, r := range l.runs {
		f, err := of(i, r)
		if err != nil || f == nil {
			return nil, errors.Join(err, made.Close())
		}
		made.runs = append(made.runs, f)
	}
	if err := made.RunTo(made.Now()); err != nil {
		return nil, errors.Join(err, made.Close())
	}
	return made, nil
}

// sideOf returns one of the runs side by side; the run itself if it is one.
func sideOf(r run, side int) run {
	if l, several := r.(*lockstep); several {
		return l.runs[side]
	}
	return r
}

// eventAt returns the number of the last event of a log at or before an instant.
func eventAt(l *trace.Log, t model.Time) int {
	return sort.Search(l.Len(), func(i int) bool { return l.At(i+1).At > t })
}

// underPolicies runs a session under some policies side by side, up to an instant.
func underPolicies(choices []string, at model.Time, open func(*scenarios.Script) (run, error)) job {
	return comparison(choices, func(r run) (*lockstep, error) {
		l, saved := &lockstep{names: choices}, r.Save()
		for _, choice := range choices {
			script, err := r.Script().Under(choice, saved)
			if err != nil {
				return l, err
			}
			side, err := open(script)
			if err != nil {
				return l, fmt.Errorf("%s: %w", choice, err)
			}
			l.runs = append(l.runs, side)
		}
		return l, l.RunTo(at)
	})
}

// withFork runs copies of a run and of another side by side, as far as both have come.
func withFork(names []string, other run) job {
	return comparison(names, func(r run) (*lockstep, error) {
		l := &lockstep{names: names}
		now := max(r.Now(), other.Now())
		for i, of := range []run{r, other} {
			side, err := of.fork(of.Log().Len())
			if err != nil {
				return l, l.on(i, err)
			}
			l.runs = append(l.runs, side)
		}
		return l, l.RunTo(now)
	})
}

// comparison is the job of making a lockstep; of one that can't be made nothing is left.
func comparison(names []string, made func(r run) (*lockstep, error)) job {
	return job{what: jobCompare, names: names, work: func(r run) (run, error) {
		if r == nil {
			return nil, errNoRun
		}
		l, err := made(r)
		if err != nil {
			_ = l.Close()
			return r, err
		}
		return l, nil
	}}
}
