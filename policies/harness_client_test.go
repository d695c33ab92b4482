package policies

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"capsim/model"
)

// remote gives a client a host of its own, numbered after the nodes, which runs the
// policy's client half. Its links may be cut as any other (cutLink), and it may be
// paused; it does not crash.
func (w *world) remote(client string) *hostNode {
	id := model.NodeID(len(w.nodes) + len(w.clients) + 1)
	h := &hostNode{w: w, id: id, client: client, rand: rand.New(rand.NewPCG(w.seed, uint64(id)+100))}
	w.clients = append(w.clients, h)
	h.startReplica(FirstBoot)
	return h
}

// hostOf returns whose replica gets a request of the client: its own host's if it is
// remote, else the node's.
func (w *world) hostOf(client string, n model.NodeID) *hostNode {
	for _, h := range w.clients {
		if h.client == client {
			return h
		}
	}
	return w.node(n)
}

func (h *hostNode) newReplica() Replica {
	if h.client == "" {
		return h.w.choice.Spec.New(h.w.choice.Params)
	}
	var r Replica
	if make := h.w.choice.Spec.NewClient; make != nil {
		r = make(h.w.choice.Params)
	}
	if r == nil {
		h.w.t.Fatalf("%v has no client half: the harness knows no other remote client", h.w.choice)
	}
	return r
}

// mustBeNode fails a client half that says what only a node can.
func (h *hostNode) mustBeNode(call string) {
	if h.client != "" {
		h.w.t.Fatalf("the client half on %v calls %s", h.id, call)
	}
}

// echo is a policy for the harness alone: a client half that asks the node that its
// client names, and a node that says who asked.
type echo struct{ waiting map[model.OpID]bool }

type echoMessage struct {
	op   model.OpID
	text string
}

func (echoMessage) Kind() string         { return "echo" }
func (echoMessage) Writes() []model.OpID { return nil }

func (e *echo) Start(Env) { e.waiting = map[model.OpID]bool{} }

func (e *echo) Request(env Env, req Request) {
	e.waiting[req.Op] = true
	env.Send(req.Node, echoMessage{op: req.Op})
	env.After(300*time.Millisecond, Tag{N: uint64(req.Op)})
}

func (e *echo) Receive(env Env, from model.NodeID, msg Message) {
	m := msg.(echoMessage)
	if env.Store() != nil {
		env.Send(from, echoMessage{m.op, env.Self().String() + " heard " + from.String()})
		return
	}
	delete(e.waiting, m.op)
	env.Reply(m.op, model.Answered(model.Bulk(m.text)))
}

func (e *echo) Timer(env Env, tag Tag) {
	if op := model.OpID(tag.N); e.waiting[op] {
		env.Reply(op, model.Refuse(model.CodeDown, "no echo"))
	}
}

// A client half is a host: it has links and a clock, and no disk.
func TestHarnessClientHalf(t *testing.T) {
	make := func(Params) Replica { return &echo{} }
	w := newWorldOf(t, 3, 1, Choice{Spec: &Spec{Name: "echo", New: make, NewClient: make}})
	w.start()
	dora := w.remote("dora")
	w.remote("emil")
	a, b := w.do("dora", 2, "GET k"), w.do("emil", 3, "GET k")
	w.run(100 * time.Millisecond)
	w.mustReply(a, "\"n2 heard n4\"")
	w.mustReply(b, "\"n3 heard n5\"")
	w.cutLink(dora.id, 2)
	a = w.do("dora", 2, "GET k")
	w.run(time.Second)
	w.mustReply(a, "refused DOWN")
	w.crash(3)
	b = w.do("emil", 3, "GET k")
	w.run(200 * time.Millisecond)
	if !b.open() {
		t.Fatalf("a node that is down answered its remote client: %v", b.res)
	}
	if dora.Store() != nil || dora.N() != 3 || strings.Join(w.log, "") != "" {
		t.Fatal("a client half has no disk and is no node")
	}
}
