// Package scenarios holds the script language, its runner and the library of
// lessons. One language serves scenario files, the terminal program's palette and
// saved sessions.
package scenarios

import (
	"time"

	"capsim/model"
	"capsim/netsim"
	"capsim/policies"
)

// Script is a scenario file that was read: what it sets, and what happens when.
type Script struct {
	Name     string  // the file's name without folder, number and extension: "split-brain"
	Path     string  // as given to Parse
	Lesson   *Lesson // nil if the file is plain
	Settings Settings
	// Statements stand in the order of the file, which is the order in which those of
	// one instant run. Their times never decrease.
	Statements []Statement
	Lines      []Line    // the script's lines as written, comments and blank ones included
	Warnings   []Problem // what can be run, and may not do what was meant
}

// Line is a line of a script as it was written.
type Line struct {
	Number int // of the file, from 1
	Text   string
}

// Settings are what a script sets before anything happens, defaults filled in.
type Settings struct {
	Nodes       int
	Policy      policies.Choice // Spec is nil if no policy is registered under the name
	Seed        int64
	Store       string
	Latency     netsim.Dist       // of every link, one way
	LinkLatency []LinkLatency     // of some messages; a later one replaces an earlier
	Remote      []string          // clients that are hosts of their own, with ids after those of the nodes
	Loss        float64           // share of messages lost, 0 to 1
	Timeout     time.Duration     // how long a client waits for an answer
	Input       string            // the file whose text the lab works on; "" for none
	Files       map[string]string // content of the files that it names
	Given       map[string]Pos    // where each was set, by its word after "use"
}

// LinkLatency is the one-way latency of some messages. The more special wins: link
// and kind, link, kind.
type LinkLatency struct {
	Links *netsim.Links // nil: all
	Kind  string        // of message; "": all
	Dist  netsim.Dist
}

// Statement is one thing that happens, or that is asked of the run.
type Statement struct {
	At    model.Time // its instant; of a repeat or workload, which begin later, that of the one before
	Pos   Pos
	Text  string  // in canonical form, without its time: "alice@n1 SET cart milk"
	Every *Repeat // nil: it happens once
	Body  Body    // of a repeat, that of the first time; see Occurrence
	// Warnings are what may be not meant about a statement that was typed during a run;
	// those of a file stand in its Script.
	Warnings []Problem
	again    func(i int) (Statement, error)
}

// Repeat says that a statement happens at From, From+D, … before To.
type Repeat struct {
	D        time.Duration // at least 1 µs
	From, To model.Time    // From < To
}

// Count returns how often the statement happens, at least 1.
func (r Repeat) Count() int { return int((r.To.Sub(r.From) + r.D - 1) / r.D) }

// Occurrence returns a repeated statement as it happens for the i-th time, from 1
// to Every.Count(): {i} replaced, At its instant, Every nil. A statement that happens
// once is returned as it is.
func (s Statement) Occurrence(i int) (Statement, error) {
	if s.Every == nil {
		return s, nil
	}
	return s.again(i)
}

// Body is what a statement says: one of the types below.
type Body interface{ body() }

// Op is a client's operation.
type Op struct {
	Client  string
	Node    model.NodeID // NAME COMMAND keeps the node before
	Words   []string     // of the command, as written
	Command model.Command
}

// Fault breaks or mends the network.
type Fault struct {
	Verb   string
	Args   []string
	Action netsim.Action
	Now    bool // only the run can tell whether it can be done
}

// SwitchPolicy toggles the policy on the running cluster.
type SwitchPolicy struct{ Choice policies.Choice }

// Say shows a text to the audience.
type Say struct{ Text string }

// Ask puts a question; one answer is right.
type Ask struct {
	Question string
	Answers  []string // two at least
	Right    int      // index into Answers
}

// Pause stops a shown run until a key is pressed.
type Pause struct{ Text string }

// End ends the run.
type End struct{}

func (Op) body()           {}
func (Fault) body()        {}
func (SwitchPolicy) body() {}
func (Workload) body()     {}
func (Say) body()          {}
func (Ask) body()          {}
func (Pause) body()        {}
func (Expect) body()       {}
func (End) body()          {}
