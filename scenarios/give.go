package scenarios

import (
	"errors"
	"fmt"
	"maps"
	"time"

	"capsim/model"
)

// Act is a statement that is given now and happens later.
type Act struct {
	After time.Duration // from the instant at which it is given; never less than of the one before
	Text  string        // in the script language, without a time
}

// Give gives live commands that happen one after the other as the run goes on. They are
// undone together. An error says what is wrong with one of them; nothing is given then. One
// that can't be done when its time has come, because something else was done meanwhile, is
// left out, and Warnings say so.
func (r *Session) Give(acts []Act) error {
	switch {
	case r.err != nil:
		return fmt.Errorf("the run has stopped: %w", r.err)
	case r.over:
		return errors.New("the run has ended; step back and give the commands there, or reset")
	}
	now := r.cluster.Now()
	env := Env{Nodes: r.cluster.Nodes(), Remote: r.script.Settings.Remote, Clients: maps.Clone(r.clients), Policy: r.cluster.Policy()}
	var sts []Statement
	for _, a := range acts {
		st, err := ParseStatement(a.Text, now.Add(a.After), env)
		switch {
		case err != nil:
			return err
		case st.Every != nil:
			return fmt.Errorf("%s: a statement that is repeated can't be planned", a.Text)
		case r.ends && st.At > r.end:
			return fmt.Errorf("the run ends at %v, and this takes until %v; step back and do it earlier", r.end, st.At)
		}
		if err := r.checkLoad(a.Text, st); err != nil {
			return err
		}
		if op, ok := st.Body.(Op); ok {
			env.Clients[op.Client] = op.Node
		}
		sts = append(sts, st)
	}
	if err := r.cluster.RunThrough(now); err != nil {
		r.fail(err)
		return err
	}
	r.given++
	r.warnings = nil
	for _, st := range sts {
		r.sched.plan(st, r.given)
	}
	r.setEnd()
	return r.RunTo(now)
}

// Planned returns the instant of the last act that was given and has not happened yet;
// false if none is left.
func (r *Session) Planned() (model.Time, bool) { return r.sched.planned() }
