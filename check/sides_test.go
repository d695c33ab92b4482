package check

import (
	"testing"

	"capsim/model"
	"capsim/trace"
)

// cut cuts links both ways, or opens them.
func (p *tape) cut(how string, pairs ...[2]model.NodeID) {
	for _, ab := range pairs {
		for _, l := range [][2]model.NodeID{ab, {ab[1], ab[0]}} {
			p.event(trace.Event{Kind: trace.LinkChange, Node: l[0], Peer: l[1], Body: &trace.Link{Cut: how}})
		}
	}
}

func TestSidesAndWhatWasGivenUp(t *testing.T) {
	p := newTape(t, 3)
	p.play("alice@n1 SET a v1x\nalice wrote\nn1 a v1\nn2 a v1\nn3 a v1\nalice = OK\nbob@n2 GET a\nbob = v1x")
	wants(t, p.history(Options{}), "unknown available-sides ~ no healthy node received a request", "unknown pacelc ~ It is not all measured")
	one := p.log.Len()
	p.cut("drop", [2]model.NodeID{1, 2})
	p.play("bob@n2 GET a\nbob = v1x")
	wants(t, p.history(Options{}), "unknown available-sides") // there is a way round
	p.cut("drop", [2]model.NodeID{1, 3})
	p.play("bob@n2 SET a v2x\nbob wrote > v1\nn2 a v2\nn3 a v2\nbob = OK\nalice@n1 GET a\nalice !NOQUORUM")
	h := p.history(Options{})
	wants(t, h,
		"no available-sides ~ During partitions the majority side (n2 and n3) answered 1 of 1 request, and the minority side (n1) answered 0 of 1 request.",
		"yes available-sides majority", "no available-sides minority ~ was refused NOQUORUM",
		"yes pacelc PC/EC", "no pacelc PA/EL ~ PC/EC: ", "yes pacelc ~ none of 1 read was stale")
	p.play("alice@n1 GET a\nalice = v1x")
	wants(t, p.history(Options{}), "yes pacelc P/EC ~ first alice's GET a at n1", "yes available-sides majority")
	p.cut("", [2]model.NodeID{1, 2}, [2]model.NodeID{1, 3})
	p.play("alice@n1 GET a\nalice = v1x")
	wants(t, p.history(Options{}), "yes pacelc P/EC") // still the partition's doing
	p.play("carol@n3 SET a v3x\ncarol wrote > v2\nn3 a v3\ncarol = OK\nbob@n2 GET a\nbob = v2x")
	wants(t, p.history(Options{}), "yes pacelc P/EL ~ which missed carol's SET a v3x", "no available-sides")
	wants(t, p.history(Options{Until: one}), "unknown pacelc")
}

func TestMessageCost(t *testing.T) {
	h := history(t, lww)
	wants(t, h, "yes message-cost = 1 ~ 2 messages were sent for 2 operations: 1 each.", "no message-cost < 1", "yes message-cost > 0.9999", "yes message-cost <= 1.0")
	wants(t, history(t, "say x"), "unknown message-cost < 8")
	for _, s := range []string{"", "-1", "1.", ".5", "1.00001", "1e3", "x"} {
		if _, ok := parseRatio(s); ok {
			t.Errorf("%q is read", s)
		}
	}
}

// TestReadsThatNothingExplainMayBeStale, and the verdict says so.
func TestReadsThatNothingExplainMayBeStale(t *testing.T) {
	const dark = "alice@n1 SET a 1\nalice wrote\nn1 a v1\nn2 a v1\nalice = OK\nbob@n2 GET a\nbob = 7\n"
	wants(t, history(t, dark),
		"unknown stale-reads = 0 ~ 1 read can't be judged", "yes stale-reads <= 1", "no stale-reads > 1",
		"unknown staleness < 1s", "unknown version-staleness = 0", "unknown version-staleness <= 5")
	// Before any write was acknowledged nothing could be missed.
	wants(t, history(t, "bob@n2 GET a\nbob = 7\n"), "yes stale-reads = 0")
}

func TestVersionStaleness(t *testing.T) {
	wants(t, history(t, `
		alice@n1 SET a v1x
		alice wrote
		n1 a v1
		n2 a v1
		alice = OK
		alice@n1 SET a v2x
		alice wrote > v1
		n1 a v2
		alice = OK
		alice@n1 SET a v3x
		alice wrote > v2
		n1 a v3
		alice = OK
		bob@n2 GET a
		bob = v1x`), "yes version-staleness = 2 ~ 2 versions behind: the last acknowledged before it began was alice's SET a v3x", "no version-staleness <= 1", "yes stale-reads = 1")
}
