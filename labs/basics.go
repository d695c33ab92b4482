package labs

import (
	"capsim/model"
	"capsim/policies"
)

var specBasics = &policies.Spec{
	Name:    "basics",
	Summary: "nodes, messages, clocks, memory and disk, and no protocol yet",
	Lab:     true,
	Apart:   true,
	// Another clock begins at its beginning, and memories are empty, as in a new process.
	Switches: true,
	Doc: `A node is a process with a memory, a disk and a clock, and it can send messages. That is all
there is here: nothing is copied, nobody is elected, and no node knows more than it was told.
All that the other labs and policies build is built of this.

Messages: TELL sends a text one way; that it was sent is all that the sender learns. ASK sends a
question and waits for its answer, for so long as patience says. When that is over the node can't
tell a lost question from a lost answer, from a node that is down, from one that is only slow. The
answer to an ASK is how many questions the other's process has answered, so that one that was
answered in vain shows afterwards.

Clocks: with clock=… each event (EVENT, a sending, an arrival) gets a stamp, and a message carries
that of its sending. wall: what the node's clock on the wall reads, to the millisecond. lamport:
one number, above that of the event before it here and, of an arrival, above that of the sending.
vector: one number for each node, how many of that node's events may have caused this one. LOG
lists the events that a node knows of by their stamps (those with equal stamps by node), COMPARE says what
two stamps tell. An event happened before another if it came earlier at the same node, or sent the
message whose arrival the other is, or by a chain of such steps; events that no chain joins are
concurrent. What clients tell each other outside the system is in no stamp.

Memory and disk: KEEP and RECALL use the process's memory, which ends with the process. SET, GET and
DEL use the node's own disk, its Redis. fsync=always: the write is on the disk before it is
acknowledged. fsync=everysec: it is acknowledged at once and forced to the disk within a second; a
crash here is one of the machine, and takes what was not. (A process alone that dies leaves to the
operating system what it has written.) counter=memory keeps the clock's count in memory, where a
crash sets it back.`,
	Claims: []policies.Claim{
		{
			Check: "available", When: "patience up to 500ms; no slow node, and a network that brings a client's words in time", Without: []string{"slow", "bandwidth", "delay", "reorder"},
			If: func(p policies.Params) bool { return p.Duration("patience") <= 500e6 },
		},
		{
			Check: "clock-condition", When: "clock=lamport or vector, counter=disk; disks survive", Without: []string{"wipe"},
			If: func(p policies.Params) bool { return counts(p) && p["counter"] == "disk" },
		},
		{
			Check: "clock-causality", When: "clock=vector, counter=disk; disks survive", Without: []string{"wipe"},
			If: func(p policies.Params) bool { return p["clock"] == "vector" && p["counter"] == "disk" },
		},
		{
			Check: "lost-writes = 0", When: "fsync=always; disks survive", Without: []string{"wipe"},
			If: func(p policies.Params) bool { return p["fsync"] == "always" },
		},
	},
	GivesUp: []policies.GivenUp{
		{What: "knowing why there was no answer", Scenario: "messages-and-delays"},
		{What: "knowing a node that is down from one that is paused", Scenario: "independent-failure"},
		{What: "with clock=wall, causes that come before their effects", Scenario: "wall-clocks"},
		{What: "with clock=lamport, telling what was concurrent", Scenario: "lamport-clocks"},
		{What: "with clock=vector, stamps of one size however many nodes there are", Scenario: "vector-clocks"},
		{What: "with fsync=everysec, the acknowledged writes of the last second", Scenario: "memory-and-disk"},
		{What: "with counter=memory, a clock that does not run backwards at a crash", Scenario: "memory-and-disk"},
	},
	Params: []policies.Param{
		{Name: "clock", Default: "none", Values: clockNames, Doc: "what stamps events"},
		{Name: "counter", Default: "disk", Values: []string{"disk", "memory"}, Doc: "where the count of a lamport or vector clock is kept"},
		{Name: "fsync", Default: "always", Values: []string{"always", "everysec"}, Doc: "when a write is forced to the disk: before it is acknowledged, or within a second"},
		{Name: "patience", Default: "200ms", Check: policies.IsDuration, Try: []string{"50ms", "500ms"}, Doc: "how long ASK waits for the answer"},
	},
	Verbs: []policies.Verb{
		{Name: "TELL", Usage: "TELL node|* text", Doc: "send a message, to one node or all others", Min: 2, Max: 2, Valid: validPeer(true), Try: []string{"TELL n2 a{i}", "TELL n1 b{i}", "TELL * c{i}", "TELL n3 d{i}"}},
		{Name: "ASK", Usage: "ASK node", Doc: "ask a node how many questions it has answered, and wait for the answer", Min: 1, Max: 1, Valid: validPeer(false), Try: []string{"ASK n1", "ASK n2", "ASK n3"}},
		{Name: "EVENT", Usage: "EVENT text", Doc: "something happens at the node; replies its stamp", Min: 1, Max: 1, Try: []string{"EVENT e{i}"}},
		{Name: "LOG", Usage: "LOG", Doc: "the events that the node knows of, by their stamps", Max: 0, Try: []string{"LOG"}},
		{Name: "COMPARE", Usage: "COMPARE text text", Doc: "what the stamps of two events tell: before, after, concurrent; or only not before, not after", Min: 2, Max: 2, Try: []string{"COMPARE a1 e2", "COMPARE e1 e2"}},
		{Name: "NOW", Usage: "NOW", Doc: "what the node's clock on the wall reads", Max: 0, Try: []string{"NOW"}},
		{Name: "KEEP", Usage: "KEEP key value", Doc: "keep a value in the process's memory", Min: 2, Max: 2, Try: []string{"KEEP k v{i}"}},
		{Name: "RECALL", Usage: "RECALL key", Doc: "read the process's memory", Min: 1, Max: 1, Try: []string{"RECALL k"}},
	},
	Checks: []string{"available", "clock-condition", "clock-causality", "lost-writes = 0"},
	Judges: func(check string, p policies.Params) bool {
		switch check {
		case "clock-condition":
			return p["clock"] != "none"
		case "clock-causality":
			return counts(p)
		}
		return true
	},
	Kinds:  []string{"basics.tell", "basics.ask", "basics.answer"},
	Source: "Lamport, Time, Clocks, and the Ordering of Events in a Distributed System (CACM 1978); Fidge, Timestamps in Message-Passing Systems That Preserve the Partial Ordering (1988); Mattern, Virtual Time and Global States of Distributed Systems (1989); Fischer, Lynch & Paterson, Impossibility of Distributed Consensus with One Faulty Process (JACM 1985); Chandra & Toueg, Unreliable Failure Detectors for Reliable Distributed Systems (JACM 1996); Redis, Persistence (documentation)",
	Supports: func(c model.Command, _ policies.Params) bool {
		return c.Verb == model.SET && len(c.Args) == 2 || c.Verb == model.GET || c.Verb == model.DEL
	},
	New: newBasics,
}

// counts tells whether the clock is one that counts.
func counts(p policies.Params) bool { return p["clock"] == "lamport" || p["clock"] == "vector" }

// validPeer judges a command's first word: a node, or "*" where all are allowed.
func validPeer(all bool) func(words []string) error {
	return func(words []string) error {
		if _, ok := model.ParseNode(words[0]); ok || all && words[0] == "*" {
			return nil
		}
		want := "a node, as n2"
		if all {
			want += ", or * for all others"
		}
		return &policies.ChoiceError{Got: words[0], Want: want}
	}
}
