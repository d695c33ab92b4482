package policies

import (
	"time"

	"capsim/model"
)

var specAP = &Spec{
	Name:    "ap",
	Summary: "any node answers at once and tells the others afterwards",
	Doc: `A node executes a command on its own records and answers in the same instant. What it
wrote goes to every peer as the key's whole record, again and again until the peer
acknowledges it; now and then nodes compare digests, which finds what a crash forgot to
send. Records merge, so neither order nor repetition matters.

conflict=lww: every key is a register, and of two writes that had not seen each other the
one with the later stamp of a hybrid clock stays; the other is discarded, acknowledged or
not. conflict=siblings: such writes stay side by side until a client that has read them
writes again (a reply may be several values); counters and sets merge. CAS, NX and APPEND
act on the newest sibling. What a session has read or written of a key is the context of its
next write there. conflict=crdt: the command chooses the replicated data type. INCR, DECR,
INCRBY, DECRBY, TAKE and BUY change a PN-counter, SADD and SREM an observed-remove set: no
acknowledged change of them is lost. All else writes a register, of which the later stamp
stays, as under lww. TAKE still sells from what one node knows, so a counter may fall below
zero.

sessions=causal: a session carries what it has seen, and a node that lacks some of it lets
the session wait, or refuses it (lacking). Nodes number their writes, and send each other
only what makes the receiver's state complete: with a write it has all that came before it.
So every session that uses it sees a write only after its causes, wherever it goes, and of
two registers the one that causes the other has the earlier stamp: causal consistency with
convergence. (Causal memory proper it is not: of two writes that had not seen each other the
later stamp stays, even for a client that saw the other one arrive after it.) A session that stays at
one node is answered at once as before.

A value with a deadline (PX, PEXPIRE) is ended by the node that accepted it, when its clock
reaches the deadline, with an EXPIRE that spreads as any write; the others serve the value
until then, and as long as that node is down.

A node whose disk was wiped asks the others for everything and counts its writes as another
actor, so it reuses no number; what only it held is lost.`,
	Claims: []Claim{
		{Check: "available", When: "sessions=none", If: withoutSessions},
		{Check: "converged", When: "all nodes up, no cut and no new write for 2s; default timers", If: apPrompt, Of: Quiet},
		{Check: "read-your-writes", When: "sessions=causal, disks survive", If: withSessions},
		{Check: "monotonic-reads", When: "sessions=causal, disks survive", If: withSessions},
		{Check: "monotonic-writes", When: "sessions=causal, disks survive", If: withSessions},
		{Check: "causal-convergence", When: "sessions=causal, disks survive", If: withSessions},
		{Check: "writes-follow-reads", When: "sessions=causal, disks survive", If: withSessions},
		{
			Check: "lost-writes = 0", When: "conflict=siblings and disks survive",
			If: func(p Params) bool { return p["conflict"] == "siblings" },
		},
		{
			Check: "lost-writes = 0",
			When:  "conflict=crdt, of sets and counters (SADD, SREM, INCR, DECR, INCRBY, DECRBY, TAKE, BUY) on keys that no other command writes; disks survive",
			If:    func(p Params) bool { return p["conflict"] == "crdt" },
			Of:    Merging,
		},
	},
	GivesUp: []GivenUp{
		{"linearizability: a node answers with what it knows", "cap-proof"},
		{"under lww, acknowledged writes that had not seen each other", "ap-converge"},
		{"under siblings, a single answer: the client has to reconcile", "siblings"},
		{"under sessions=causal, an answer for sessions that move between nodes", "causal"},
		{"under crdt, acknowledged writes to a register that had not seen each other", "crdt"},
		{"a true clock for what expires: a deadline comes when the clock of the node that accepted it says so", "expiry"},
	},
	Params: append([]Param{
		{Name: "conflict", Default: "lww", Values: []string{"lww", "siblings", "crdt"}, Doc: "what becomes of concurrent writes"},
		{Name: "retry", Default: "200ms", Check: IsDuration, Try: []string{"100ms", "1s"}, Doc: "how long to wait for an acknowledgement"},
		{Name: "sync", Default: "500ms", Check: IsDuration, Try: []string{"200ms", "2s"}, Doc: "how often a node compares digests with a peer"},
	}, sessionParams...),
	Kinds:   []string{"ap.write", "ap.ack", "ap.digest", "ap.delta", "ap.have"},
	Within:  2 * time.Second,
	Source:  "DeCandia et al., Dynamo (SOSP 2007); Demers et al., Epidemic Algorithms (PODC 1987); Kulkarni et al., Logical Physical Clocks (OPODIS 2014); Almeida et al., Delta State Replicated Data Types (2018); Lloyd et al., COPS (SOSP 2011)",
	Caution: cautionSessions,
	New: func(p Params) Replica {
		if withSessions(p) {
			return newAPCausal(apModes[p["conflict"]], p)
		}
		return &ap{core: newCore(apModes[p["conflict"]], apExpire), retry: p.Duration("retry"), sync: p.Duration("sync")}
	},
}

// apPrompt tells whether all converge within specAP.Within.
func apPrompt(p Params) bool {
	return p.Duration("retry") <= 200*time.Millisecond && p.Duration("sync") <= 500*time.Millisecond
}

var apModes = map[string]model.Mode{"lww": model.Registers, "siblings": model.KeepSiblings, "crdt": model.Merging}

// ap answers at once and propagates afterwards.
type ap struct {
	core
	out         outbox
	ring        peerRing
	retry, sync time.Duration
	asking      nodeSet // a wiped node: who has not told yet what it has
	debts       debts
}

var _ Replica = (*ap)(nil)

// The timers of ap.
const (
	apResend uint8 = iota + 1
	apSync
	apAsk
	apPay
	apExpire
)

// Start implements Replica. What was acknowledged before is not remembered, so
// after a restart and after a toggle every record goes out again.
func (a *ap) Start(env Env) {
	a.core.start(env)
	a.out = newOutbox(env, a.retry)
	a.ring = newPeerRing(env)
	if a.out.peers != 0 {
		a.announce(env)
		env.After(within(env, a.sync), Tag{Kind: apSync})
	}
	env.Serving()
}

func (a *ap) announce(env Env) {
	if env.Boot() == WipedBoot {
		a.asking = a.out.peers
		a.ask(env)
		return
	}
	slots := make([]int32, len(a.keys.pages))
	for i := range slots {
		slots[i] = int32(i)
		a.out.post(slots[i], a.out.peers, true)
	}
	for _, peer := range a.ring.all {
		a.send(env, peer, slots, true)
	}
	a.arm(env)
}

// Request implements Replica.
func (a *ap) Request(env Env, req Request) { a.spread(env, a.core.request(env, &req)) }

// spread sends what was written to every peer.
func (a *ap) spread(env Env, wrote []touched) {
	for _, t := range wrote {
		if a.out.peers == 0 {
			continue
		}
		m := newWrite(a.out.post(t.slot, a.out.peers, true), t.key, t.rec)
		m.acks = a.debts.payWith(m.owed[:0])
		for _, peer := range a.ring.all {
			env.Send(peer, m)
		}
		a.arm(env)
	}
}

// Receive implements Replica.
func (a *ap) Receive(env Env, from model.NodeID, msg Message) {
	a.out.heard[from] = a.out.round
	switch m := msg.(type) {
	case apAck:
		a.out.acked(from, m.apRef)
	case *apWrite:
		for i := range m.acks {
			if m.acks[i].to == a.self {
				a.out.acked(from, m.acks[i].apRef)
			}
		}
		a.takeIn(env, from, m)
	case apAcks:
		for _, ref := range m {
			a.out.acked(from, ref)
		}
	case apDigest:
		a.compare(env, from, m)
	}
}

// takeIn merges the records of a message, acknowledges them, and answers with what
// this node has beyond them if that is asked for.
func (a *ap) takeIn(env Env, from model.NodeID, m *apWrite) {
	var answer []int32
	for i := range m.items {
		it := &m.items[i]
		rec, _ := a.merge(env, it.key, it.rec)
		if m.more && rec != nil && !sameWrites(rec, it.rec) {
			if slot := a.keys.slot(it.key); !a.out.inFlight(from, slot) {
				answer = append(answer, slot)
			}
		}
	}
	a.acknowledge(env, from, m)
	if len(answer) > 0 {
		for _, slot := range answer {
			a.out.post(slot, setOf(from), false)
		}
		a.send(env, from, answer, false)
		a.arm(env)
	}
}

// send sends the records as they are now, a batch a message. They have been posted.
func (a *ap) send(env Env, to model.NodeID, slots []int32, more bool) {
	for len(slots) > 0 {
		n := min(len(slots), batch)
		m := &apWrite{items: make([]apItem, n), more: more}
		for i, slot := range slots[:n] {
			key := a.keys.key(slot)
			rec := env.Store().Record(key)
			m.items[i] = apItem{apRef{seq: a.out.entries[slot].seq, slot: slot}, key, rec}
			m.ops = headOps(m.ops, rec)
		}
		env.Send(to, m)
		slots = slots[n:]
	}
}

// arm sees to it that the resending timer runs while something is unacknowledged.
func (a *ap) arm(env Env) {
	if !a.out.armed && len(a.out.dirty) > 0 {
		a.out.armed = true
		env.After(a.out.tick, Tag{Kind: apResend})
	}
}

// Timer implements Replica.
func (a *ap) Timer(env Env, tag Tag) {
	switch tag.Kind {
	case apResend:
		a.resend(env)
	case apSync:
		env.Send(a.ring.next(env), apDigest{digest: a.keys.digest(env.Store())})
		env.Count("ap.digests", 1)
		env.After(around(env, a.sync), Tag{Kind: apSync})
	case apAsk:
		a.ask(env)
	case apPay:
		a.payAll(env)
	case apExpire:
		a.expire(env, a.spread)
	}
}

// resend sends again what was not acknowledged in time.
func (a *ap) resend(env Env) {
	a.out.armed = false
	if due := a.out.overdue(); len(due) > 0 {
		list := make([]int32, 0, len(due))
		for _, peer := range a.ring.all {
			list = list[:0]
			for _, slot := range due {
				if a.out.entries[slot].pending.has(peer) {
					list = append(list, slot)
				}
			}
			if len(list) > batch && a.out.silent(peer) {
				list = list[:batch]
			}
			a.send(env, peer, list, true)
			env.Count("ap.resent", int64(len(list)))
		}
	}
	a.arm(env)
}

// ask begs the peers for what the wiped disk held, until each has said what it has.
func (a *ap) ask(env Env) {
	for _, peer := range a.ring.all {
		if a.asking.has(peer) {
			env.Send(peer, apDigest{digest: a.keys.digest(env.Store()), hello: true})
		}
	}
	if a.asking != 0 {
		env.After(a.retry, Tag{Kind: apAsk})
	}
}
