package policies

import (
	"time"

	"capsim/model"
)

// coordinator does a client's requests: on a node, or as a remote client's own half.
type coordinator struct {
	params                            Params
	r, w, n                           int
	stampFirst, handoff, sloppy, some bool   // some: requests go to w (r) nodes and no other
	read                              string // write-back, repair, plain
	retry                             time.Duration
	patience, giveUp                  int // in ticks of retry

	self  model.NodeID
	actor model.Actor // of this process: what an earlier one issued may be anywhere
	clock model.Stamp // the newest stamp issued or seen
	book  *lifebook
	here  *quorum                  // the node's own half that stores; nil on a client's host
	made  map[string]*model.Record // what this process wrote last, where no disk of its own tells
	calls map[quorumID]*call
	last  quorumID
}

// phase is how far a call is.
type phase uint8

// The phases. stamping and reading ask r nodes, writing and backing bring a record to w.
const (
	stamping phase = iota
	writing
	reading
	backing
)

// maxReplicas bounds the nodes that a key may be on.
const maxReplicas = 16

// call is a request under way. Votes are lives: a node that has lost its disk since it
// answered is not counted.
type call struct {
	id      quorumID // without the phase
	req     Request
	key     string
	phase   phase
	targets nodeSet
	hinted  nodeSet            // for whom a hint is on disk
	votes   [maxReplicas]int32 // by node, from n1: the life in which it answered in this phase
	stamps  [maxReplicas]model.Stamp
	rec     *model.Record // what was found, or is being written
	seen    model.Vector  // of stamping
	newest  model.Stamp
	heads   []headName
	over    []model.OpID
	ticks   int
	timer   TimerID
	done    bool // it was answered; it lives on for the nodes that lag
}

// tagCall is the kind of a call's timer.
const tagCall uint8 = 1

// giveUpAfter is for how many times its patience a coordinator goes on with a write
// that was sent and not acknowledged.
const giveUpAfter = 4

func (c *coordinator) begin(env Env, book *lifebook) {
	p := c.params
	c.n, c.self, c.book = env.N(), env.Self(), book
	c.r, c.w = min(quorumSize(p["r"], c.n), c.n), min(quorumSize(p["w"], c.n), c.n)
	c.stampFirst, c.handoff = p["write"] == "stamp-first", p["handoff"] == "on" && c.here != nil
	c.sloppy, c.some, c.read = p["sloppy"] == "on" && c.handoff, p["expanding"] == "no", p["read"]
	c.retry = p.Duration("retry")
	c.patience = int(max(1, (p.Duration("patience")+c.retry-1)/c.retry))
	c.giveUp = giveUpAfter * c.patience
	incarnation, stretch := int32(env.Incarnation()), int32(env.Stretch())
	c.actor = model.Actor{Node: c.self, Life: incarnation&(1<<lifeBits-1) | stretch&(1<<stretchBits-1)<<lifeBits}
	c.calls = map[quorumID]*call{}
	c.last = quorumID(incarnation) << 32
	if c.some || c.here == nil {
		c.made = map[string]*model.Record{}
	}
}

// request begins a call.
func (c *coordinator) request(env Env, req Request) {
	c.last++
	k := &call{id: c.last, req: req, key: req.Command.Key()}
	c.calls[k.id] = k
	k.timer = env.After(c.retry, Tag{Kind: tagCall, N: uint64(k.id)})
	switch {
	case req.Command.Verb == model.GET:
		c.enter(env, k, reading)
	case c.stampFirst:
		c.enter(env, k, stamping)
	default:
		c.write(env, k)
	}
}

// enter begins a phase: the node's own half first, then the others.
func (c *coordinator) enter(env Env, k *call, p phase) {
	k.phase = p
	if p != backing {
		k.votes = [maxReplicas]int32{}
		k.targets = c.choose(env, p)
	}
	c.send(env, k)
	if c.here != nil && k.targets.has(c.self) && k.votes[c.self-1] == 0 {
		c.ownVote(env, k)
	}
	c.proceed(env, k)
}

// choose returns whom a phase asks.
func (c *coordinator) choose(env Env, p phase) nodeSet {
	all := nodeSet(1<<(c.n+1) - 2)
	if !c.some {
		return all
	}
	size := c.w
	if p == reading || p == stamping {
		size = c.r
	}
	var chosen nodeSet
	for left := c.n; size > 0; left-- {
		// The next of those left is drawn with the chance that fills the set evenly.
		if env.Rand().IntN(left) < size {
			chosen = chosen.with(model.NodeID(left))
			size--
		}
	}
	return chosen
}

// send sends a phase's message to those who have not answered.
func (c *coordinator) send(env Env, k *call) {
	id := k.id<<phaseBits | quorumID(k.phase)
	var m Message
	switch k.phase {
	case stamping, reading:
		m = &quorumAsk{c.book.lives, id, k.key, k.phase == stamping}
	case writing:
		w := &quorumWrite{lives: c.book.lives, id: id, kind: "quorum.write", key: k.key, rec: k.rec}
		if c.here == nil {
			w.op, w.over = k.req.Op, k.over
		}
		m = w
	case backing:
		m = &quorumWrite{lives: c.book.lives, id: id, kind: "quorum.repair", key: k.key, rec: k.rec}
	}
	for p := range c.n {
		to := model.NodeID(p + 1)
		if to != c.self && k.targets.has(to) && !c.counts(k, p) {
			env.Send(to, m)
		}
	}
}

// counts tells whether the node's vote stands: it has not lost its disk since.
func (c *coordinator) counts(k *call, p int) bool {
	return k.votes[p] != 0 && k.votes[p] >= c.book.lives[p]
}

func (c *coordinator) voted(k *call) int {
	n := 0
	for p := range c.n {
		if c.counts(k, p) {
			n++
		}
	}
	return n
}

// ownVote is what the coordinator's own node says.
func (c *coordinator) ownVote(env Env, k *call) {
	switch k.phase {
	case stamping:
		rec := env.Store().Record(k.key)
		c.stamped(k, rec.Vector(), headNames(rec), stampOf(rec))
	case reading:
		c.found(k, c.self, env.Store().Record(k.key))
	case writing, backing:
		c.here.keep(env, k.key, k.rec)
	}
	k.votes[c.self-1] = c.book.life
}

func (c *coordinator) stamped(k *call, seen model.Vector, heads []headName, s model.Stamp) {
	k.seen = k.seen.Join(seen)
	k.heads = append(k.heads, heads...)
	k.newest = k.newest.Later(s)
}

func (c *coordinator) found(k *call, from model.NodeID, rec *model.Record) {
	k.stamps[from-1] = stampOf(rec)
	k.rec, _ = model.Merge(k.rec, rec, model.Registers)
}

func stampOf(rec *model.Record) model.Stamp {
	h, _ := rec.Newest()
	return h.Stamp
}

func headNames(rec *model.Record) []headName {
	if rec == nil {
		return nil
	}
	names := make([]headName, len(rec.Heads))
	for i := range rec.Heads {
		names[i] = headName{rec.Heads[i].Op, rec.Heads[i].Dot}
	}
	return names
}

// callOf returns the call that an answer belongs to; nil if it is over, in another
// phase, or has this node's vote.
func (c *coordinator) callOf(id quorumID, from model.NodeID) *call {
	k := c.calls[id>>phaseBits]
	if k == nil || k.phase != phase(id&(1<<phaseBits-1)) || int(from) > c.n || c.counts(k, int(from)-1) {
		return nil
	}
	return k
}

// answered takes what a node said to a call; false if it is no such message.
func (c *coordinator) answered(env Env, from model.NodeID, msg Message) bool {
	var k *call
	var life int32
	switch m := msg.(type) {
	case *quorumStamped:
		if k = c.callOf(m.id, from); k != nil {
			c.stamped(k, m.seen, m.heads, m.stamp)
			life = m.lives[from-1]
		}
	case *quorumAnswer:
		if k = c.callOf(m.id, from); k != nil {
			c.found(k, from, m.rec)
			life = m.lives[from-1]
		}
	case *quorumAck:
		if k = c.callOf(m.id, from); k != nil {
			life = m.lives[from-1]
		} else if c.here != nil {
			c.here.handedOff(env, from, m.id)
		}
	default:
		return false
	}
	if k != nil {
		k.votes[from-1] = life
		c.proceed(env, k)
	}
	return true
}

// drop ends a call.
func (c *coordinator) drop(env Env, k *call) {
	env.Cancel(k.timer)
	delete(c.calls, k.id)
}
