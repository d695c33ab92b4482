package cluster_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"capsim/cluster"
	"capsim/cluster/store"
	"capsim/model"
	"capsim/netsim"
	"capsim/policies"
	"capsim/trace"
)

// mirror is a small policy for these tests: a node applies a write, sends it to
// all others, and answers GET at once but SET only when n1 has echoed it.
type mirror struct{}

type copyMsg struct {
	op   model.OpID
	key  string
	rec  *model.Record
	echo bool
}

func (m copyMsg) Kind() string         { return "copy" }
func (m copyMsg) Writes() []model.OpID { return []model.OpID{m.op} }

func (mirror) Start(env policies.Env) {
	env.Serving()
	for _, k := range env.Store().Keys() {
		env.Applied(k, env.Store().Record(k))
	}
	env.After(50*time.Millisecond, policies.Tag{Kind: 1})
}

func (mirror) Request(env policies.Env, req policies.Request) {
	key := req.Command.Key()
	old := env.Store().Record(key)
	var fx model.Effects
	reply := model.Apply(req.Command, func(string) model.Value { return old.Value() }, &fx)
	if len(fx.List) == 0 {
		env.Reply(req.Op, model.Answered(reply))
		return
	}
	actor := model.Actor{Node: env.Self(), Life: 1}
	w := model.Write{
		Op: req.Op, Effect: fx.List[0], Stamp: model.Stamp{Wall: env.Now(), Actor: actor},
		Dot: model.Dot{Actor: actor, N: old.Vector().Of(actor) + 1},
	}
	rec, over := old.Write(w, model.Registers)
	env.Store().PutRecord(key, rec)
	env.Begun(req.Op)
	env.Wrote(req.Op, key, over)
	env.Applied(key, rec)
	for id := model.NodeID(1); int(id) <= env.N(); id++ {
		if id != env.Self() {
			env.Send(id, copyMsg{op: req.Op, key: key, rec: rec})
		}
	}
	if env.Self() == 1 {
		env.Reply(req.Op, model.Answered(reply))
	}
}

func (mirror) Receive(env policies.Env, from model.NodeID, m policies.Message) {
	msg := m.(copyMsg)
	if msg.echo {
		env.Reply(msg.op, model.Answered(model.OK))
		return
	}
	env.Store().PutRecord(msg.key, msg.rec)
	env.Applied(msg.key, msg.rec)
	if env.Self() == 1 {
		env.Send(from, copyMsg{op: msg.op, echo: true})
	}
}

func (mirror) Timer(env policies.Env, tag policies.Tag) { env.Count("ticks", 1) }

var mirrorSpec = &policies.Spec{Name: "mirror", New: func(policies.Params) policies.Replica { return mirror{} }}

type world struct {
	*cluster.Cluster
	log    *trace.Log
	stores store.Cluster
	remote []string
}

func start(t *testing.T, seed int64) *world {
	t.Helper()
	opener, err := store.Parse("memory")
	if err != nil {
		t.Fatal(err)
	}
	stores, err := opener.Open(3, "test")
	if err != nil {
		t.Fatal(err)
	}
	return startOn(t, seed, stores)
}

func startOn(t *testing.T, seed int64, stores store.Cluster) *world {
	t.Helper()
	return startWith(t, cluster.Options{Policy: policies.Choice{Spec: mirrorSpec}, Seed: seed, Stores: stores})
}

// startWith fills in what the options leave out.
func startWith(t *testing.T, o cluster.Options) *world {
	t.Helper()
	log := &trace.Log{}
	latency, err := netsim.ParseDist("const(10ms)")
	if err != nil {
		t.Fatal(err)
	}
	o.Nodes, o.Latency, o.Timeout, o.Log = 3, latency, time.Second, log
	c, err := cluster.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return &world{c, log, o.Stores, o.Clients}
}

func (w *world) do(t *testing.T, at time.Duration, client string, node model.NodeID, words string) {
	t.Helper()
	if err := w.RunThrough(model.Time(at)); err != nil {
		t.Fatal(err)
	}
	cmd, err := model.ParseCommand(strings.Fields(words))
	if err != nil {
		t.Fatal(err)
	}
	w.Invoke(client, node, cmd)
}

func (w *world) fault(t *testing.T, at time.Duration, words string) {
	t.Helper()
	if err := w.RunThrough(model.Time(at)); err != nil {
		t.Fatal(err)
	}
	if err := w.Act(words, func() error { return faultAction(t, words, w.remote...)(w.Net()) }); err != nil {
		t.Fatal(err)
	}
}

func faultAction(t *testing.T, words string, remote ...string) netsim.Action {
	t.Helper()
	f := strings.Fields(words)
	for _, spec := range netsim.Faults {
		if spec.Name == f[0] {
			a, err := spec.Parse(netsim.Args{Words: f[1:], Hosts: 3 + len(remote), Names: remote})
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
	}
	t.Fatalf("no fault %s", f[0])
	return nil
}

// returns lists how operations ended, in the order of the log.
func (w *world) returns() []string {
	var out []string
	for _, e := range w.log.All() {
		if e.Kind == trace.Return {
			late := ""
			if e.N == 1 {
				late = " late"
			}
			out = append(out, fmt.Sprintf("%v #%d %v%s", e.At, e.Op, e.Result(), late))
		}
	}
	return out
}

func expectReturns(t *testing.T, w *world, want ...string) {
	t.Helper()
	if got := strings.Join(w.returns(), "\n"); got != strings.Join(want, "\n") {
		t.Errorf("returns:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
	}
}

func TestClientsWaitTheirTurn(t *testing.T) {
	w := start(t, 1)
	w.do(t, 0, "alice", 2, "SET k a")
	w.do(t, 0, "alice", 2, "SET k b")
	w.do(t, 0, "bob", 2, "GET k")
	if err := w.RunThrough(model.Time(time.Second)); err != nil {
		t.Fatal(err)
	}
	// Alice's second SET starts when the first was echoed, 20 ms later.
	expectReturns(t, w, "0s #2 a", "20ms #1 OK", "40ms #3 OK")
}

func TestUnansweredIsUnknownAndALateAnswerChangesNothing(t *testing.T) {
	w := start(t, 1)
	w.fault(t, 0, "cut n1->n2 hold")
	w.do(t, 0, "alice", 2, "SET k a")
	w.fault(t, 1500*time.Millisecond, "heal")
	if err := w.RunThrough(model.Time(2 * time.Second)); err != nil {
		t.Fatal(err)
	}
	expectReturns(t, w, "1s #1 unknown", "1.51s #1 OK late")
}

func TestACrashedNodeRefusesAndItsClientsDoNotKnow(t *testing.T) {
	w := start(t, 1)
	w.do(t, 0, "alice", 2, "SET k a")
	w.fault(t, 5*time.Millisecond, "crash n2")
	w.do(t, 6*time.Millisecond, "bob", 2, "GET k")
	w.fault(t, 100*time.Millisecond, "restart n2")
	w.do(t, 101*time.Millisecond, "bob", 2, "GET k")
	w.fault(t, 200*time.Millisecond, "crash n2 wipe")
	w.fault(t, 201*time.Millisecond, "restart n2")
	w.do(t, 202*time.Millisecond, "bob", 2, "GET k")
	expectReturns(t, w, "5ms #1 unknown", "6ms #2 refused DOWN", "101ms #3 a", "202ms #4 nil")
}

func TestAPausedNodeAnswersWhenItGoesOn(t *testing.T) {
	w := start(t, 1)
	w.fault(t, 0, "pause n1")
	w.do(t, 1*time.Millisecond, "alice", 1, "GET k")
	w.do(t, 1*time.Millisecond, "bob", 2, "SET k b")
	w.fault(t, 300*time.Millisecond, "resume n1")
	if err := w.RunThrough(model.Time(time.Second)); err != nil {
		t.Fatal(err)
	}
	expectReturns(t, w, "300ms #1 nil", "310ms #2 OK")
}

func TestSwitchingEndsWhatIsInFlight(t *testing.T) {
	w := start(t, 1)
	w.fault(t, 0, "pause n3")
	w.do(t, 1*time.Millisecond, "alice", 2, "SET k a")
	w.do(t, 1*time.Millisecond, "bob", 3, "GET k")
	if err := w.RunThrough(model.Time(5 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if err := w.Switch(policies.Choice{Spec: mirrorSpec}); err != nil {
		t.Fatal(err)
	}
	w.fault(t, 50*time.Millisecond, "resume n3")
	w.do(t, 60*time.Millisecond, "bob", 1, "GET k")
	expectReturns(t, w, "5ms #1 unknown", "5ms #2 refused SWITCHED", "60ms #3 nil")
	drops := 0
	for _, e := range w.log.All() {
		if e.Kind == trace.Drop && strings.Contains(e.Text, "switched") {
			drops++
		}
	}
	if drops != 2 {
		t.Errorf("%d messages died with their policy, want 2", drops)
	}
}

func TestStatementsComeBeforeTheirEffectsAndFailuresLeaveNone(t *testing.T) {
	w := start(t, 1)
	w.fault(t, 0, "crash n1")
	n := w.log.Len()
	if err := w.Act("crash n1", func() error { return faultAction(t, "crash n1")(w.Net()) }); err == nil {
		t.Error("n1 crashed twice")
	}
	if w.log.Len() != n {
		t.Error("a statement that failed left events")
	}
	for i := 1; i < n; i++ {
		if w.log.At(i).Kind == trace.Statement && w.log.At(i+1).Kind != trace.HostChange {
			t.Errorf("after the statement came %v", w.log.At(i+1).Kind)
		}
	}
}

// failing is a store that stops answering at the n-th commit.
type failing struct {
	store.Cluster
	left *int
}

type failingNode struct {
	store.Node
	left *int
}

var errGone = errors.New("gone")

func (f failing) Node(id model.NodeID) store.Node { return failingNode{f.Cluster.Node(id), f.left} }

func (f failingNode) Commit(b *store.Batch) error {
	if *f.left--; *f.left < 0 {
		return errGone
	}
	return f.Node.Commit(b)
}

func TestADeadStoreEndsTheRunBeforeAnythingLeaves(t *testing.T) {
	whole := start(t, 1)
	left := 1
	w := startOn(t, 1, failing{whole.stores, &left})
	w.do(t, 0, "alice", 1, "SET k a")
	w.do(t, 0, "bob", 2, "SET k b")
	if err := w.RunThrough(model.Time(time.Second)); !errors.Is(err, errGone) {
		t.Fatalf("error %v, want the store's", err)
	}
	if w.Step() {
		t.Error("the run went on")
	}
	sends := 0
	for _, e := range w.log.All() {
		if e.Kind == trace.Send {
			sends++
		}
	}
	if sends != 2 {
		t.Errorf("%d messages left, want only the 2 of the step that was committed", sends)
	}
}

func TestSameSeedSameTrace(t *testing.T) {
	hash := func(seed int64) string {
		w := start(t, seed)
		l, err := w.NewWorkload(cluster.Load{
			Name: "load", Clients: 5, At: []model.NodeID{1, 2, 3}, Rate: 200, Keys: 10, Zipf: 1.1,
			Mix: []cluster.Share{{Verb: model.GET, Share: 50}, {Verb: model.SET, Share: 50}}, To: model.Time(2 * time.Second),
		})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for ; l.Next() != model.Never; n++ {
			if err := w.RunThrough(l.Next()); err != nil {
				t.Fatal(err)
			}
			l.Fire(w.Cluster)
		}
		if n < 320 || n > 480 {
			t.Errorf("%d operations in 2 s at 200/s", n)
		}
		w.Finish()
		h := trace.NewHasher()
		for _, e := range w.log.All() {
			h.Event(e)
		}
		return h.Sum()
	}
	if first, second := hash(1), hash(1); first != second {
		t.Error("two runs of one seed differ")
	}
	if hash(1) == hash(2) {
		t.Error("two seeds give one trace")
	}
}
