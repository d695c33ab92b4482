package policies

import (
	"slices"
	"time"

	"capsim/model"
)

var specCA = &Spec{
	Name:    "ca",
	Summary: "two-phase commit: a write needs every node, a read only the one that is asked",
	Doc: `The node that is asked to write coordinates. It executes the command on its own record,
sends what would stand there to every other node, and these prepare: they keep it on disk,
say yes, and from then on serve nothing of the key. Once all have said yes the write is
decided: the coordinator has it in its record, answers its client, and tells the others.
A read is answered from the node's own record. It can be: before anything new is served
anywhere, no node serves the old any more.

A prepared node is in doubt: it does not know whether the write was decided, and may guess
neither way. Reads and writes of the key wait there for as long as patience says, and are
refused then (INDOUBT). It asks the coordinator, whose record is the only log there is: what
is not in it was aborted (presumed abort). If the coordinator does not answer for as long as
patience says, it asks the others too: one that has the write knows that it was decided, one
that had not prepared promises that it never will. If all that can be reached have prepared,
nobody knows, and the key stays in doubt until the coordinator is back: perhaps for ever.

A write that some node does not prepare within patience is aborted and refused (NOQUORUM).
Of two writes to one key the one that was asked for first goes first (wound-wait), so there
is no deadlock and nothing waits for ever but for what is in doubt.

A node whose disk was wiped takes part in nothing until all others have told it what they
have. A coordinator so wiped can never tell what it decided: if all others had prepared, the
key stays in doubt. After a toggle to ca the records of a majority are merged, what comes
out is agreed on (by Paxos), and a node serves nothing until it has that. A toggle away from
ca drops what was prepared: a write that was decided is on its coordinator's disk alone
until the others have heard of it.`,
	Claims: []Claim{
		{Check: "linearizable", When: "disks survive"},
		{Check: "lost-writes = 0", When: "disks survive"},
		{Check: "converged", When: "all nodes up, no cut and no new write for 2s; disks survive; default timers", Of: Quiet, If: caPrompt},
	},
	GivesUp: []GivenUp{
		{What: "writes whose coordinator can't reach every node: a cut link refuses those of both its ends", Scenario: "ca"},
		{What: "reads and writes of a key in doubt, perhaps for ever", Scenario: "in-doubt"},
		{What: "a true clock for what expires: a deadline comes when the clock of the node that accepted it says so", Scenario: "expiry"},
	},
	Params: []Param{
		{Name: "retry", Default: "100ms", Doc: "how often what was not answered is asked again", Check: IsDuration, Try: []string{"50ms", "300ms"}},
		{Name: "patience", Default: "700ms", Doc: "how long a request waits for other nodes, or for a key in doubt, before it is refused", Check: IsDuration, Try: []string{"250ms", "2s"}},
	},
	Kinds:  append(caKinds, installKinds...),
	Within: 2 * time.Second,
	Source: "Gray, Notes on Data Base Operating Systems (1978); Mohan, Lindsay & Obermarck, Transaction Management in the R* " +
		"Distributed Database Management System (TODS 1986): presumed abort; Bernstein, Hadzilacos & Goodman, Concurrency Control " +
		"and Recovery in Database Systems (1987), §7.4: cooperative termination; Rosenkrantz, Stearns & Lewis (TODS 1978): wound-wait; " +
		"Lamport, Paxos Made Simple (2001)",
	New: func(p Params) Replica { return &ca{retry: p.Duration("retry"), patience: p.Duration("patience")} },
}

// caPrompt tells whether a node in doubt learns the outcome within specCA.Within.
func caPrompt(p Params) bool {
	return p.Duration("retry") <= 100*time.Millisecond && p.Duration("patience") <= 700*time.Millisecond
}

// ca is a replica of policy ca.
//
// Invariants:
//  1. No key is in two of held, but those that a wiped node was told of; and none of
//     held's is in the transaction of a job.
//  2. A transaction of held is not in a record: what is decided is not in doubt.
//  3. queue and jobs ascend by age.
type ca struct {
	retry, patience time.Duration

	env     Env // of the step under way
	store   Store
	self    model.NodeID
	n       int
	read    model.Reader
	effects model.Effects

	start  installer // what a stretch begins with, and the nodes' lives
	barred []caID    // of each coordinator: up to which transaction none is prepared any more
	broken bool      // the disk is not what a replica wrote: it takes part in nothing
	clock  model.Stamp

	jobs     []*caJob // requests that are not answered
	seq      uint64   // of the last transaction
	held     []*caHeld
	dirty    bool      // held or barred is to be saved
	queue    []*caHeld // prepares that wait for a key
	ticking  bool
	expiries deadlines
	answers  []*caWhole // to a wiped node, of n1, n2, …; nil: none
}

// Tags of ca's timers.
const (
	caTick     uint8 = iota // something may be lost
	caPatience              // of a job: N is its operation
	caExpire
)

// Start implements Replica.
func (r *ca) Start(env Env) {
	r.enter(env)
	r.self, r.n = env.Self(), env.N()
	r.read = func(key string) model.Value { return r.store.Record(key).Value() }
	r.barred = make([]caID, r.n)
	if env.Boot() == Switched {
		settleCA(env)
	}
	if env.Boot() == Restarted && !r.load() {
		r.broken = true
		env.Note("ca.broken", "node", r.self.String())
		return
	}
	r.start.start(env)
	r.begins()
	for _, h := range r.held {
		r.doubt(h.txn, true)
	}
	r.askRecovery()
	r.leave()
}

// begins takes up what the records say of clocks and deadlines, once the node serves.
func (r *ca) begins() {
	if !r.serving() {
		return
	}
	for _, key := range r.store.Keys() {
		rec := r.store.Record(key)
		if h, ok := rec.Newest(); ok {
			r.clock = r.clock.Later(h.Stamp)
		}
		r.feed(key, rec)
	}
	for _, h := range r.held {
		r.seen(h.txn)
	}
}

// serving tells whether the node may serve, prepare and coordinate.
func (r *ca) serving() bool { return !r.broken && r.start.ready() }

func (r *ca) enter(env Env) { r.env, r.store = env, env.Store() }

// leave ends a step: what is to be done with the new state is done, and saved.
func (r *ca) leave() {
	if r.serving() {
		r.advance()
		r.expiries.arm(r.env, Tag{Kind: caExpire})
	}
	if !r.ticking && (len(r.jobs)+len(r.held)+len(r.queue) > 0 || r.start.wiped) {
		r.ticking = true
		r.env.After(r.retry, Tag{Kind: caTick})
	}
	r.save()
	r.env, r.store = nil, nil
}

// Request implements Replica.
func (r *ca) Request(env Env, req Request) {
	r.enter(env)
	r.request(req)
	r.leave()
}

// Receive implements Replica.
func (r *ca) Receive(env Env, from model.NodeID, msg Message) {
	if r.broken {
		return
	}
	r.enter(env)
	if r.trusts(from, msg.(interface{ knows() []int32 }).knows()) {
		r.receive(from, msg)
	}
	r.leave()
}

// trusts takes what a message knows of the nodes' lives, and tells whether it counts.
// What a node voted in a life that it has forgotten does not, nor is what it asked for
// then still to be prepared: whoever has told it what is prepared would have told it less.
func (r *ca) trusts(from model.NodeID, knows []int32) bool {
	before := r.start.lives
	ok, news := r.start.trusts(from, knows)
	if !news {
		return ok
	}
	r.start.save(r.env)
	for i, l := range r.start.lives {
		if l == before[i] {
			continue
		}
		p := model.NodeID(i + 1)
		for _, j := range r.jobs {
			j.votes = j.votes.without(p)
		}
		r.queue = slices.DeleteFunc(r.queue, func(h *caHeld) bool {
			return h.txn.id.coordinator == p && h.txn.id.incarnation < l
		})
	}
	return ok
}

func (r *ca) receive(from model.NodeID, msg Message) {
	if was := r.serving(); r.start.receive(r.env, from, msg) {
		if !was {
			r.begins()
		}
		return
	}
	switch m := msg.(type) {
	case *caRecover:
		r.helpRecover(from, m)
		return
	case *caWhole:
		r.recovered(from, m)
		return
	}
	if !r.serving() {
		return
	}
	switch m := msg.(type) {
	case *caPrepare:
		r.prepare(from, m.txn)
	case *caVote:
		r.voted(from, m.id)
	case *caOutcome:
		r.outcome(from, m)
	case *caAsk:
		for i := range m.names {
			r.tell(from, &m.names[i])
		}
	}
}

// Timer implements Replica.
func (r *ca) Timer(env Env, tag Tag) {
	if r.broken {
		return
	}
	r.enter(env)
	switch tag.Kind {
	case tagInstall:
		r.start.tick(env)
		r.begins() // alone, it may have agreed with itself
	case caTick:
		r.tick()
	case caPatience:
		r.impatient(model.OpID(tag.N))
	case caExpire:
		for _, e := range r.expiries.fired(env) {
			r.begunJob(&caJob{op: env.SystemWrite(e.command(), e.cause), command: e.command(), system: true})
		}
	}
	r.leave()
}

// tick repeats what may have been lost.
func (r *ca) tick() {
	r.ticking = false
	r.askRecovery()
	r.prepareAgain()
	r.askOutcomes()
	// A coordinator that still wants a transaction repeats it: of one that does not
	// the abort was lost.
	r.queue = slices.DeleteFunc(r.queue, func(h *caHeld) bool { h.age++; return h.age > caForgotten })
}

// caForgotten is for how many ticks a prepare that waits for a key is kept without
// being repeated.
const caForgotten = 4

// peers calls f for every other node.
func (r *ca) peers(f func(p model.NodeID)) {
	for i := range r.n {
		if p := model.NodeID(i + 1); p != r.self {
			f(p)
		}
	}
}

// tellAll sends a message to every other node.
func (r *ca) tellAll(m Message) { r.peers(func(p model.NodeID) { r.env.Send(p, m) }) }

// feed notes when the value expires. The node that accepted the write ends it; of what
// another policy's log accepted, n1 does.
func (r *ca) feed(key string, rec *model.Record) {
	v := rec.Value()
	if v.Deadline != 0 {
		_, by := setter(rec, v.Deadline)
		owner := by.Node
		if owner < 1 || int(owner) > r.n {
			owner = 1
		}
		if owner != r.self {
			rec = nil
		}
	}
	r.expiries.feed(key, rec)
}
