package policies

import (
	"time"

	"capsim/model"
)

// An installer lets the replicas of a policy without a log begin a stretch with one and
// the same state: the records that a majority holds from the stretch before, merged. It
// decides on it once, by Paxos (Lamport, Paxos Made Simple, 2001), in which the answers
// to the first phase bring the records along. Nobody changes its records until the state
// is installed, so they may be collected again as often as it takes.
//
// It also keeps what a node must know of the others' lives (lifebook), and whether the
// node's disk was wiped. A wiped node votes for nothing and serves nothing until its
// policy has recovered what the node may have promised; the policy then calls recovered.
// So where the nodes that were not wiped are no majority (one of two), a stretch can't
// begin.
//
// Invariants:
//  1. Of a stretch, no two states are chosen: a majority accepted the chosen one, and
//     whoever proposes later has heard of it from one of them.
//  2. A wiped node never votes again before the state of its stretch is installed, so it
//     takes part in no two votes of which it has forgotten one.
//  3. A node is never installed and wiped.
type installer struct {
	lifebook
	n         int
	stretch   int
	installed bool // the records are those of this stretch
	wiped     bool // the disk is not what the node promised; see above
	promised  ballot
	accepted  ballot
	value     *install   // accepted; nil: none
	lost      []lostHead // what the installed state dropped
	attempt   *attempt
	wait      int // ticks until this node tries by itself
}

// ballot numbers an attempt: the round above the node that makes it. 0: none.
type ballot uint64

func (b ballot) above(self model.NodeID) ballot { return (b>>8+1)<<8 | ballot(self) }

// attempt is one node's try to have a state chosen.
type attempt struct {
	ballot   ballot
	records  [][]keyRecord // of n1, n2, …
	have     []bool        // who answered
	count    int
	best     ballot // the highest at which somebody has accepted a state
	value    *install
	proposed bool
	accepts  []bool
	agreed   int
	ticks    int
}

const (
	// tagInstall is the kind of the installer's timer; policies number theirs from 0.
	tagInstall uint8 = 200
	// installTick is how often what was not answered is asked for again.
	installTick = 100 * time.Millisecond
	// installGrace is for how many ticks an attempt waits for more than a majority: what
	// only one node holds is to be kept if that node can be reached.
	installGrace = 3
	// installStale is after how many ticks an attempt gives way to a higher one.
	installStale = 10
)

// start takes up what the disk has. Once ready, the node serves; Env.Serving is said here.
func (i *installer) start(env Env) {
	i.self, i.n = env.Self(), env.N()
	boot := env.Boot()
	switch {
	case boot == FirstBoot:
		i.begin(env)
		i.installed = true
		i.lives = make(lives, i.n)
		for p := range i.lives {
			i.lives[p] = int32(env.Incarnation()) // the nodes begin together
		}
	case boot == Restarted && i.load(env):
	case boot == Switched && !forgot(env):
		settle(env)
		i.begin(env)
	default:
		i.begin(env)
		i.wiped = true
		env.Note("install.wiped", "node", i.self.String())
	}
	i.save(env)
	switch {
	case i.installed:
		env.Serving()
	case i.wiped && i.n == 1:
		i.recovered(env, &install{}) // nobody remembers anything
	default:
		for _, key := range env.Store().Keys() {
			env.Applied(key, nil)
		}
		if !i.wiped {
			i.wait = 4 * int(i.self-1)
			i.tick(env)
		}
	}
}

// begin forgets the stretch before.
func (i *installer) begin(env Env) {
	book := lifebook{self: i.self, life: int32(env.Incarnation())}
	book.lives = make(lives, i.n)
	book.lives[i.self-1] = book.life
	*i = installer{lifebook: book, n: i.n, stretch: env.Stretch()}
	for _, name := range [...]string{installLost, installAccepted} {
		if env.Store().Meta(name) != nil {
			env.Store().DropMeta(name)
		}
	}
}

// ready tells whether the node may serve, acknowledge and answer.
func (i *installer) ready() bool { return i.installed }

// why says why it is not ready, in a clause.
func (i *installer) why() string {
	if i.wiped {
		return "its disk was wiped, and it has not heard enough of the others to know again what it promised"
	}
	return "the records of a majority have not been installed yet"
}

// tick does what time asks for, until the state is installed.
func (i *installer) tick(env Env) {
	if i.installed || i.wiped {
		return
	}
	switch a := i.attempt; {
	case a == nil && i.wait > 0:
		i.wait--
	case a == nil:
		i.try(env)
	default:
		if a.ticks++; a.ticks >= installStale+int(env.Rand().Int64N(5)) {
			i.try(env)
			break
		}
		i.ask(env)
		i.mayPropose(env)
	}
	env.After(installTick, Tag{Kind: tagInstall})
}

// try begins an attempt of this node's own.
func (i *installer) try(env Env) {
	i.promised = i.promised.above(i.self)
	i.save(env)
	i.attempt = &attempt{ballot: i.promised, records: make([][]keyRecord, i.n), have: make([]bool, i.n), accepts: make([]bool, i.n)}
	i.heard(env, i.self, &installRecords{ballot: i.promised, accepted: i.accepted, value: i.value, records: recordsOf(env)})
	i.ask(env)
}

// ask asks, and asks again, those who have not answered.
func (i *installer) ask(env Env) {
	a := i.attempt
	for p := range i.n {
		to := model.NodeID(p + 1)
		switch {
		case to == i.self:
		case a.proposed && !a.accepts[p]:
			env.Send(to, &installPropose{i.lives, a.ballot, a.value})
		case !a.proposed && !a.have[p]:
			env.Send(to, &installAsk{i.lives, a.ballot})
		}
	}
}

// heard takes the answer to the first phase.
func (i *installer) heard(env Env, from model.NodeID, m *installRecords) {
	a := i.attempt
	if a == nil || m.ballot != a.ballot || a.have[from-1] || a.proposed {
		return
	}
	a.records[from-1], a.have[from-1] = m.records, true
	a.count++
	if m.accepted > a.best {
		a.best, a.value = m.accepted, m.value
	}
	i.mayPropose(env)
}

// mayPropose begins the second phase: with the state that may have been chosen, else
// with what all who answered hold.
func (i *installer) mayPropose(env Env) {
	a := i.attempt
	if a.proposed || a.count <= i.n/2 || a.count < i.n && a.ticks < installGrace && a.best == 0 {
		return
	}
	a.proposed = true
	if a.value == nil {
		s := mergeRecords(a.records)
		a.value = &s
	}
	i.ask(env)
	i.vote(env, i.self, a.ballot, a.value)
}

// vote accepts a proposal unless the node has promised not to.
func (i *installer) vote(env Env, from model.NodeID, b ballot, s *install) {
	if b < i.promised || i.wiped {
		return
	}
	i.promised, i.accepted, i.value = b, b, s
	env.Store().PutMeta(installAccepted, s.encode())
	i.save(env)
	if from != i.self {
		i.yield(env, b)
		env.Send(from, &installAccept{i.lives, b})
		return
	}
	i.agreed(env, i.self, b)
}

// agreed counts a vote for this node's proposal.
func (i *installer) agreed(env Env, from model.NodeID, b ballot) {
	a := i.attempt
	if a == nil || !a.proposed || a.ballot != b || a.accepts[from-1] {
		return
	}
	a.accepts[from-1] = true
	if a.agreed++; a.agreed <= i.n/2 {
		return
	}
	i.adopt(env, a.value)
	for p := range i.n {
		if to := model.NodeID(p + 1); to != i.self {
			i.tell(env, to)
		}
	}
}

// yield lets a higher attempt of another node go first.
func (i *installer) yield(env Env, b ballot) {
	if i.attempt != nil && i.attempt.ballot < b {
		i.attempt = nil
	}
	if i.attempt == nil {
		i.wait = 4 + int(env.Rand().Int64N(4))
	}
}

// receive takes the installer's messages; false for any other. The caller has seen to
// trusts.
func (i *installer) receive(env Env, from model.NodeID, msg Message) bool {
	switch m := msg.(type) {
	case *installAsk:
		i.asked(env, from, m)
	case *installPropose:
		if i.installed {
			i.tell(env, from)
		} else {
			i.vote(env, from, m.ballot, m.value)
		}
	case *installRecords:
		i.heard(env, from, m)
	case *installAccept:
		i.agreed(env, from, m.ballot)
	case *installState:
		if !i.installed && !i.wiped {
			i.adopt(env, &m.install)
		}
	default:
		return false
	}
	return true
}

func (i *installer) asked(env Env, from model.NodeID, m *installAsk) {
	switch {
	case i.installed:
		i.tell(env, from)
	case m.ballot >= i.promised && !i.wiped:
		i.promised = m.ballot
		i.save(env)
		i.yield(env, m.ballot)
		env.Send(from, &installRecords{i.lives, m.ballot, i.accepted, i.value, recordsOf(env)})
	}
}

// tell sends what this node holds now to one that is not installed: all that has been
// written since is newer than what the stretch began with.
func (i *installer) tell(env Env, to model.NodeID) {
	env.Send(to, &installState{i.lives, install{records: recordsOf(env), lost: i.lost}})
}

// recovered ends the recovery of a wiped node with what its policy has gathered.
func (i *installer) recovered(env Env, s *install) {
	i.wiped = false
	if env.Store().Meta(stateMeta) != nil {
		env.Store().DropMeta(stateMeta) // cp remembered the wipe as well
	}
	env.Note("install.relearned", "node", i.self.String())
	i.adopt(env, s)
}

// adopt makes the state the node's own; it serves from here on.
func (i *installer) adopt(env Env, s *install) {
	adoptRecords(env, s, true)
	i.installed, i.attempt, i.value, i.lost = true, nil, nil, s.lost
	if env.Store().Meta(installAccepted) != nil {
		env.Store().DropMeta(installAccepted)
	}
	if len(s.lost) > 0 {
		env.Store().PutMeta(installLost, appendLost(nil, s.lost))
	}
	i.save(env)
	env.Note("install.installed", "node", i.self.String())
	env.Serving()
}

func recordsOf(env Env) []keyRecord {
	var records []keyRecord
	for _, key := range env.Store().Keys() {
		records = append(records, keyRecord{key, env.Store().Record(key)})
	}
	return records
}
