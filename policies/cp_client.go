package policies

import (
	"slices"
	"time"

	"capsim/model"
)

// clients is what a replica keeps of requests that it has not answered. A crash
// takes it away: who waited will never know.
type clients struct {
	waiting  []Request           // no leader is known, nothing has been done
	writes   map[model.OpID]bool // begun here: answered when the log executes them
	forwards []forward           // of writes, those handed to a leader, until they are done
	reads    []read              // in the order of arrival
	round    uint64              // number of the newest read round
	patience TimerID             // 0: not running
	retry    TimerID             // 0: not running
	hopeless bool                // there has been no leader for so long that requests are refused at once
	leader   model.NodeID        // whom rounds are sent to
	usable   bool                // requests can be worked on: a leader is known and the state installed
	proposed opSet               // of a leader: forwards that it has proposed in its term
}

// forward is a write that was handed to the leader of a term. It is handed to no
// other, and the leader proposes it once: so it is executed once at most.
type forward struct {
	op      model.OpID
	command model.Command
	leader  model.NodeID
	term    uint64
	tries   int // retry timers that it has waited through
}

// patience is how long requests wait for a leader before they are refused: enough
// for one election to fail.
func (r *cp) patience() time.Duration { return r.electionMin + r.electionMax }

// repeatAt is how many heartbeats' time an answer is given before what asked for it
// is repeated, once in each from then on.
const repeatAt = 2

func (r *cp) request(req Request) {
	switch {
	case !req.Command.Spec().Reads && !r.throughLog(req.Command):
		r.env.Reply(req.Op, model.Answered(model.Apply(req.Command, r.read, &r.effects)))
	case r.broken:
		r.refuse(req.Op, "its disk can't be read")
	case r.clients.usable:
		r.begun(req)
	case r.clients.hopeless:
		r.refuse(req.Op, r.reason())
	default:
		r.clients.waiting = append(r.clients.waiting, req)
	}
}

// begun starts work on a request.
func (r *cp) begun(req Request) {
	switch {
	case !r.throughLog(req.Command):
		r.clients.reads = append(r.clients.reads, read{op: req.Op, command: req.Command})
		r.startRound(false)
	case r.leading():
		if r.propose(req.Op, req.Command) {
			r.write(req.Op)
		} else {
			r.refuse(req.Op, "the leader can't take it now")
		}
	default:
		r.write(req.Op)
		f := forward{op: req.Op, command: req.Command, leader: r.lead, term: r.state.term}
		r.clients.forwards = append(r.clients.forwards, f)
		r.sendForward(f)
		r.armRetry()
	}
}

// write notes that a client's write may be on some node from now on.
func (r *cp) write(op model.OpID) {
	r.env.Begun(op)
	if r.clients.writes == nil {
		r.clients.writes = map[model.OpID]bool{}
	}
	r.clients.writes[op] = true
}

func (r *cp) propose(op model.OpID, cmd model.Command) bool {
	c := cpCommand{op: op, wall: r.env.Now(), command: cmd}
	return r.raft().Propose(c.encode()) == nil
}

func (r *cp) sendForward(f forward) {
	r.send(f.leader, &forwardMessage{lives: r.state.lives, term: f.term, op: f.op, command: f.command})
}

// forwarded takes a write that a follower handed on. The sender repeats it until
// the log has it, so one that can't be taken now is left alone.
func (r *cp) forwarded(from model.NodeID, m *forwardMessage) {
	c := &r.clients
	if !r.leading() || m.term != r.state.term || !r.state.installed {
		return
	}
	r.elections.peers[from-1].age = min(r.elections.peers[from-1].age, 0)
	if c.proposed.has(m.op) {
		return
	}
	if r.propose(m.op, m.command) {
		c.proposed.add(m.op)
	}
}

// opSet is a set of operations, a bit each: their numbers are dense, and a message
// may be under way for as long as a cut lasts.
type opSet []uint64

func (s opSet) has(op model.OpID) bool {
	i := int(op / 64)
	return i < len(s) && s[i]&(1<<(op%64)) != 0
}

func (s *opSet) add(op model.OpID) {
	if i := int(op/64) + 1; i > len(*s) {
		*s = slices.Grow(*s, i-len(*s))[:i]
	}
	(*s)[op/64] |= 1 << (op % 64)
}

// executed answers the client of a write, if it is here.
func (r *cp) executed(op model.OpID, reply model.Reply, keys []string) {
	if !r.clients.writes[op] {
		return
	}
	delete(r.clients.writes, op)
	r.clients.forwards = slices.DeleteFunc(r.clients.forwards, func(f forward) bool { return f.op == op })
	if !r.isOwn(op) {
		r.answer(op, reply, keys)
	}
}

func (r *cp) answer(op model.OpID, reply model.Reply, keys []string) {
	res := model.Answered(reply)
	res.Context = make(model.Context, len(keys))
	for i, k := range keys {
		res.Context[i] = model.Seen{Key: k, Vector: r.store.Record(k).Vector()}
	}
	r.env.Reply(op, res)
}

func (r *cp) refuse(op model.OpID, why string) {
	r.env.Count("cp.refused", 1)
	if r.isOwn(op) {
		if r.machine.Refused != nil {
			r.machine.Refused(r.env, op, why)
		}
		return
	}
	r.env.Reply(op, model.Refuse(model.CodeNoQuorum, why))
}

// reason says why requests can't be worked on.
func (r *cp) reason() string {
	switch {
	case r.state.recovery:
		return "its disk was wiped, and it has not heard enough of the others to know again what it promised"
	case r.lead == 0:
		return "it knows no leader that a majority follows"
	}
	return "the records of a majority have not been installed yet"
}

// refresh does what a step's new state allows: requests that waited are worked on,
// reads that are confirmed are answered. It tells whether raft's core may have got
// something to do by that.
func (r *cp) refresh() (again bool) {
	c := &r.clients
	usable := r.core != nil && r.lead != 0 && r.state.installed
	switch {
	case usable && (!c.usable || c.leader != r.lead):
		r.env.Cancel(c.patience)
		c.usable, c.leader, c.patience, c.hopeless = true, r.lead, 0, false
		waiting := c.waiting
		c.waiting = nil
		for _, req := range waiting {
			r.begun(req)
		}
		r.startRound(len(c.reads) > 0) // the round under way was another leader's
		again = true
	case !usable && c.usable:
		c.usable = false
		r.impatient()
	}
	return r.serveReads() || again
}

// impatient begins the wait for a leader.
func (r *cp) impatient() {
	if c := &r.clients; !c.usable && c.patience == 0 {
		c.patience = r.env.After(r.patience(), Tag{Kind: tagPatience})
	}
}

// refuseAll ends the wait: what has observed nothing and changed nothing is refused.
func (r *cp) refuseAll() {
	c := &r.clients
	c.patience, c.hopeless = 0, true
	for _, req := range c.waiting {
		r.refuse(req.Op, r.reason())
	}
	for _, rd := range c.reads {
		r.refuse(rd.op, r.reason())
	}
	c.waiting, c.reads = nil, nil
}

func (r *cp) armRetry() {
	if r.clients.retry == 0 {
		r.clients.retry = r.env.After(r.heartbeat, Tag{Kind: tagRetry})
	}
}

// retry repeats what may have been lost on the way.
func (r *cp) retry() {
	c := &r.clients
	c.retry = 0
	c.forwards = slices.DeleteFunc(c.forwards, func(f forward) bool { return f.term != r.state.term })
	for i := range c.forwards {
		if f := &c.forwards[i]; f.tries < repeatAt-1 {
			f.tries++
		} else {
			r.sendForward(*f)
		}
	}
	r.retryReads()
	if len(c.forwards) > 0 || len(c.reads) > 0 {
		r.armRetry()
	}
}
