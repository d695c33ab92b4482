package scenarios

import (
	"fmt"
	"slices"

	"capsim/model"
)

// Fork returns a session with the same history up to the end of the instant of
// event at, and the script's statements from there on; live commands that came
// later are left out. It keeps its nodes' state in memory.
func (r *Session) Fork(at int) (*Session, error) {
	if at < 0 || at > r.log.Len() {
		return nil, fmt.Errorf("no event %d: the run has %d", at, r.log.Len())
	}
	t := model.Time(0)
	if at > 0 {
		t = r.log.At(at).At
	}
	return r.forkAt(t, func(s step) bool { return !s.live || s.At <= t })
}

// Undo returns the session without its last live command, as far as it has run; nil if
// there was none. Commands that were given together go together.
func (r *Session) Undo() (*Session, error) {
	last := 0
	for _, s := range r.sched.steps {
		last = max(last, s.given)
	}
	if last == 0 {
		return nil, nil
	}
	i := slices.IndexFunc(r.sched.steps, func(s step) bool { return s.given == last })
	return r.forkAt(r.sched.steps[i].At, func(s step) bool { return s.given != last })
}

func (r *Session) forkAt(t model.Time, keep func(step) bool) (*Session, error) {
	steps := slices.Clone(r.sched.steps)
	steps = slices.DeleteFunc(steps, func(s step) bool { return !keep(s) })
	o := r.opt
	o.Trace, o.Memory = nil, true
	o.Interactive = false
	f, err := open(r.script, o, steps)
	if err != nil {
		return nil, err
	}
	if err := f.RunTo(t); err != nil {
		return nil, fmt.Errorf("running the fork up to %v: %w", t, err)
	}
	f.opt.Interactive, f.given = r.opt.Interactive, r.given
	if q := r.question; q != nil && q.At == t { // nobody has answered it yet
		f.question = q
	}
	return f, nil
}

// Save returns the session as a script that replays to the same trace: the script's
// statements and the live ones, each at its instant. What a script expects was meant
// for the run without live commands, so with them it is left out.
func (r *Session) Save() string {
	s := *r.script
	s.Lesson = nil
	s.Statements = nil
	live := r.Live()
	for _, st := range r.sched.steps {
		if _, expects := st.Body.(Expect); expects && live && !st.live {
			continue
		}
		s.Statements = append(s.Statements, st.Statement)
	}
	if live && !r.ends { // what was left out may have named the latest instant
		s.Statements = append(s.Statements, Statement{At: r.end, Text: "end", Body: End{}})
	}
	return s.String()
}

// Under reads a session of this script, as Save has it, to be run under another policy in
// the place of the first: with its parameters, as "ap conflict=siblings". Of the lesson
// all stays but the text. What the script itself toggles later it toggles still. An error is
// Problems.
func (s *Script) Under(policy, saved string) (*Script, error) {
	u, err := ParseFiles(s.Name, []byte(saved), filesOf(s.Settings.Files), Override{From: policy, Text: "policy " + policy})
	if err != nil {
		return nil, err
	}
	if s.Lesson != nil {
		l := *s.Lesson
		l.Sections = nil
		u.Lesson, u.Path = &l, s.Path
	}
	return u, nil
}
