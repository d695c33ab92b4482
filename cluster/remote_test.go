package cluster_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"capsim/cluster"
	"capsim/cluster/store"
	"capsim/model"
	"capsim/policies"
	"capsim/trace"
)

// startRemote is a cluster with the remote client dora.
func startRemote(t *testing.T, spec *policies.Spec) *world {
	t.Helper()
	opener, err := store.Parse("memory")
	if err != nil {
		t.Fatal(err)
	}
	stores, err := opener.Open(3, "test")
	if err != nil {
		t.Fatal(err)
	}
	return startWith(t, cluster.Options{Policy: policies.Choice{Spec: spec}, Seed: 1, Stores: stores, Clients: []string{"dora"}})
}

// messages lists the messages of a kind and what became of them.
func (w *world) messages(kind string) []string {
	var out []string
	of := map[model.MsgID]int{}
	for _, e := range w.log.All() {
		switch i, ok := of[e.Msg]; {
		case e.Kind == trace.Send && e.Text == kind:
			of[e.Msg] = len(out)
			out = append(out, fmt.Sprintf("%v n%d->n%d", e.At, e.Node, e.Peer))
		case ok && (e.Kind == trace.Deliver || e.Kind == trace.Drop):
			out[i] += " " + strings.TrimSpace(e.Kind.String()+" "+e.Text)
		}
	}
	return out
}

func (w *world) through(t *testing.T, at time.Duration) {
	t.Helper()
	if err := w.RunThrough(model.Time(at)); err != nil {
		t.Fatal(err)
	}
}

func expectLines(t *testing.T, got []string, want ...string) {
	t.Helper()
	if a, b := strings.Join(got, "\n"), strings.Join(want, "\n"); a != b {
		t.Errorf("got\n%s\nwant\n%s", a, b)
	}
}

func TestARemoteClientsRequestTakesTheNetwork(t *testing.T) {
	w := startRemote(t, mirrorSpec)
	w.do(t, 0, "dora", 1, "SET k a")
	w.do(t, 0, "dora", 2, "PING")
	w.do(t, 0, "eve", 1, "GET k")
	w.through(t, time.Second)
	expectReturns(t, w, "0s #2 nil", "20ms #1 OK", "40ms #3 PONG")
	expectLines(t, w.messages(trace.RequestKind), "0s n4->n1 deliver", "20ms n4->n2 deliver")
	expectLines(t, w.messages(trace.ReplyKind), "10ms n1->n4 deliver", "30ms n2->n4 deliver")
	v := trace.NewFolder(3, w.log).View(w.log.Len())
	if v.Name(4) != "dora" || v.Name(3) != "n3" || v.Name(5) != "n5" || v.Host(4).State != trace.Up {
		t.Errorf("the hosts are called %s, %s, %s", v.Name(4), v.Name(3), v.Name(5))
	}
}

func TestARequestOrReplyThatIsLostEndsUnknown(t *testing.T) {
	w := startRemote(t, mirrorSpec)
	w.fault(t, 0, "cut dora->n1")
	w.do(t, 0, "dora", 1, "SET k a")
	w.fault(t, 1100*time.Millisecond, "heal")
	w.fault(t, 1100*time.Millisecond, "cut n1->dora hold")
	w.do(t, 1100*time.Millisecond, "dora", 1, "SET k b")
	w.fault(t, 2200*time.Millisecond, "crash n1")
	w.do(t, 2200*time.Millisecond, "dora", 1, "GET k")
	w.fault(t, 3300*time.Millisecond, "heal")
	w.do(t, 3300*time.Millisecond, "dora", 2, "GET k")
	w.through(t, 4*time.Second)
	expectReturns(t, w, "1s #1 unknown", "2.1s #2 unknown", "3.2s #3 unknown", "3.31s #2 OK late", "3.32s #4 b")
	expectLines(t, w.messages(trace.RequestKind),
		"0s n4->n1 drop cut dora->n1", "1.1s n4->n1 deliver", "2.2s n4->n1 drop n1 is down", "3.3s n4->n2 deliver")
}

// TestARequestIsExecutedWhenItArrives though its client has given up.
func TestARequestIsExecutedWhenItArrives(t *testing.T) {
	w := startRemote(t, mirrorSpec)
	w.fault(t, 0, "delay dora->n1 const(1.5s)")
	w.do(t, 0, "dora", 1, "SET k a")
	w.through(t, 2*time.Second)
	w.do(t, 2*time.Second, "bob", 1, "GET k")
	expectReturns(t, w, "1s #1 unknown", "1.51s #1 OK late", "2s #2 a")
}

func TestTheHostOfARemoteClient(t *testing.T) {
	w := startRemote(t, mirrorSpec)
	w.do(t, 0, "dora", 1, "SET k a")
	w.do(t, 0, "dora", 1, "SET k b")
	w.fault(t, 5*time.Millisecond, "crash dora")
	w.do(t, 100*time.Millisecond, "bob", 1, "GET k")
	w.fault(t, 200*time.Millisecond, "restart dora")
	w.fault(t, 215*time.Millisecond, "pause dora")
	w.do(t, 215*time.Millisecond, "dora", 1, "GET k")
	w.fault(t, 300*time.Millisecond, "resume dora")
	w.through(t, time.Second)
	expectReturns(t, w, "5ms #1 unknown", "100ms #2 a", "300ms #3 OK", "320ms #4 b")
	expectLines(t, w.messages(trace.ReplyKind), "10ms n1->n4 drop dora is down", "210ms n1->n4 deliver", "310ms n1->n4 deliver")
}

// TestSwitchingKnowsWhatIsUnderWay: a request that reached no node was not executed;
// one whose reply is under way may have been.
func TestSwitchingKnowsWhatIsUnderWay(t *testing.T) {
	for at, want := range map[time.Duration]string{
		5 * time.Millisecond: "5ms #1 refused SWITCHED", 15 * time.Millisecond: "15ms #1 unknown", 25 * time.Millisecond: "20ms #1 nil",
	} {
		w := startRemote(t, mirrorSpec)
		w.do(t, 0, "dora", 1, "GET k")
		w.through(t, at)
		if err := w.Switch(policies.Choice{Spec: mirrorSpec}); err != nil {
			t.Fatal(err)
		}
		w.through(t, 100*time.Millisecond)
		expectReturns(t, w, want)
	}
}

// broker is a client half that asks every node and answers with the first answer.
type broker struct{ op model.OpID }

type askMsg struct{ op model.OpID }

func (askMsg) Kind() string            { return "ask" }
func (askMsg) Writes() []model.OpID    { return nil }
func (b *broker) Start(e policies.Env) { e.Note("broker", "boot", e.Boot().String()) }

func (b *broker) Request(env policies.Env, req policies.Request) {
	if env.Store() != nil || env.N() != 3 || env.Self() != 4 {
		panic("a client half's environment")
	}
	b.op = req.Op
	for id := model.NodeID(1); int(id) <= env.N(); id++ {
		env.Send(id, askMsg{req.Op})
	}
	env.After(40*time.Millisecond, policies.Tag{})
}

func (b *broker) Receive(env policies.Env, from model.NodeID, _ policies.Message) {
	if b.op != 0 {
		env.Reply(b.op, model.Answered(model.Bulk(from.String())))
	}
	b.op = 0
}

func (b *broker) Timer(env policies.Env, _ policies.Tag) {
	if b.op != 0 {
		env.Reply(b.op, model.Refuse("NOQUORUM", "nobody answered"))
	}
	b.op = 0
}

// echo answers whoever asks.
type echo struct{ mirror }

func (echo) Receive(env policies.Env, from model.NodeID, msg policies.Message) { env.Send(from, msg) }

func TestAClientHalf(t *testing.T) {
	w := startRemote(t, &policies.Spec{
		Name: "broker", New: func(policies.Params) policies.Replica { return echo{} },
		NewClient: func(policies.Params) policies.Replica { return &broker{} },
	})
	w.fault(t, 0, "cut dora-n1")
	w.do(t, 0, "dora", 1, "GET k")
	w.do(t, 30*time.Millisecond, "dora", 1, "PING")
	w.fault(t, 1500*time.Millisecond, "partition dora | *")
	w.do(t, 1500*time.Millisecond, "dora", 1, "GET k")
	w.fault(t, 1600*time.Millisecond, "heal")
	w.do(t, 1600*time.Millisecond, "dora", 2, "WAIT 1 0")
	w.fault(t, 1600*time.Millisecond, "crash dora")
	w.fault(t, 1600*time.Millisecond, "restart dora")
	w.through(t, 2*time.Second)
	expectReturns(t, w, "20ms #1 n2", "1.03s #2 unknown", "1.54s #3 refused NOQUORUM", "1.6s #4 refused UNSUPPORTED")
	var boots []string
	for _, e := range w.log.All() {
		if e.Kind == trace.Note {
			boots = append(boots, e.Fields().Get("boot"))
		}
	}
	expectLines(t, boots, "first", "restart")
}

// TestARequestIsTakenOnce however often the network brings it, and its answer heard once.
func TestARequestIsTakenOnce(t *testing.T) {
	w := startRemote(t, mirrorSpec)
	w.fault(t, 0, "duplicate *-* 100%")
	w.do(t, 0, "dora", 1, "SET k a")
	w.through(t, time.Second)
	expectReturns(t, w, "20ms #1 OK")
	wrote, copies := 0, map[string]int{}
	for _, e := range w.log.All() {
		switch {
		case e.Kind == trace.Wrote:
			wrote++
		case e.Kind == trace.Send && e.Key != "":
			copies[e.Text]++
		}
	}
	if wrote != 1 || copies[trace.RequestKind] != 1 || copies[trace.ReplyKind] != 1 || copies["copy"] != 2 {
		t.Errorf("it wrote %d times; copies: %v", wrote, copies)
	}
}

// TestASlowNodeTakesRequestsOneByOne, messages and timers among them.
func TestASlowNodeTakesRequestsOneByOne(t *testing.T) {
	w := startRemote(t, mirrorSpec)
	w.fault(t, time.Millisecond, "slow n1 +5ms")
	w.do(t, 2*time.Millisecond, "alice", 1, "GET k")
	w.do(t, 2*time.Millisecond, "bob", 1, "GET k")
	w.do(t, 2*time.Millisecond, "dora", 1, "GET k")
	w.fault(t, 8*time.Millisecond, "slow n1 off")
	w.through(t, time.Second)
	expectReturns(t, w, "7ms #1 nil", "12ms #2 nil", "22ms #3 nil")
}

// twoClocks answers with how far the node's wall clock is from its monotonic one.
type twoClocks struct{ mirror }

func (twoClocks) Request(env policies.Env, req policies.Request) {
	env.Reply(req.Op, model.Answered(model.Bulk(env.Now().Sub(env.Monotonic()).String()+" "+env.Monotonic().String())))
}

// TestTheMonotonicClockNeverJumps, but drifts as the wall clock does.
func TestTheMonotonicClockNeverJumps(t *testing.T) {
	w := startRemote(t, &policies.Spec{
		Name: "clocks", New: func(policies.Params) policies.Replica { return twoClocks{} },
		Supports: func(model.Command, policies.Params) bool { return true },
	})
	ask := func(at time.Duration, fault string) {
		w.through(t, at)
		if fault != "" {
			w.fault(t, at, fault)
		}
		w.do(t, at, "alice", 1, "GET k")
	}
	ask(time.Second, "")
	ask(2*time.Second, "skew n1 +1h")
	ask(3*time.Second, "skew n1 -500ms")
	w.fault(t, 3*time.Second, "drift n1 100000ppm")
	ask(4*time.Second, "")
	w.fault(t, 4*time.Second, "crash n1")
	ask(5*time.Second, "restart n1")
	expectReturns(t, w, `1s #1 "0s 1s"`, `2s #2 "1h0m0s 2s"`, `3s #3 "-500ms 3s"`, `4s #4 "-500ms 4.1s"`, `5s #5 "-500ms 5.2s"`)
}

// TestClocksOfNodes: a replica reads the clock of its own host.
func TestClocksOfNodes(t *testing.T) {
	w := startRemote(t, mirrorSpec)
	w.through(t, time.Second)
	w.fault(t, time.Second, "skew n2 +500ms")
	w.do(t, time.Second, "alice", 2, "SET k a")
	w.through(t, 2*time.Second)
	for _, e := range w.log.All() {
		if e.Kind == trace.Applied && e.Record() != nil {
			if wall := e.Record().Heads[0].Stamp.Wall; wall != model.Time(1500*time.Millisecond) {
				t.Errorf("n2 stamps %v", wall)
			}
		}
	}
}
