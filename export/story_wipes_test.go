package export

import (
	"strings"
	"testing"
	"time"

	"capsim/model"
	"capsim/trace"
)

func (p *tape) host(n model.NodeID, change string) *tape {
	p.add(trace.Event{Kind: trace.HostChange, Node: n, Text: change})
	return p
}

// lossOf is an acknowledged write that its node alone has when its disk is emptied.
func lossOf() *tape {
	p := newTape()
	w := p.set("alice", 1, "cart", "milk")
	p.drop(p.send(w, 1, 2), 1, 2, "partition n1 | *")
	p.wait(time.Second).say("crash n1 wipe").host(1, "wiped")
	return p
}

// lossLines are the lines from the wipe on, each with its tone.
func lossLines(p *tape) string {
	var out []string
	for _, l := range story(p.l) {
		if l.At >= model.Time(time.Second) {
			out = append(out, l.Tone.String()+": "+l.Text)
		}
	}
	return strings.Join(out, "\n")
}

func TestWipes(t *testing.T) {
	const crash = "fault: n1 crashes and its disk is emptied: what only it held is gone.\n"
	const loss = crash + "bad: With n1's disk alice's SET cart milk (v1) is gone: it was acknowledged, and no other node and no message under way has it.\n" +
		"quiet: All nodes that are up hold nothing of cart, 1.0 s after they first differed."
	back := func(p *tape) *tape {
		return p.wait(time.Second).host(1, "restarted")
	}
	tests := map[string]struct {
		build func() *tape
		want  string
	}{
		"an acknowledged write is gone": {lossOf, loss},
		"read where it was": {func() *tape {
			p := back(lossOf())
			p.read("bob", 1, "cart", model.Reply{})
			return p
		}, loss + "\nbad: bob reads cart at n1: nil, nothing, 2.0 s after alice's milk (v1) was acknowledged at n1: " +
			"stale; n1 itself acknowledged it, and lost it with its disk 1.0 s ago; no other node has it."},
		"read elsewhere": {func() *tape {
			p := back(lossOf())
			p.read("bob", 2, "cart", model.Reply{})
			return p
		}, loss + "\nbad: bob reads cart at n2: nil, nothing, 2.0 s after alice's milk (v1) was acknowledged at n1: " +
			"stale; no node has it any more."},
		"written anew": {func() *tape {
			p := back(lossOf())
			w := p.set("alice", 1, "cart", "eggs")
			p.wait(time.Second).apply(w, 2, "cart")
			p.apply(w, 3, "cart")
			return p
		}, loss + "\nplain: alice sets cart to eggs (v2) at n1: acknowledged at once by n1 alone; the copies for the others follow." +
			"\ngood: cart has converged: every node that is up holds eggs (v2), 1.0 s after they first differed."},
		"another has it": {func() *tape {
			p := newTape()
			w := p.set("alice", 1, "cart", "milk")
			p.apply(w, 2, "cart")
			p.wait(time.Second).say("crash n1 wipe").host(1, "wiped").host(2, "crashed").host(1, "restarted")
			p.read("bob", 1, "cart", model.Reply{})
			return p
		}, crash + "quiet: All nodes that are up hold nothing of cart, 1.0 s after they first differed.\n" +
			"bad: bob reads cart at n1: nil, nothing, 1.0 s after alice's milk (v1) was acknowledged at n1: " +
			"stale; n1 itself acknowledged it, lost it with its disk 0 ms ago, and has not got it again."},
		"a log has it": {func() *tape {
			p := newTape()
			w := p.set("alice", 1, "cart", "milk")
			p.deliver(p.send(w, 1, 2), 1, 2)
			p.wait(time.Second).say("crash n1 wipe").host(1, "wiped")
			return p
		}, crash + "quiet: All nodes that are up hold nothing of cart, 1.0 s after they first differed."},
		"a message had it, and was lost": {func() *tape {
			p := newTape()
			w := p.set("alice", 1, "cart", "milk")
			m := p.send(w, 1, 2)
			p.wait(time.Second).say("crash n1 wipe").host(1, "wiped").drop(m, 1, 2, "loss")
			p.host(2, "crashed").host(2, "restarted")
			other := p.invoke("carol", 2, "SET cart tea")
			p.place(other, 2, "cart", "tea")
			p.apply(other, 3, "cart")
			return p
		}, crash + "quiet: All nodes that are up hold nothing of cart, 1.0 s after they first differed.\n" +
			"quiet: The copy of milk (v1) for n2 is lost: loss.\n" +
			"bad: All nodes that are up hold tea (v2) of cart, 0 ms after they first differed, but alice's SET cart milk (v1), which was acknowledged, is gone."},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := lossLines(tt.build()); got != tt.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, tt.want)
			}
		})
	}
}

// Many that were never sent are counted, not listed.
func TestSkippedIsOneLine(t *testing.T) {
	p := newTape()
	for range 12 {
		p.add(trace.Event{Kind: trace.Skipped, Text: "carol", Key: "GET cart"})
	}
	lines := story(p.l)
	if want := "12 operations were never sent: their clients still waited when the run ended."; len(lines) != 1 || lines[0].Text != want {
		t.Errorf("got %+v", lines)
	}
}
