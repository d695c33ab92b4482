package labs

import (
	"fmt"
	"slices"
	"time"

	"capsim/model"
	"capsim/policies"
)

// locksRepl makes a Redis the primary, n1 at the start, or a replica of it. The primary
// answers first and copies afterwards, as Redis does. A replica that has not heard it for
// failover asks all nodes for the votes of a new epoch, as a Sentinel beside it would; one that
// hears the primary itself votes for nobody. With a majority it takes its place, with the
// locks that it happens to have. Whoever hears of a primary of a higher epoch copies that one.
//
// On its disk a node keeps the epoch and primary that it knows and the last epoch that it
// voted in, whatever fsync says of the locks: Sentinel writes them at once.
type locksRepl struct {
	r       *locksRedis
	epoch   uint64 // of the primary that this node knows
	primary model.NodeID
	voted   uint64 // the last epoch that it voted in

	run   uint64      // of this process, while it leads
	known locksStream // of the copy that the node has; zero: it has none
	seq   uint64      // how far: of the node's own stream, or of the copy
	heard model.Time  // when the primary was last heard, by the monotonic clock
	again model.Time  // before when it asks for no votes again
	votes []bool      // by node-1: of the epoch voted, while this node asks; nil: it does not
}

// Timers of replication.
const (
	beatEvery     = 100 * time.Millisecond
	leastFailover = 250 * time.Millisecond
)

// replMeta keeps what must survive a crash: epoch, primary, voted.
const replMeta = "locks/replication"

func (p *locksRepl) env() policies.Env { return p.r.env }

// leads tells whether this node is the primary, as far as it knows.
func (p *locksRepl) leads() bool { return p.primary == p.env().Self() }

func (p *locksRepl) start() {
	p.epoch, p.primary = 1, 1
	if w := p.env().Store().Meta(replMeta); w != nil {
		fmt.Sscan(string(w), &p.epoch, &p.primary, &p.voted)
	}
	p.run = p.env().Rand().Uint64()
	p.heard = p.env().Monotonic()
	if p.leads() {
		p.known = locksStream{p.epoch, p.run}
	}
	p.beat()
}

func (p *locksRepl) save() {
	p.env().Store().PutMeta(replMeta, fmt.Appendf(nil, "%d %d %d", p.epoch, int(p.primary), p.voted))
}

// others sends to all other nodes.
func (p *locksRepl) others(m policies.Message) {
	for id := model.NodeID(1); int(id) <= p.env().N(); id++ {
		if id != p.env().Self() {
			p.env().Send(id, m)
		}
	}
}

// beat makes a primary heard, and a replica miss it, again and again.
func (p *locksRepl) beat() {
	if p.leads() {
		p.others(locksBeat{stream: p.known, seq: p.seq})
	} else {
		p.miss()
	}
	p.r.alarms.after(p.env(), beatEvery, p.beat)
}

// feed sends the replicas a change.
func (p *locksRepl) feed(name string) {
	p.seq++
	m := &locksCopy{stream: p.known, seq: p.seq, name: name}
	if i, found := p.r.find(name); found {
		l := p.r.locks[i]
		m.lock = &l
	}
	p.others(m)
}

func (p *locksRepl) receive(from model.NodeID, msg policies.Message) {
	switch m := msg.(type) {
	case locksBeat:
		if p.follow(from, m.stream) && (p.known != m.stream || p.seq < m.seq) {
			p.env().Send(from, locksSync{})
		}
	case *locksCopy:
		if p.follow(from, m.stream) && p.known == m.stream && m.seq == p.seq+1 {
			p.seq = m.seq
			p.adopt(m.name, m.lock)
		}
	case locksSync:
		if p.leads() {
			p.env().Send(from, &locksFull{stream: p.known, seq: p.seq, locks: slices.Clone(p.r.locks)})
		}
	case *locksFull:
		if p.follow(from, m.stream) && (p.known != m.stream || p.seq < m.seq) {
			p.replace(m)
		}
	case locksAsk:
		p.asked(from, m.epoch)
	case locksVote:
		p.vote(from, m.epoch)
	}
}

// follow takes in that a node is the primary of an epoch: false if that is over.
func (p *locksRepl) follow(from model.NodeID, s locksStream) bool {
	if s.epoch < p.epoch || s.epoch == p.epoch && from != p.primary {
		return false
	}
	if s.epoch > p.epoch {
		if p.leads() {
			p.r.say("bad", "%v learns that %v has been the primary since: it throws away the locks that it has, and copies those of %v.",
				p.env().Self(), from, from)
		}
		p.epoch, p.primary, p.votes = s.epoch, from, nil
		p.save()
	}
	p.heard = p.env().Monotonic()
	return true
}

// adopt makes a replica have what the primary has of a lock.
func (p *locksRepl) adopt(name string, l *leased) {
	if l == nil {
		p.r.remove(name)
		return
	}
	p.r.put(*l)
}

// replace makes a replica have what the primary has.
func (p *locksRepl) replace(m *locksFull) {
	p.known, p.seq = m.stream, m.seq
	for _, l := range slices.Clone(p.r.locks) {
		if !slices.ContainsFunc(m.locks, func(t leased) bool { return t.name == l.name }) {
			p.r.remove(l.name)
		}
	}
	for _, l := range m.locks {
		if i, found := p.r.find(l.name); !found || p.r.locks[i].rec != l.rec {
			p.r.put(l)
		}
	}
}
