package scenarios

import (
	"errors"
	"fmt"
	"io"
	"time"

	"capsim/cluster"
	"capsim/cluster/store"
	"capsim/model"
	"capsim/policies"
	"capsim/trace"
)

// Options say how a script is run. What they replace of the script's settings is
// given to ParseWith, not here.
type Options struct {
	Run         string     // id of the run, in the keys of real servers; "" for "run"
	Trace       io.Writer  // where the trace file is written as the run goes on; nil for nowhere
	Program     string     // name and version of the program, for the trace's header
	Interactive bool       // stop at questions and pauses
	Memory      bool       // keep the nodes' state in memory, whatever the settings say
	Log         *trace.Log // emptied and used for the events; nil for a new one
}

// log returns where the run's events go.
func (o Options) log() *trace.Log {
	if o.Log == nil {
		return &trace.Log{}
	}
	o.Log.Reset()
	return o.Log
}

// grace is how long a run goes on after the last instant named and the clients'
// timeout, so that what was begun can end.
const grace = 5 * time.Second

// Session is a run that is steered: it can be stepped, given live commands, forked
// and saved. It is not for concurrent use; Log().Snapshot() may be handed on.
type Session struct {
	script    *Script
	opt       Options
	stores    store.Cluster
	cluster   *cluster.Cluster
	log       *trace.Log
	index     *trace.Index
	folder    *trace.Folder
	sched     schedule
	clients   map[string]model.NodeID // where each client spoke last
	pending   []pendingExpect
	results   []Expectation
	question  *Question
	warnings  []Problem // of the last live command
	given     int       // how many live commands were
	writer    *trace.Writer
	storeName string // its kind
	written   int
	end       model.Time
	ends      bool // the script itself says where
	over      bool
	err       error
}

// Question is what an interactive run waits for.
type Question struct {
	At      model.Time
	Text    string
	Answers []string // empty: any key goes on
	Right   int
}

// Open begins a run of the script. An error is the environment's, or an *InputError
// if the script does not fit the store.
func Open(s *Script, o Options) (*Session, error) {
	steps := make([]step, len(s.Statements))
	for i, st := range s.Statements {
		steps[i].Statement = st
	}
	return open(s, o, steps)
}

func open(s *Script, o Options, steps []step) (*Session, error) {
	if s.Settings.Policy.Spec == nil {
		return nil, &InputError{errors.New("the script names no policy that this program has")}
	}
	spec := s.Settings.Store
	if o.Memory {
		spec = "memory"
	}
	opener, err := store.Parse(spec)
	if err != nil {
		return nil, &InputError{err}
	}
	if o.Run == "" {
		o.Run = "run"
	}
	stores, err := opener.Open(min(s.Settings.Nodes, cluster.MaxNodes), o.Run) // a larger cluster uses none
	if err != nil {
		var dead *store.Error
		if !errors.As(err, &dead) {
			err = &InputError{err}
		}
		return nil, err
	}
	r := &Session{script: s, opt: o, stores: stores, storeName: opener.Name(), log: o.log(), index: trace.NewIndex(), clients: map[string]model.NodeID{}}
	r.sched.steps = steps
	if err := r.start(); err != nil {
		return nil, errors.Join(err, stores.Close())
	}
	return r, nil
}

func (r *Session) start() error {
	set := r.script.Settings
	c, err := cluster.New(cluster.Options{
		Nodes: set.Nodes, Clients: set.Remote, Policy: set.Policy, Seed: set.Seed, Latency: set.Latency,
		Loss: set.Loss, Timeout: set.Timeout, Stores: r.stores, Log: r.log, Input: set.Files[set.Input], Setup: set.setup,
	})
	if err != nil {
		return err
	}
	r.cluster = c
	r.folder = trace.NewFolder(set.Nodes, r.log)
	r.begin()
	if r.opt.Trace != nil {
		r.writer = trace.NewWriter(r.opt.Trace, r.Header())
	}
	return r.sync()
}

// begin registers repeats and workloads, which have times of their own, and finds
// where the run ends.
func (r *Session) begin() {
	for i, st := range r.sched.steps {
		if st.Every != nil {
			r.sched.loops = append(r.sched.loops, loop{order: i, next: st.Every.From, of: st.Statement})
		}
	}
	r.setEnd()
}

func (r *Session) setEnd() {
	r.end, r.ends = r.sched.latest()
	if !r.ends {
		r.end = r.end.Add(r.cluster.Timeout()).Add(grace)
	}
}

// Header describes the run for a trace file.
func (r *Session) Header() trace.Header {
	return trace.Header{
		Program: r.opt.Program, Title: r.script.Name, Script: r.Save(),
		Store: r.storeName, Seed: r.script.Settings.Seed, Nodes: r.script.Settings.Nodes,
		Files: r.script.Settings.Files,
	}
}

// Script returns what the session was opened with.
func (r *Session) Script() *Script { return r.script }

// Now returns the instant that the run has reached.
func (r *Session) Now() model.Time { return r.cluster.Now() }

// End returns the instant at which the run ends; live commands may move it.
func (r *Session) End() model.Time { return r.end }

// Over tells whether the run has ended. A live command goes on with it, unless the
// script itself says where it ends.
func (r *Session) Over() bool { return r.over }

// Err returns why the run can't go on; nil while it can.
func (r *Session) Err() error { return r.err }

// Policy returns what rules now.
func (r *Session) Policy() policies.Choice { return r.cluster.Policy() }

// Log returns the events so far. It grows.
func (r *Session) Log() *trace.Log { return r.log }

// Index returns what is static about the run so far.
func (r *Session) Index() *trace.Index { return r.index }

// Question returns what the run waits for; nil if it waits for nothing.
func (r *Session) Question() *Question { return r.question }

// Answer lets a run go on that waits at a question.
func (r *Session) Answer() { r.question = nil }

// Live tells whether commands were given that the script does not hold.
func (r *Session) Live() bool {
	for _, s := range r.sched.steps {
		if s.live {
			return true
		}
	}
	return false
}

// Close ends the run's hold on its stores, and the trace file if the run is over.
func (r *Session) Close() error {
	var err error
	if r.writer != nil {
		if r.over {
			err = r.writer.Close()
		} else {
			err = r.writer.Flush()
		}
		r.writer = nil
	}
	return errors.Join(err, r.stores.Close())
}

// Outside tells whether the run holds something that lasts longer than the process, so that
// it must be closed: servers, or a trace that is being written.
func (r *Session) Outside() bool {
	return r.opt.Trace != nil || r.storeName != "memory" && r.storeName != "miniredis"
}

// sync takes in the events that came since the last call.
func (r *Session) sync() error {
	r.index.Extend(r.log)
	r.folder.Extend(r.log)
	if r.writer == nil {
		return nil
	}
	for ; r.written < r.log.Len(); r.written++ {
		if err := r.writer.Event(r.log.At(r.written + 1)); err != nil {
			return fmt.Errorf("writing the trace: %w", err)
		}
	}
	if err := r.writer.Flush(); err != nil {
		return fmt.Errorf("writing the trace: %w", err)
	}
	return nil
}
