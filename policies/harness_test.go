package policies

import (
	"cmp"
	"container/heap"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"capsim/model"
)

// A world is a small deterministic stand-in for the engine: replicas, disks, links
// and clients in one event loop. It is naive on purpose, and for tests alone.
type world struct {
	t       testing.TB
	rng     *rand.Rand
	seed    uint64
	now     model.Time
	seq     int64
	queue   eventHeap
	choice  Choice
	stretch int
	nodes   []*hostNode // nodes[0] is n1
	clients []*hostNode // the hosts of remote clients, numbered after the nodes

	latency func(rng *rand.Rand) time.Duration // one way
	loss    float64
	twice   float64            // the share of messages that arrive twice
	hold    bool               // messages on a cut link wait for the heal instead of dying
	cut     map[[2]int]bool    // directed links that are cut
	held    []func(after bool) // messages that wait for the heal
	timeout time.Duration      // how long clients wait

	ops     []*op                   // ops[0] is operation 1
	past    map[string]model.Vector // by client: what its session carries
	clock   int64                   // numbers calls and returns
	log     []string
	logging bool
	manual  bool // messages are put aside, for a test to deliver by hand
	aside   []parcel
	after   func() // called after every step; invariants go here
	sent    map[string]int
	counts  map[string]int64
}

// hostNode is one node: its disk, and the process if it is up; or the host of a remote
// client, which has no disk.
type hostNode struct {
	w           *world
	id          model.NodeID
	client      string // whose host it is
	disk        *memStore
	replica     Replica
	up, paused  bool
	boot        Boot
	switched    bool // the policy was toggled while it was down
	incarnation int
	skew        time.Duration
	rand        *rand.Rand
	waiting     []func() // what arrived while it was paused
	timers      map[TimerID]bool
	nextTimer   TimerID
	out         []func() // leaves when the step ends

	applied   map[string]*model.Record
	doubts    map[string]model.OpID
	wiped     bool // ever
	serving   bool
	discarded []discard
	notes     []note
}

type discard struct {
	key string
	op  model.OpID
	why string
}

type note struct {
	at     model.Time
	kind   string
	fields []string
}

// parcel is a message put aside.
type parcel struct {
	from, to model.NodeID
	msg      Message
}

// op is an operation as its client sees it, and as the replicas told of it.
type op struct {
	id        model.OpID
	client    string
	node      model.NodeID // that the client asks
	host      model.NodeID // whose replica has the request: the node, or the client's own
	command   model.Command
	begun     bool
	at, end   model.Time
	call, ret int64
	res       model.Result
	replies   int // late ones included
	system    bool
	cause     model.OpID // of the system's own
	wrote     []model.NodeID
	until     model.Time              // the deadline that it gave its key, as a node first applied it
	over      map[string][]model.OpID // what it superseded, by key
}

func (o *op) open() bool { return o.res.Outcome == model.Open }

func newWorld(t testing.TB, n int, seed uint64, policy string) *world {
	t.Helper()
	c, err := Specs.Choose(strings.Fields(policy))
	if err != nil {
		t.Fatal(err)
	}
	w := newWorldOf(t, n, seed, c)
	w.start()
	return w
}

// newWorldOf makes a world that has not started: settings may still change.
func newWorldOf(t testing.TB, n int, seed uint64, c Choice) *world {
	w := &world{
		t: t, rng: rand.New(rand.NewPCG(seed, 1)), seed: seed, choice: c, stretch: 1,
		latency: func(r *rand.Rand) time.Duration {
			return 5*time.Millisecond + time.Duration(r.Int64N(int64(10*time.Millisecond)))
		},
		cut: map[[2]int]bool{}, timeout: time.Second, sent: map[string]int{}, counts: map[string]int64{},
		past: map[string]model.Vector{},
	}
	for i := range n {
		w.nodes = append(w.nodes, &hostNode{
			w: w, id: model.NodeID(i + 1), disk: newMemStore(), rand: rand.New(rand.NewPCG(seed, uint64(i)+100)),
			applied: map[string]*model.Record{},
		})
	}
	return w
}

func (w *world) start() {
	for _, h := range w.nodes {
		h.startReplica(FirstBoot)
	}
}

func (w *world) node(n model.NodeID) *hostNode {
	if int(n) > len(w.nodes) {
		return w.clients[int(n)-len(w.nodes)-1]
	}
	return w.nodes[n-1]
}

// push runs f at the instant at, after all that is already due then.
func (w *world) push(at model.Time, f func()) {
	w.seq++
	heap.Push(&w.queue, &event{at: at, seq: w.seq, f: f})
}

// at runs f at the instant, which is counted from the start of the run.
func (w *world) at(d time.Duration, f func()) { w.push(model.Time(d), f) }

// run lets virtual time pass.
func (w *world) run(d time.Duration) {
	until := w.now.Add(d)
	for len(w.queue) > 0 && w.queue[0].at <= until {
		e := heap.Pop(&w.queue).(*event)
		w.now = e.at
		e.f()
	}
	w.now = until
}

func (w *world) logf(format string, args ...any) {
	if w.logging {
		w.log = append(w.log, fmt.Sprintf("%v ", w.now)+fmt.Sprintf(format, args...))
	}
}

// hash condenses the log: two runs that are the same have the same.
func (w *world) hash() uint64 {
	h := fnv.New64a()
	for _, l := range w.log {
		h.Write([]byte(l))
	}
	return h.Sum64()
}

// do starts a command now, at a node; several of one client may overlap.
func (w *world) do(client string, n model.NodeID, command string) *op {
	cmd, err := model.ParseCommand(strings.Fields(command))
	if err != nil {
		w.t.Fatal(err)
	}
	return w.invoke(client, n, cmd)
}

func (w *world) invoke(client string, n model.NodeID, cmd model.Command) *op {
	w.clock++
	o := &op{id: model.OpID(len(w.ops) + 1), client: client, node: n, host: n, command: cmd, at: w.now, call: w.clock}
	w.ops = append(w.ops, o)
	w.logf("%v invoke %d %v", n, o.id, cmd)
	h := w.hostOf(client, n)
	o.host = h.id
	if !h.up {
		w.finish(o, model.Refuse(model.CodeDown, "the node is down"))
		return o
	}
	w.push(w.now.Add(w.timeout), func() {
		if o.open() {
			w.finish(o, model.Result{Outcome: model.Unknown, Why: "timeout"})
		}
	})
	req := Request{Op: o.id, Command: cmd, Client: client, Node: n, Context: w.context(client, cmd), Past: w.past[client]}
	h.step(func(e Env) { h.replica.Request(e, req) })
	return o
}

// context is what the client's session has seen of the command's keys.
func (w *world) context(client string, cmd model.Command) model.Context {
	var ctx model.Context
	for _, key := range cmd.Keys() {
		seen, last := model.Seen{Key: key}, int64(0)
		for _, o := range w.ops {
			if o.client != client || o.open() {
				continue
			}
			for _, s := range o.res.Context {
				if s.Key != key {
					continue
				}
				seen.Vector = seen.Vector.Join(s.Vector)
				if o.ret > last {
					seen.Heads, last = s.Heads, o.ret
				}
			}
		}
		ctx = append(ctx, seen)
	}
	return ctx
}

func (w *world) finish(o *op, res model.Result) {
	w.clock++
	o.ret, o.end, o.res = w.clock, w.now, res
	if res.Past != nil {
		w.past[o.client] = res.Past
	}
	w.logf("%v return %d %v %s", o.node, o.id, res, res.Why)
}

type event struct {
	at  model.Time
	seq int64
	f   func()
}

type eventHeap []*event

func (h eventHeap) Len() int { return len(h) }
func (h eventHeap) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(h[i].at, h[j].at), cmp.Compare(h[i].seq, h[j].seq)) < 0
}
func (h eventHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *eventHeap) Push(x any)   { *h = append(*h, x.(*event)) }
func (h *eventHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

// group returns the nodes given as a list, for partition.
func group(ns ...model.NodeID) []model.NodeID { return slices.Clone(ns) }

// latencyUpTo draws uniformly between 1ms and 1ms more than most.
func latencyUpTo(most time.Duration) func(*rand.Rand) time.Duration {
	return func(r *rand.Rand) time.Duration { return time.Millisecond + time.Duration(r.Int64N(int64(most))) }
}
