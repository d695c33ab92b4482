package tui

import (
	"errors"
	"slices"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"capsim/model"
)

// job is something done with the run, in a goroutine of its own. It returns the run
// to show from then on: the one given, or another.
type job struct {
	what  jobKind
	line  string     // of jobCommand
	from  *palette   // where the line was typed, for its error; nil for a key
	to    model.Time // of jobRunTo: how far
	names []string   // of jobCompare: of the sides
	at    cursor     // of jobCommand: where it forks
	into  *branch    // of jobSwitch: whose run it brings, one that the screen knows; of jobSave: whose it is
	disk  *diskView  // of jobDisk
	sum   *string    // of jobSave: the hash of the trace that the file gives, once it is done
	work  func(r run) (run, error)
	then  func(p *program) tea.Cmd // once it is done, without an error; nil for nothing
}

type jobKind uint8

const (
	jobOpen jobKind = iota
	jobRunTo
	jobStep
	jobCommand
	jobUndo
	jobSave
	jobSwitch
	jobClose
	jobDisk
	jobAside // looks at the run, and leaves it as it is
	jobCompare
)

// steers tells whether a job puts another run in the place of the one at hand, or makes
// it another: what depends on which run is shown can't be decided before it is done.
func (k jobKind) steers() bool {
	return k != jobRunTo && k != jobStep && k != jobSave && k != jobClose && k != jobDisk && k != jobAside
}

// ranMsg tells the screen that a job is done.
type ranMsg struct {
	job
	run  run // nil if there is none
	old  run // the one before, if it is another
	snap snapshot
	err  error
}

// jobs runs one job after the other, never two at a time.
type jobs struct {
	run     run
	atWork  sync.Mutex // held while a job works
	clock   func() time.Time
	busy    bool
	at      jobKind // the job at work, if busy
	waiting []job
}

// steered tells whether a job is at work or waiting that steers.
func (q *jobs) steered() bool {
	return q.busy && q.at.steers() || slices.ContainsFunc(q.waiting, func(j job) bool { return j.what.steers() })
}

// start begins a job, or puts it behind the one at work.
func (q *jobs) start(j job) tea.Cmd {
	if q.busy {
		q.waiting = append(q.waiting, j)
		return nil
	}
	q.busy, q.at = true, j.what
	r := q.run
	return func() tea.Msg {
		q.atWork.Lock()
		defer q.atWork.Unlock()
		next, err := j.work(r)
		m := ranMsg{job: j, run: next, err: err}
		if next != nil {
			m.snap = snapshotOf(next, next != r && j.into == nil)
		}
		if next != r {
			m.old = r
		}
		return m
	}
}

// done takes in the end of a job and begins the next.
func (q *jobs) done(m ranMsg) tea.Cmd {
	q.busy = false
	q.run = m.run
	if len(q.waiting) == 0 {
		return nil
	}
	j := q.waiting[0]
	q.waiting = q.waiting[1:]
	return q.start(j)
}

var errNoRun = errors.New("there is no run; press R to begin again")

// A job that runs on returns after so much wall time at the latest, so that the
// screen shows how far it is, takes in little at a time, and keys can stop it.
const slice = 20 * time.Millisecond

// sliceEvents is about how many events it adds until then at most: the screen takes in that
// many in a few milliseconds, and does not stand still meanwhile.
const sliceEvents = 3000

// longestStride is how far a run goes at once at most, however little happens: a load may
// begin there.
const longestStride = 250 * time.Millisecond

// eventsOf returns how many events a run has had, on all sides.
func eventsOf(r run) int {
	l, several := r.(*lockstep)
	if !several {
		return r.Log().Len()
	}
	n := 0
	for _, side := range l.runs {
		n += eventsOf(side)
	}
	return n
}

// runTo goes on to an instant, or a part of the way.
func runTo(t model.Time, clock func() time.Time) job {
	return job{what: jobRunTo, to: t, work: func(r run) (run, error) {
		if r == nil {
			return nil, errNoRun
		}
		began, by, had := clock(), 10*time.Millisecond, eventsOf(r)
		for last := began; last.Sub(began) < slice; {
			next, before := min(r.Now().Add(by), t), eventsOf(r)
			if err := r.RunTo(next); err != nil {
				return r, err
			}
			all := eventsOf(r)
			if next == t || r.Over() || r.Question() != nil || all-had >= sliceEvents {
				break
			}
			now := clock()
			if now.Sub(last) < slice/8 && all-before < sliceEvents/8 {
				by = min(2*by, longestStride)
			}
			last = now
		}
		return r, nil
	}}
}

// stepOn goes on to the next event.
func stepOn() job {
	return job{what: jobStep, work: func(r run) (run, error) {
		if r == nil {
			return nil, errNoRun
		}
		_, err := r.Step()
		return r, err
	}}
}

// command gives a live command at the run's end, or, if fork says so, at the cursor,
// in a run that forks there.
func command(line string, from *palette, fork bool, at cursor) job {
	j := given(fork, at, func(r run) error { return r.Do(line) })
	j.line, j.from = line, from
	return j
}

// given does something to the run at its end, or, if fork says so, to a fork of it at the
// cursor. If it can't be done, the run stays as it was.
func given(fork bool, at cursor, do func(r run) error) job {
	return job{what: jobCommand, at: at, work: func(r run) (run, error) {
		if r == nil {
			return nil, errNoRun
		}
		if !fork {
			return r, do(r)
		}
		f, err := forkAt(r, at)
		if err != nil {
			return r, err
		}
		if err := do(f); err != nil && f.Err() == nil {
			_ = f.Close() // nothing came of it
			return r, err
		}
		return f, nil
	}}
}

// switchTo goes on with the run of another branch.
func switchTo(b *branch) job {
	return job{what: jobSwitch, into: b, work: func(run) (run, error) { return b.run, nil }}
}

// closing closes runs that are no longer shown.
func closing(runs []run) job {
	return job{what: jobClose, work: func(r run) (run, error) {
		for _, old := range runs {
			_ = old.Close()
		}
		return r, nil
	}}
}

// undoLast takes the last live command back.
func undoLast() job {
	return job{what: jobUndo, work: func(r run) (run, error) {
		if r == nil {
			return nil, errNoRun
		}
		f, err := r.undo()
		if f == nil || err != nil {
			return r, err
		}
		return f, nil
	}}
}

// answer lets a run go on that waits at a question.
func answer() job {
	return job{what: jobRunTo, work: func(r run) (run, error) {
		if r == nil {
			return nil, errNoRun
		}
		r.Answer()
		return r, r.RunTo(r.Now())
	}}
}

// open begins the lesson, closing the runs before it: real servers take one run at a
// time.
func open(opener func() (run, error), before []run) job {
	return job{what: jobOpen, work: func(r run) (run, error) {
		for _, old := range before {
			_ = old.Close()
		}
		if r != nil {
			_ = r.Close()
		}
		return opener()
	}}
}
