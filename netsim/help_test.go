package netsim

import (
	"fmt"
	"strings"
	"testing"

	"capsim/model"
)

// nothing is a Handler that ignores all.
type nothing struct{}

func (nothing) Deliver(model.MsgID, model.NodeID, model.NodeID)              {}
func (nothing) Timer(model.NodeID, uint32)                                   {}
func (nothing) Alarm(uint32)                                                 {}
func (nothing) Sent(model.MsgID, model.NodeID, model.NodeID, model.Time)     {}
func (nothing) Dropped(model.MsgID, model.NodeID, model.NodeID, string)      {}
func (nothing) Held(model.MsgID, model.NodeID, model.NodeID, string)         {}
func (nothing) Released(model.MsgID, model.NodeID, model.NodeID, model.Time) {}
func (nothing) LinkChanged(model.NodeID, model.NodeID, LinkState)            {}
func (nothing) HostChanged(model.NodeID, HostChange)                         {}
func (nothing) Size(model.MsgID) int                                         { return 0 }
func (nothing) Copied(id model.MsgID, _, _ model.NodeID) model.MsgID         { return id + 1<<20 }
func (nothing) Input(model.NodeID, uint32)                                   {}
func (nothing) Conditioned(model.NodeID, string)                             {}

// diary is a Handler that writes down what it is told, a line each.
type diary struct {
	net   *Net
	lines []string
	quiet bool        // no lines for Sent and LinkChanged
	size  int         // of each message, in bytes
	last  model.MsgID // of the copies
}

func (d *diary) Size(model.MsgID) int { return d.size }

func (d *diary) Copied(id model.MsgID, from, to model.NodeID) model.MsgID {
	d.last = max(d.last, 1000) + 1
	d.add("copied %d %v->%v as %d", id, from, to, d.last)
	return d.last
}
func (d *diary) Input(host model.NodeID, ref uint32)       { d.add("input %v %d", host, ref) }
func (d *diary) Conditioned(host model.NodeID, how string) { d.add("host %v %s", host, how) }

func (d *diary) add(format string, args ...any) {
	d.lines = append(d.lines, fmt.Sprintf("%v ", d.net.Now())+fmt.Sprintf(format, args...))
}

func (d *diary) Deliver(id model.MsgID, from, to model.NodeID) {
	d.add("deliver %d %v->%v", id, from, to)
}
func (d *diary) Timer(host model.NodeID, ref uint32) { d.add("timer %v %d", host, ref) }
func (d *diary) Alarm(ref uint32)                    { d.add("alarm %d", ref) }
func (d *diary) Sent(id model.MsgID, from, to model.NodeID, due model.Time) {
	if !d.quiet {
		d.add("sent %d %v->%v due %v", id, from, to, due)
	}
}

func (d *diary) Dropped(id model.MsgID, from, to model.NodeID, cause string) {
	d.add("dropped %d %v->%v: %s", id, from, to, cause)
}

func (d *diary) Held(id model.MsgID, from, to model.NodeID, cause string) {
	d.add("held %d %v->%v: %s", id, from, to, cause)
}

func (d *diary) Released(id model.MsgID, from, to model.NodeID, due model.Time) {
	d.add("released %d %v->%v due %v", id, from, to, due)
}

func (d *diary) LinkChanged(from, to model.NodeID, s LinkState) {
	if d.quiet {
		return
	}
	more := ""
	if s.Duplicate > 0 || s.Reorder > 0 || s.Bandwidth != "" || s.Flap != "" {
		more = fmt.Sprintf(" duplicate %v reorder %v bandwidth %q flap %q", s.Duplicate, s.Reorder, s.Bandwidth, s.Flap)
	}
	d.add("link %v->%v %v %q latency %q loss %v%s", from, to, s.Cut, s.Cause, s.Latency, s.Loss, more)
}
func (d *diary) HostChanged(host model.NodeID, c HostChange) { d.add("host %v %v", host, c) }

// take returns what was written since the last take.
func (d *diary) take() string {
	s := strings.Join(d.lines, "\n")
	d.lines = nil
	return s
}

// newDiary returns a network of so many hosts whose latency is 10 ms everywhere,
// and its diary.
func newDiary(hosts int) (*Net, *diary) {
	d := &diary{}
	d.net = New(Options{Hosts: hosts, Seed: 1, Latency: mustDist("const(10ms)")}, d)
	return d.net, d
}

// do runs a fault as a statement would.
func do(n *Net, statement string) error {
	words := strings.Fields(statement)
	// A distribution may have spaces, within its parentheses.
	if i := strings.Index(statement, "("); i >= 0 {
		head := strings.Fields(statement[:i])
		last := len(head) - 1
		words = append(head[:last:last], head[last]+statement[i:])
	}
	for _, f := range Faults {
		if f.Name == words[0] {
			act, err := f.Parse(Args{Words: words[1:], Hosts: n.Hosts()})
			if err != nil {
				return err
			}
			return act(n)
		}
	}
	return fmt.Errorf("no fault %q", words[0])
}

// must runs faults that have to work.
func must(t testing.TB, n *Net, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if err := do(n, s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// drain steps until nothing is pending before t, and moves the clock there.
func drain(n *Net, t model.Time) {
	for n.Next() <= t {
		n.Step()
	}
	n.AdvanceTo(t)
}

// same fails the test unless the diary's new lines are those wanted, blanks
// around them aside.
func same(t testing.TB, d *diary, want string) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(want), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	if got, want := d.take(), strings.Join(lines, "\n"); got != want {
		t.Errorf("got\n%s\n\nwant\n%s", got, want)
	}
}

const ms = model.Time(1_000_000)
