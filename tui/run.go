package tui

import (
	"capsim/model"
	"capsim/scenarios"
	"capsim/trace"
)

// run is what the screen asks of a session. It is used by one goroutine at a time:
// that of the job at work.
type run interface {
	Script() *scenarios.Script
	Now() model.Time
	End() model.Time
	Over() bool
	Live() bool
	Err() error
	Log() *trace.Log
	Question() *scenarios.Question
	Answer()
	RunTo(t model.Time) error
	Step() (bool, error)
	Do(line string) error
	Warnings() []scenarios.Problem
	Save() string
	Close() error
	fork(at int) (run, error)
	undo() (run, error) // nil if there is nothing to undo
	disk(node model.NodeID, most int) ([]scenarios.DiskEntry, int, error)
	replica() (run, error) // the same from its beginning, in memory
}

// sessionRun is a session of the scenarios.
type sessionRun struct{ *scenarios.Session }

func (s sessionRun) fork(at int) (run, error) {
	f, err := s.Fork(at)
	if err != nil {
		return nil, err
	}
	return sessionRun{f}, nil
}

func (s sessionRun) disk(node model.NodeID, most int) ([]scenarios.DiskEntry, int, error) {
	return s.Disk(node, most)
}

func (s sessionRun) replica() (run, error) {
	f, err := s.Replica()
	if err != nil {
		return nil, err
	}
	return sessionRun{f}, nil
}

func (s sessionRun) undo() (run, error) {
	f, err := s.Undo()
	if f == nil || err != nil {
		return nil, err
	}
	return sessionRun{f}, nil
}

// snapshot is what a job left of its run, to be read by the screen's goroutine.
type snapshot struct {
	log       *trace.Log
	now, end  model.Time
	over      bool
	live      bool // it holds commands that the script doesn't
	question  *scenarios.Question
	stopped   error // the environment failed: the run can't go on
	script    *scenarios.Script
	recording *record             // of a run that is new to the screen
	warnings  []scenarios.Problem // of the last live command
	parts     []snapshot          // of the further sides, if there are several
	names     []string            // of all sides, if there are several
}

func snapshotOf(r run, fresh bool) snapshot {
	s := snapshot{
		log: r.Log().Snapshot(), now: r.Now(), end: r.End(), over: r.Over(), live: r.Live(),
		question: r.Question(), stopped: r.Err(), script: r.Script(), warnings: r.Warnings(),
	}
	if l, several := r.(*lockstep); several {
		s.names = l.names
		for _, other := range l.runs[1:] {
			s.parts = append(s.parts, snapshotOf(other, fresh))
		}
	}
	if fresh {
		s.recording = newRecord(s.script.Settings.Nodes)
		s.recording.extend(s.log)
	}
	return s
}

// forkAt forks a run where the reader stands.
func forkAt(r run, at cursor) (run, error) {
	f, err := r.fork(at.n)
	if err != nil {
		return nil, err
	}
	if f.Now() == at.at {
		return f, nil // with the question that nobody has answered there
	}
	if err := passTo(f, at.at); err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// passTo goes on to an instant without asking anything on the way: the reader has seen it,
// or nobody is to be asked.
func passTo(r run, t model.Time) error {
	for {
		if err := r.RunTo(t); err != nil || r.Question() == nil {
			return err
		}
		r.Answer()
	}
}
