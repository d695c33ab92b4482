package export

import (
	"strings"
	"testing"

	"capsim/model"
	"capsim/trace"
)

// factLog is a log of what holders and transactions say of themselves.
func factLog(events ...trace.Event) *trace.Log {
	l := &trace.Log{}
	for _, e := range events {
		l.Append(e)
	}
	return l
}

func storyOf(nodes int, l *trace.Log) string {
	x := trace.NewIndex()
	x.Extend(l)
	var b strings.Builder
	for _, line := range Story(nodes, l, x) {
		b.WriteString(line.Tone.String() + ": " + line.Text + "\n")
	}
	return b.String()
}

// A note tells a fact better, but not that somebody else holds the same.
func TestNotesBeforeFacts(t *testing.T) {
	l := factLog(
		trace.Event{At: 2, Kind: trace.Note, Node: 1, Text: "lab.held", Body: trace.Fields{"says", "alice has it until 9 s."}},
		trace.Event{At: 2, Kind: trace.Acquire, Node: 1, Key: "printer", Text: "alice"},
		trace.Event{At: 3, Kind: trace.Note, Node: 2, Text: "lab.held", Body: trace.Fields{"says", "bob has it until 10 s."}},
		trace.Event{At: 3, Kind: trace.Acquire, Node: 2, Key: "printer", Text: "bob"},
	)
	want := `plain: alice has it until 9 s.
plain: bob has it until 10 s.
bad: bob at n2 holds printer from here on, and alice believes to hold it, too.
`
	if got := storyOf(3, l); got != want {
		t.Errorf("told is\n%s", got)
	}
}

func TestFactsAreTold(t *testing.T) {
	l := factLog(
		trace.Event{At: 1, Kind: trace.NodeBoot, Node: 4, N: 1, Text: "first", Key: "alice"},
		trace.Event{At: 2, Kind: trace.Acquire, Node: 4, Key: "printer", Text: "alice", N: 33},
		trace.Event{At: 3, Kind: trace.Acquire, Node: 2, Key: "printer", Text: "bob", N: 34},
		trace.Event{At: 4, Kind: trace.Access, Node: 1, Key: "printer", Text: "bob", N: 34},
		trace.Event{At: 5, Kind: trace.Access, Node: 1, Key: "printer", Text: "alice", N: 33},
		trace.Event{At: 6, Kind: trace.Relinquish, Node: 4, Key: "printer", Text: "alice"},
		trace.Event{At: 7, Kind: trace.HostChange, Node: 2, Text: "crashed"},
		trace.Event{At: 8, Kind: trace.Acquire, Node: 4, Key: "printer", Text: "alice"},
		trace.Event{At: 9, Kind: trace.Effect, Node: 1, Key: "order", Text: "stock", N: 2},
		trace.Event{At: 9, Kind: trace.Effect, Node: 1, Key: "order", Text: "stock", N: -2},
		trace.Event{At: 10, Kind: trace.Commit, Node: 1, Key: "order"},
		trace.Event{At: 11, Kind: trace.Abort, Node: 2, Key: "order\x1b[2J"},
		trace.Event{At: 12, Kind: trace.Mark, Node: 2, Text: "L=4"},
	)
	want := `quiet: alice holds printer from here on, with the fencing token 33.
bad: bob at n2 holds printer from here on, with the fencing token 34, and alice believes to hold it, too.
quiet: A write by bob to printer takes effect, with the fencing token 34.
bad: A write by alice to printer takes effect, with the fencing token 33, after one with the token 34.
quiet: alice holds printer no more.
quiet: alice holds printer from here on.
quiet: At n1 the part stock of order takes effect (+2).
quiet: At n1 the part stock of order is taken back (-2).
quiet: n1 takes order as committed.
quiet: n2 takes "order\x1b[2J" as aborted.
`
	if got := storyOf(3, l); got != want {
		t.Errorf("told is\n%s", got)
	}
}

// A note with a sentence of its own tells a fact of its host and instant better, if it stands
// before it; one of another host or instant does not.
func TestNotesTellFactsBetter(t *testing.T) {
	note := func(at model.Time, node model.NodeID) trace.Event {
		return trace.Event{At: at, Kind: trace.Note, Node: node, Text: "x.y", Body: trace.Fields{"says", "It is so."}}
	}
	commit := trace.Event{At: 5, Kind: trace.Commit, Node: 1, Key: "order"}
	const fact = "n1 takes order as committed."
	for name, tt := range map[string]struct {
		log  *trace.Log
		told bool
	}{
		"before":  {factLog(note(5, 1), commit), false},
		"between": {factLog(note(5, 1), trace.Event{At: 5, Kind: trace.Send, Node: 1, Peer: 2, Msg: 1}, commit), false},
		"after":   {factLog(commit, note(5, 1)), true},
		"earlier": {factLog(note(4, 1), commit), true},
		"later":   {factLog(commit, note(6, 1)), true},
		"other":   {factLog(commit, note(5, 2)), true},
		"mute":    {factLog(commit, trace.Event{At: 5, Kind: trace.Note, Node: 1, Text: "x.y"}), true},
	} {
		if got := storyOf(3, tt.log); strings.Contains(got, fact) != tt.told {
			t.Errorf("%s: told is\n%s", name, got)
		}
	}
}

// Why: a node says of itself what it last said, and what it holds still.
func TestWhyOfFacts(t *testing.T) {
	l := factLog(
		trace.Event{At: 1, Kind: trace.Mark, Node: 1, Text: "leader"},
		trace.Event{At: 2, Kind: trace.Acquire, Node: 1, Key: "a", Text: "n1"},
		trace.Event{At: 3, Kind: trace.Acquire, Node: 1, Key: "b", Text: "n1", N: 7},
		trace.Event{At: 4, Kind: trace.Relinquish, Node: 1, Key: "a", Text: "n1"},
	)
	x := trace.NewIndex()
	x.Extend(l)
	m := Moment{Log: l, Index: x, Folder: trace.NewFolder(3, l), Nodes: 3, Timeout: 1, N: l.Len()}
	got := strings.Join(m.Explain(Subject{Kind: NodeSubject, Node: 1}).Text(), "\n")
	for _, want := range []string{"It says of itself since 0.000 s: leader.", "n1 holds b since 0.000 s, with the fencing token 7.", "n1 believes from here on that it holds b"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if strings.Contains(got, "holds a since") {
		t.Errorf("it holds what it gave back:\n%s", got)
	}
	for n := 1; n <= l.Len(); n++ {
		if text := m.Explain(Subject{Kind: EventSubject, Event: n}).Text(); strings.Contains(text[1], ": "+l.At(n).Kind.String()+".") {
			t.Errorf("event %d is told by its kind alone: %q", n, text[1])
		}
	}
}
