package scenarios

import (
	"errors"
	"fmt"
	"strings"

	"capsim/check"
	"capsim/model"
	"capsim/policies"
	"capsim/trace"
)

// InputError is the input's fault: a trace that can't be run again, a store that
// does not fit the run.
type InputError struct{ Err error }

func (e *InputError) Error() string { return e.Err.Error() }

// Unwrap returns what is wrong.
func (e *InputError) Unwrap() error { return e.Err }

// Difference is the first event in which a run differs from its trace.
type Difference struct {
	Event   int    // its number
	Was, Is string // the event's line in the file, and now; "nothing" where one has ended
}

// Replay runs a trace again: the script in its header, with every statement taken
// from the trace, on the kind of store given ("" for memory). It returns nil if all
// events are the same.
func Replay(f *trace.File, storeSpec string) (*Difference, error) {
	script, err := scriptOf(f)
	if err != nil {
		return nil, err
	}
	if storeSpec == "" {
		storeSpec = "memory"
	}
	script.Settings.Store = storeSpec
	s, err := Open(script, Options{Run: "replay"})
	if err != nil {
		return nil, err
	}
	end := model.Time(0)
	if n := f.Log.Len(); n > 0 {
		end = f.Log.At(n).At
	}
	s.end, s.ends = end, true
	err = s.RunTo(end)
	diff := firstDifference(f.Log, s.log, f.Cut)
	if diff != nil {
		err = nil // a statement that can't be done now is a difference
	}
	return diff, errors.Join(err, s.Close())
}

// scriptOf returns the script that a trace is a run of: the settings of its header,
// and the statements that acted.
func scriptOf(f *trace.File) (*Script, error) {
	script, err := ParseFiles("script in the trace", []byte(f.Header.Script), filesOf(f.Header.Files))
	if err != nil {
		return nil, &InputError{fmt.Errorf("the script in the header: %w", err)}
	}
	script.Statements = nil
	env := Env{Nodes: script.Settings.Nodes, Remote: script.Settings.Remote, Clients: map[string]model.NodeID{}}
	for n, e := range f.Log.All() {
		if e.Kind != trace.Statement {
			continue
		}
		st, err := ParseStatement(e.Text, e.At, env)
		if err != nil {
			return nil, &InputError{fmt.Errorf("event %d: %w", n, err)}
		}
		if op, ok := st.Body.(Op); ok {
			env.Clients[op.Client] = op.Node
		}
		script.Statements = append(script.Statements, st)
	}
	return script, nil
}

// firstDifference compares two logs; of a file that was cut off, only what is
// there.
func firstDifference(was, is *trace.Log, cut bool) *Difference {
	for n := 1; n <= max(was.Len(), is.Len()); n++ {
		a, b := eventLine(was, n), eventLine(is, n)
		if a == b {
			continue
		}
		if cut && n > was.Len() {
			return nil
		}
		return &Difference{Event: n, Was: a, Is: b}
	}
	return nil
}

func eventLine(l *trace.Log, n int) string {
	if n > l.Len() {
		return "nothing"
	}
	return string(trace.AppendEvent(nil, n, l.At(n)))
}

// HistoryOf returns the history in a trace file, for checks, and the script that made it.
func HistoryOf(f *trace.File) (*check.History, *Script, error) {
	script, err := ParseFiles("script in the trace", []byte(f.Header.Script), filesOf(f.Header.Files))
	if err != nil {
		return nil, nil, fmt.Errorf("the header's script: %w", err)
	}
	index := trace.NewIndex()
	index.Extend(f.Log)
	end := model.Time(0)
	if n := f.Log.Len(); n > 0 {
		end = f.Log.At(n).At
	}
	return check.NewHistory(f.Log, index, trace.NewFolder(script.Settings.Nodes, f.Log), check.Options{
		Nodes: script.Settings.Nodes, Timeout: script.Settings.Timeout, End: end, Over: !f.Cut,
	}), script, nil
}

// VerdictOrder lists the checks that every run under the policy or lab is judged by.
func VerdictOrder(p policies.Choice) []string {
	var names []string
	for _, c := range JudgedBy(p) {
		names = append(names, c.Text)
	}
	return names
}

// JudgedBy lists what every run under the policy or lab is judged by.
func JudgedBy(p policies.Choice) []AskedCheck {
	var judged []AskedCheck
	if s := p.Spec; s.Checks != nil {
		for _, text := range s.Checks {
			if s.Judges != nil && !s.Judges(text, p.Params) {
				continue
			}
			words := strings.Fields(text)
			c, test, err := check.Parse(words)
			if err != nil {
				panic("scenarios: " + p.Spec.Name + " is judged by " + text + ": " + err.Error()) // a test reads them all
			}
			judged = append(judged, AskedCheck{text, c, test})
		}
		return judged
	}
	for i := range check.Checks {
		if c := &check.Checks[i]; c.Default {
			if test, err := c.Parse(nil); err == nil {
				judged = append(judged, AskedCheck{c.Name, c, test})
			}
		}
	}
	return judged
}
