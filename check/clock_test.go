package check

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"capsim/model"
	"capsim/trace"
)

// clocked is a log of random events at three nodes, with clocks that are right or not, and
// the truth kept apart: which of its events leads directly to which.
type clocked struct {
	*tape
	r      *rand.Rand
	kind   string
	faulty bool // some clocks say something else
	now    [4][]int64
	last   [4]int         // newest mark of a node, index into marks
	heard  [4][]int       // marks known at the node by messages, since its newest mark
	wire   map[int]packet // by message
	msg    int
	marks  []int    // event numbers
	edges  [][2]int // of marks
}

type packet struct {
	to    int
	known []int
	stamp []int64
}

func newClocked(t testing.TB, seed uint64) *clocked {
	c := &clocked{tape: newTape(t, 3), r: rand.New(rand.NewPCG(seed, 0xc10c)), wire: map[int]packet{}}
	c.kind = []string{"L", "V", "T"}[c.r.IntN(3)]
	c.faulty = c.r.IntN(2) == 0
	for i := range c.now {
		c.now[i], c.last[i] = make([]int64, 3), -1
	}
	return c
}

func (c *clocked) mark(n int) {
	switch c.kind {
	case "L":
		c.now[n][0]++
	case "V":
		c.now[n][n-1]++
	case "T": // with skews of a few events
		c.now[n][0] = int64(c.log.Len()) + int64(n)*int64(c.r.IntN(3))
	}
	shown := append([]int64(nil), c.now[n]...)
	if c.faulty && c.r.IntN(12) == 0 {
		shown[c.r.IntN(3)] += int64(c.r.IntN(5) - 2)
	}
	text := fmt.Sprintf("%s=%d", c.kind, shown[0])
	if c.kind == "V" {
		text = fmt.Sprintf("V=%d", shown)
	}
	if c.kind == "T" {
		text += "ms"
	}
	i := len(c.marks)
	c.marks = append(c.marks, c.event(trace.Event{Kind: trace.Mark, Node: model.NodeID(n), Key: "stamp", Text: text}))
	for _, cause := range append(c.heard[n], c.last[n]) {
		if cause >= 0 {
			c.edges = append(c.edges, [2]int{cause, i})
		}
	}
	c.last[n], c.heard[n] = i, nil
}

func (c *clocked) run(events int) {
	for range events {
		n := 1 + c.r.IntN(3)
		switch c.r.IntN(4) {
		case 0:
			c.mark(n)
		case 1, 2:
			if c.r.IntN(5) > 0 { // some messages are sent without an event
				c.mark(n)
			}
			c.msg++
			to := 1 + c.r.IntN(3)
			known := append([]int{c.last[n]}, c.heard[n]...)
			c.wire[c.msg] = packet{to, known, append([]int64(nil), c.now[n]...)}
			c.event(trace.Event{Kind: trace.Send, Msg: model.MsgID(c.msg), Node: model.NodeID(n), Peer: model.NodeID(to)})
		case 3:
			c.arrive(1 + c.r.IntN(c.msg+1))
		}
	}
}

func (c *clocked) arrive(msg int) {
	p, ok := c.wire[msg]
	if !ok {
		return
	}
	delete(c.wire, msg)
	c.event(trace.Event{Kind: trace.Deliver, Msg: model.MsgID(msg), Node: model.NodeID(p.to)})
	c.heard[p.to] = append(c.heard[p.to], p.known...)
	if c.kind != "T" {
		for i, v := range p.stamp {
			c.now[p.to][i] = max(c.now[p.to][i], v)
		}
	}
	if c.r.IntN(5) > 0 {
		c.mark(p.to)
	}
}

// judged compares all pairs of events by the definition, chains found one link at a time.
func (c *clocked) judged() (condition, causality bool) {
	n := len(c.marks)
	leads := make([][]bool, n)
	for i := range leads {
		leads[i] = make([]bool, n)
	}
	for _, e := range c.edges {
		leads[e[0]][e[1]] = true
	}
	for k := range n {
		for i := range n {
			for j := range n {
				leads[i][j] = leads[i][j] || leads[i][k] && leads[k][j]
			}
		}
	}
	condition, causality = true, true
	for i := range n {
		for j := range n {
			less := c.smaller(i, j)
			condition = condition && (!leads[i][j] || less)
			causality = causality && (i == j || leads[i][j] == less)
		}
	}
	return condition, causality
}

// smaller reads two stamps anew, by their text.
func (c *clocked) smaller(i, j int) bool {
	read := func(i int) (ns []int) {
		text := strings.TrimSuffix(c.log.At(c.marks[i]).Text, "ms")
		for _, w := range strings.Fields(strings.Trim(text[2:], "[]")) {
			var v int
			if _, err := fmt.Sscan(w, &v); err != nil {
				c.t.Fatal(err)
			}
			ns = append(ns, v)
		}
		return ns
	}
	a, b := read(i), read(j)
	below := false
	for k := range a {
		if a[k] > b[k] {
			return false
		}
		below = below || a[k] < b[k]
	}
	return below
}

// TestClocksAgainstTheDefinition judges random logs, with clocks that are right and such as
// are not, as the definition does with all pairs.
func TestClocksAgainstTheDefinition(t *testing.T) {
	came := map[string]int{}
	for seed := range uint64(1200) {
		c := newClocked(t, seed)
		c.run(2 + c.r.IntN(1+int(seed%40)))
		condition, causality := c.judged()
		h := c.history(Options{})
		if len(c.marks) == 0 {
			wants(t, h, "unknown clock-condition ~ Nothing to judge", "unknown clock-causality")
			continue
		}
		for _, v := range []struct {
			check string
			want  bool
		}{{"clock-condition", condition}, {"clock-causality", causality}} {
			f := judge(t, h, v.check)
			if f.Verdict != verdictOf(v.want) {
				t.Fatalf("seed %d: %s: %v (%s), want %v", seed, v.check, f.Verdict, f.Witness, v.want)
			}
			came[fmt.Sprint(c.kind, c.faulty, v.check, v.want)]++
		}
		if condition && !causality && c.kind == "V" && !c.faulty || !condition && c.kind != "T" && !c.faulty {
			t.Fatalf("seed %d: a right clock %s is judged wrong", seed, c.kind)
		}
	}
	for _, kind := range []string{"L", "V", "T"} {
		for _, check := range []string{"clock-condition", "clock-causality"} {
			for _, v := range []bool{false, true} {
				if came[fmt.Sprint(kind, true, check, v)] == 0 {
					t.Errorf("no log with clocks %s had %s %v", kind, check, v)
				}
			}
		}
	}
}

// What no clock says, or something that is no stamp, is not judged; nor what another policy's
// clocks said.
func TestClocksWitness(t *testing.T) {
	stamp := func(p *tape, node model.NodeID, text string) {
		p.event(trace.Event{Kind: trace.Mark, Node: node, Key: "stamp", Text: text})
	}
	p := newTape(t, 3)
	p.event(trace.Event{Kind: trace.Mark, Node: 1, Text: "leader"})
	wants(t, p.history(Options{}), "unknown clock-condition ~ no event bears a stamp")
	stamp(p, 1, "L=1")
	stamp(p, 1, "L=2")
	stamp(p, 2, "L=1")
	wants(t, p.history(Options{}), "yes clock-condition", "no clock-causality ~ L=1 at n2 (#4) is smaller than L=2 at n1 (#3), though neither")
	stamp(p, 2, "L=1")
	wants(t, p.history(Options{}), "no clock-condition ~ L=1 at n2 (#4) is not smaller than L=1 at n2 (#5), though it happened before it")
	p.play("policy basics")
	stamp(p, 2, "L=1")
	wants(t, p.history(Options{}), "yes clock-condition", "yes clock-causality")
	stamp(p, 2, "L=two")
	wants(t, p.history(Options{}), `unknown clock-condition ~ "L=two"`)
}

func TestReadings(t *testing.T) {
	for _, text := range []string{"", "L", "L=", "V=[", "V=[]", "V=[1", "V=[1 x]", "L=1 2", "T=5"} {
		if r, ok := parseReading(text); ok && text != "T=5" {
			t.Errorf("%q reads as %v", text, r)
		}
	}
	less := [][2]string{{"L=1", "L=2"}, {"T=999ms", "T=1s"}, {"V=[1 0]", "V=[1 1]"}}
	not := [][2]string{{"L=2", "L=2"}, {"V=[1 0]", "V=[0 1]"}, {"V=[1]", "V=[1 2]"}, {"L=1", "V=[2]"}}
	for i, pair := range append(less, not...) {
		a, aok := parseReading(pair[0])
		b, bok := parseReading(pair[1])
		if !aok || !bok || a.before(b) != (i < len(less)) {
			t.Errorf("%v: %v", pair, a.before(b))
		}
	}
}

// A lab's own command may reply with a list whose order is what it says.
func TestReplyOfALabKeepsItsOrder(t *testing.T) {
	p := newTape(t, 3)
	for i, c := range []model.Command{
		{Verb: model.CALL, Args: []string{"LOG"}}, {Verb: model.SMEMBERS, Args: []string{"set"}},
	} {
		id := model.OpID(i + 1)
		p.event(trace.Event{Kind: trace.Invoke, Op: id, Node: 1, Body: &trace.Call{Client: "alice", Command: c}})
		res := model.Answered(model.List([]string{"b", "a"}))
		p.event(trace.Event{Kind: trace.Return, Op: id, Node: 1, Body: &res})
		if i == 0 {
			wants(t, p.history(Options{}), "yes reply alice = [b a]", "no reply alice = [a b]", "yes reply alice != [a b]")
		} else {
			wants(t, p.history(Options{}), "yes reply alice = [b a]", "yes reply alice = [a b]")
		}
	}
}
