package tui

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"capsim/model"
	"capsim/scenarios"
	"capsim/trace"
)

// recording is a run that shows a trace file: RunTo uncovers its events.
type recording struct {
	script *scenarios.Script
	all    *trace.Log
	log    *trace.Log
	now    model.Time
}

func (r *recording) Script() *scenarios.Script     { return r.script }
func (r *recording) Now() model.Time               { return r.now }
func (r *recording) End() model.Time               { return r.all.At(r.all.Len()).At }
func (r *recording) Over() bool                    { return r.log.Len() == r.all.Len() }
func (r *recording) Live() bool                    { return false }
func (r *recording) Err() error                    { return nil }
func (r *recording) Log() *trace.Log               { return r.log }
func (r *recording) Question() *scenarios.Question { return nil }
func (r *recording) Answer()                       {}
func (r *recording) Warnings() []scenarios.Problem { return nil }
func (r *recording) Do(string) error               { return errors.New("this is a recording") }
func (r *recording) Save() string                  { return "" }
func (r *recording) Close() error                  { return nil }
func (r *recording) fork(int) (run, error)         { return nil, errors.New("this is a recording") }
func (r *recording) replica() (run, error) {
	s, err := scenarios.Open(r.script, scenarios.Options{Memory: true})
	if err != nil {
		return nil, err
	}
	return sessionRun{s}, nil
}

func (r *recording) disk(node model.NodeID, most int) ([]scenarios.DiskEntry, int, error) {
	s, err := r.replica()
	if err != nil {
		return nil, 0, err
	}
	if err := s.RunTo(r.now); err != nil {
		return nil, 0, err
	}
	return s.disk(node, most)
}

func (r *recording) undo() (run, error) { return nil, nil }

func (r *recording) RunTo(t model.Time) error {
	for n := r.log.Len() + 1; n <= r.all.Len() && r.all.At(n).At <= t; n++ {
		r.log.Append(*r.all.At(n))
	}
	r.now = min(t, r.End())
	return nil
}

func (r *recording) Step() (bool, error) {
	if r.Over() {
		return false, nil
	}
	return true, r.RunTo(r.all.At(r.log.Len() + 1).At)
}

// recorded opens a trace of testdata; -update records it anew.
func recorded(t testing.TB, name string) func() (run, error) {
	t.Helper()
	path := filepath.Join("testdata", name+".trace")
	if updating() {
		record0(t, path, name)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := trace.Read(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenarios.Parse(name+".capsim", []byte(f.Header.Script))
	if err != nil {
		t.Fatal(err)
	}
	return func() (run, error) { return &recording{script: s, all: f.Log, log: &trace.Log{}}, nil }
}

// scripts are those whose traces the screens are made from.
var scripts = map[string]string{
	"proof": proof,
	"cp": `use seed 7
use policy cp
at 0.2s  alice@n1 SET stock 10
at 1s    partition n1 | n2 n3
at 1.02s alice@n1 SET stock 9
at 1.6s  bob@n2 SET stock 8
at 1.7s  crash n3
at 2.5s  carol@n1 GET stock
at 3s    end
`,
	"doubt": `use policy ca
use latency const(10ms)
at 0.2s   alice@n1 SET cart milk
at 0.5s   bob@n2 SET list apples
at 1s     alice@n1 SET cart eggs
at 1.015s crash n1
at 1.05s  carol@n3 GET cart
at 2.5s   end
`,
	"lost": `use seed 3
use policy ap
use latency const(10ms)
at 0.2s  alice@n1 SET cart milk
at 1s    partition n1 | n2 n3 hold
at 1.2s  alice@n1 SET cart eggs
at 1.6s  bob@n2 SET cart bread
at 3s    heal
at 3.5s  alice@n1 GET cart
at 4s    end
`,
	"load": `use nodes 3
use policy cp
use seed 11
use store memory
workload w clients=4 at=n1,n2,n3 rate=14/s keys=2 ops=GET:60%,SET:40% from 0s to 4.5s
at 1s    partition n1 | n2 n3
at 2.4s  heal
at 2.9s  policy ap
at 3.2s  partition n1 | *
at 4.2s  heal
at 5s    end
`,
	"remote": `use latency const(10ms)
client dora remote
at 0s    dora@n1 SET cart milk
at 100ms bandwidth n1-n2 64KB/s
at 100ms duplicate n1-n3 10%
at 100ms reorder n1-n3 20%
at 100ms flap n2-n3 up=500ms down=300ms
at 100ms slow n1 +5ms
at 100ms skew n2 -500ms
at 100ms drift n3 200ppm
at 200ms cut dora->n2
at 250ms dora@n2 SET cart eggs
at 400ms dora@n1 GET cart
at 1s    end
`,
}

func record0(t testing.TB, path, name string) {
	t.Helper()
	s, err := scenarios.Parse(name+".capsim", []byte(scripts[name]))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	r, err := scenarios.Open(s, scenarios.Options{Memory: true, Trace: &b})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(r.Run(), r.Close(), os.WriteFile(path, b.Bytes(), 0o644)); err != nil {
		t.Fatal(err)
	}
}
