package scenarios

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"capsim/cluster"
	"capsim/model"
	"capsim/trace"
)

// RunTo does all that is due up to and including t, or up to a question. An error
// is the environment's, or Problems if a statement can't be done where it stands:
// the run stops and its trace is kept.
func (r *Session) RunTo(t model.Time) error {
	for r.err == nil && !r.over && r.question == nil {
		due := min(r.sched.due(), r.end)
		if due > t {
			r.advance(t)
			break
		}
		if !r.advance(due) {
			break
		}
		r.one()
		if r.writer != nil && r.log.Len()-r.written >= streamEvery {
			r.fail(r.sync())
		}
	}
	r.fail(r.sync())
	return r.err
}

// streamEvery is how many events may wait until they are written to the trace
// file, so that a run that is killed leaves a trace of nearly all it did.
const streamEvery = 64

// Run goes on to the end.
func (r *Session) Run() error { return r.RunWhile(func() bool { return true }) }

// slice is how much virtual time passes between two questions of RunWhile.
const slice = 100 * time.Millisecond

// RunWhile goes on to the end, or until goOn says no.
func (r *Session) RunWhile(goOn func() bool) error {
	for r.err == nil && !r.over && goOn() {
		r.Answer()
		_ = r.RunTo(min(r.end, r.Now().Add(slice)))
	}
	return r.err
}

// Step goes on to the next instant at which anything happens: false if nothing can.
func (r *Session) Step() (bool, error) {
	if r.over || r.err != nil || r.question != nil {
		return false, r.err
	}
	t := min(r.sched.due(), r.cluster.Next(), r.end)
	return true, r.RunTo(t)
}

// advance lets the cluster run through t. While expectations wait for an instant that
// suits them, it goes an instant at a time and tests them whenever one has ended: one
// that only statements made, too.
func (r *Session) advance(t model.Time) bool {
	for len(r.pending) > 0 && r.err == nil {
		now := r.cluster.Now()
		next := min(r.cluster.Next(), r.nextDeadline(now), t)
		if next > now {
			r.testPending()
		}
		r.fail(r.cluster.RunThrough(next))
		if next == t {
			return r.err == nil
		}
	}
	if r.err == nil {
		r.fail(r.cluster.RunThrough(t))
	}
	return r.err == nil
}

// one runs the one statement that comes next, or ends the run.
func (r *Session) one() {
	now := r.cluster.Now()
	if r.sched.due() > now {
		r.finishRun() // the run's end is what was due
		return
	}
	if l := r.sched.pick(); l != nil {
		r.fire(l)
		return
	}
	st := r.sched.steps[r.sched.next]
	r.sched.next++
	if st.Every != nil {
		return
	}
	err := r.do(st.Statement)
	if problems := Problems(nil); st.planned && r.cluster.Err() == nil && errors.As(err, &problems) {
		r.sched.dropLast() // another command came between
		r.warnings = problems
		return
	}
	r.fail(err)
}

// fire lets a repeat or a workload act once, and ends it when it is through.
func (r *Session) fire(l *loop) {
	if l.load != nil {
		l.load.Fire(r.cluster)
		l.next = l.load.Next()
	} else {
		l.count++
		st, err := l.of.Occurrence(l.count)
		if err == nil {
			err = r.do(st)
		}
		r.fail(err)
		if l.next = l.next.Add(l.of.Every.D); l.count >= l.of.Every.Count() {
			l.next = model.Never
		}
	}
	kept := r.sched.loops[:0]
	for _, l := range r.sched.loops {
		if l.next != model.Never {
			kept = append(kept, l)
		}
	}
	r.sched.loops = kept
}

// do runs a statement at the instant that the cluster has reached.
func (r *Session) do(st Statement) error {
	c := r.cluster
	var err error
	switch b := st.Body.(type) {
	case Op:
		r.clients[b.Client] = b.Node
		err = c.Act(st.Text, func() error { c.Invoke(b.Client, b.Node, b.Command); return nil })
	case Fault:
		err = c.Act(st.Text, func() error { return b.Action(c.Net()) })
	case SwitchPolicy:
		err = c.Act(st.Text, func() error { return c.Switch(b.Choice) })
	case Workload:
		err = c.Act(st.Text, func() error { return r.beginLoad(st, b) })
	case Expect:
		r.expect(st, b)
	case Ask:
		if r.opt.Interactive {
			r.question = &Question{At: c.Now(), Text: b.Question, Answers: b.Answers, Right: b.Right}
		}
	case Pause:
		if r.opt.Interactive {
			r.question = &Question{At: c.Now(), Text: b.Text}
		}
	case End:
		r.finishRun()
	}
	if err != nil && c.Err() == nil {
		return Problems{impossible(st, err)}
	}
	return err
}

func (r *Session) beginLoad(st Statement, b Workload) error {
	w, err := r.cluster.NewWorkload(cluster.Load(b))
	if err != nil {
		return err
	}
	r.sched.loops = append(r.sched.loops, loop{order: r.sched.next - 1, next: w.Next(), of: st, load: w})
	return nil
}

// finishRun ends the run: open operations become unknown, and what was expected at
// the end is tested.
func (r *Session) finishRun() {
	if r.over {
		return
	}
	r.testPending()
	_ = r.cluster.Act("end", func() error { r.cluster.Finish(); return nil })
	r.over = true
	r.fail(r.sync())
	r.testEnd()
}

func (r *Session) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// Do gives a live command, at the instant that the run has reached. Problems say
// what is wrong with it, with the column; nothing has happened then.
func (r *Session) Do(line string) error {
	switch {
	case r.err != nil:
		return fmt.Errorf("the run has stopped: %w", r.err)
	case r.over:
		return errors.New("the run has ended; step back and give the command there, or reset")
	}
	st, err := ParseStatement(line, r.cluster.Now(), Env{Nodes: r.cluster.Nodes(), Remote: r.script.Settings.Remote, Clients: r.clients, Policy: r.cluster.Policy()})
	if err != nil {
		return err
	}
	if err := r.checkLoad(line, st); err != nil {
		return err
	}
	if err := r.cluster.RunThrough(r.cluster.Now()); err != nil {
		r.fail(err)
		return err
	}
	r.warnings = st.Warnings
	return r.live(st)
}

// Warnings are of the last live command: it was done, and may not do what was meant.
func (r *Session) Warnings() []Problem { return r.warnings }

// checkLoad refuses a live workload whose name a workload of the run has: its clients,
// keys and draws would be the same.
func (r *Session) checkLoad(line string, st Statement) error {
	w, ok := st.Body.(Workload)
	if !ok {
		return nil
	}
	for _, other := range r.sched.steps {
		if o, ok := other.Body.(Workload); ok && o.Name == w.Name {
			col := strings.Index(line, w.Name) + 1
			return Problems{{Pos: Pos{File: st.Pos.File, Line: 1, Col: max(col, 1)}, Got: w.Name, Want: "another name: a workload of this run has it"}}
		}
	}
	return nil
}

// live runs a statement that the script does not hold.
func (r *Session) live(st Statement) error {
	r.given++
	r.sched.add(st, r.given)
	r.sched.next++
	if st.Every != nil {
		r.sched.loops = append(r.sched.loops, loop{order: r.sched.next - 1, next: st.Every.From, of: st})
	} else if err := r.do(st); err != nil {
		if r.cluster.Err() != nil {
			r.fail(err)
			return err
		}
		r.sched.dropLast()
		return err
	}
	if !r.over {
		r.setEnd()
		r.fail(r.cluster.RunThrough(r.cluster.Now()))
		r.fail(r.sync())
	}
	return r.err
}

// View returns the cluster after the first n events.
func (r *Session) View(n int) *trace.View { return r.folder.View(n) }

// EventAt returns the number of the last event at or before t; 0 if there is none.
func (r *Session) EventAt(t model.Time) int { return r.folder.EventAt(t) }
