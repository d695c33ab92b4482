package policies

import (
	"strconv"
	"strings"

	"capsim/model"
)

// Causal sessions. Each node numbers its writes, over all keys, and knows as a vector
// which writes of every node it has: have. Between nodes goes nothing but deltas: of
// the sender's records all that changed since it had what needs says. A receiver that
// has needs, takes in all of a delta in one step, and has then all that the sender
// had; one that lacks some puts it aside. So what a node has is always closed: with a
// write it has all that came before it, and nothing is ever seen before its cause.
//
// A session carries, as a vector too, what it has seen. A node that has not got all of
// that makes it wait, or refuses it; else it would show the session, or write for it,
// a present that lacks some of the session's past. The node's hybrid clock is past all
// stamps that it has, so that a register's later write, by causality, has the later
// stamp.
//
// Sources: Almeida, Shoker & Baquero, Delta State Replicated Data Types (2018): the
// causal delta-merging condition; Petersen et al., Flexible Update Propagation for
// Weakly Consistent Replication (SOSP 1997): the vector; Terry et al., Session
// Guarantees (PDIS 1994): the session's; Ahamad et al., Causal Memory (1995); Lloyd et
// al., COPS (SOSP 2011), which delays each write by its own dependencies instead.

// causal is what a node with causal sessions knows of itself.
//
// Invariants: have is on disk at the end of each step; what a record is made of is
// among the writes that its page's have stands for, and that among have's.
type causal struct {
	actor   model.Actor
	have    model.Vector
	pages   []causalPage // by the keybook's slots
	log     []causalChange
	seq     uint64
	changed []int32 // slots that were put in this step and are not in the log yet
	asking  nodeSet // of a disk that may have been emptied: who has not told yet what it has
}

// causalPage is what causal keeps of a key.
type causalPage struct {
	have model.Vector // what the node had when the record changed last
	seq  uint64       // its place in the log; 0: none
}

// causalChange is a change of a record, in the order in which they came. It counts
// while it is the newest of its key.
type causalChange struct {
	slot int32
	seq  uint64
}

// delta is what a node's records have beyond what needs stands for.
type delta struct {
	needs, gives model.Vector
	items        []gossipItem
	ops          []model.OpID
}

// haveMeta keeps the vector. askingMeta is there until all peers have told a node what
// they have that may have lost its disk.
const (
	haveMeta   = "ap/have"
	askingMeta = "ap/asking"
)

// startCausal takes up the vector. What a restart forgot is which of it each record
// needs: all of it, to be safe. What another policy wrote has no numbers: after a
// toggle all that the node has counts as a write of this moment.
func (c *core) startCausal(env Env) {
	s := &causal{actor: model.Actor{Node: c.self, Life: c.life}, seq: 1}
	c.causal = s
	fresh := true
	if blob := env.Store().Meta(haveMeta); blob != nil {
		fresh = false
		s.have = model.NewJSONReader([]byte(`"` + string(blob) + `"`)).Vector()
	}
	for i := range c.keys.pages {
		s.changed = append(s.changed, int32(i))
	}
	if env.Boot() == Switched && len(s.changed) > 0 {
		c.numbered()
	} else {
		s.record()
	}
	if fresh {
		env.Store().PutMeta(haveMeta, model.AppendDots(nil, s.have))
	}
	if blob := env.Store().Meta(askingMeta); blob != nil || fresh && env.Incarnation() > 1 {
		env.Store().PutMeta(askingMeta, []byte("1"))
		for n := range env.N() {
			if id := model.NodeID(n + 1); id != c.self {
				s.asking = s.asking.with(id)
			}
		}
		if s.asking == 0 { // a node alone
			c.complete()
		}
	}
}

// numbered counts what changed as this node's next write.
func (c *core) numbered() {
	s := c.causal
	s.have = s.have.With(model.Dot{Actor: s.actor, N: s.have.Of(s.actor) + 1})
	c.env.Store().PutMeta(haveMeta, model.AppendDots(nil, s.have))
	s.record()
}

// joined says that the node has, with what changed, all that the vector stands for.
func (c *core) joined(gives model.Vector) {
	s := c.causal
	if !s.have.Descends(gives) {
		s.have = s.have.Join(gives)
		c.env.Store().PutMeta(haveMeta, model.AppendDots(nil, s.have))
	}
	s.record()
}

// record puts what changed into the log.
func (s *causal) record() {
	for _, slot := range s.changed {
		for int(slot) >= len(s.pages) {
			s.pages = append(s.pages, causalPage{})
		}
		s.seq++
		s.pages[slot] = causalPage{have: s.have, seq: s.seq}
		s.log = append(s.log, causalChange{slot, s.seq})
	}
	s.changed = s.changed[:0]
	if len(s.log) <= 2*len(s.pages)+64 {
		return
	}
	kept := s.log[:0]
	for _, e := range s.log {
		if s.pages[e.slot].seq == e.seq {
			kept = append(kept, e)
		}
	}
	s.log = kept
}

// delta returns what this node has beyond a vector, looking at the changes after seq.
func (c *core) delta(needs model.Vector, seq uint64) delta {
	s := c.causal
	d := delta{needs: needs, gives: s.have}
	store := c.env.Store()
	for i := len(s.log) - 1; i >= 0 && s.log[i].seq > seq; i-- {
		e := s.log[i]
		p := &s.pages[e.slot]
		if p.seq != e.seq || needs.Descends(p.have) {
			continue
		}
		key := c.keys.key(e.slot)
		rec := store.Record(key)
		d.items = append(d.items, gossipItem{key, rec})
		d.ops = headOps(d.ops, rec)
	}
	return d
}

// take merges a delta, of whose needs this node has all.
func (c *core) take(env Env, from model.NodeID, d *delta) {
	for i := range d.items {
		c.merge(env, d.items[i].key, d.items[i].rec)
	}
	c.env = env
	c.joined(d.gives)
	c.told(from)
}

// told notes that this node has all that a peer has. Once it has all that any has, a
// node whose disk was emptied says that of its former lives there is no more to come,
// so that nobody waits for writes that are lost.
func (c *core) told(from model.NodeID) {
	s := c.causal
	if s.asking == 0 {
		return
	}
	if s.asking = s.asking.without(from); s.asking == 0 {
		c.complete()
	}
}

// complete says that this node's lives before this one wrote nothing more.
func (c *core) complete() {
	c.env.Store().DropMeta(askingMeta)
	c.joined(model.Vector{{Actor: model.Actor{Node: c.self}, N: int64(incarnationOf(c.causal.actor))}})
}

// incarnationOf returns the incarnation in which the actor's life began; 0 for the actor
// that stands for lives that are complete.
func incarnationOf(a model.Actor) int32 { return a.Life & (1<<lifeBits - 1) }

// covers tells whether a node that has v need not wait for anything in w. An actor of
// life 0 says that of the node's lives which began in an incarnation before its number
// nothing more is to come. (It may, from a message that was on the way all the time: so
// what nodes send each other goes by the plain vectors.)
func covers(v, w model.Vector) bool {
	for _, d := range w {
		complete := d.Life != 0 && int64(incarnationOf(d.Actor)) < v.Of(model.Actor{Node: d.Node})
		if !complete && !v.Covers(d) {
			return false
		}
	}
	return true
}

// lacks says what a node that has v lacks of w.
func lacks(v, w model.Vector) string {
	var what []string
	for _, d := range w {
		if covers(v, model.Vector{d}) {
			continue
		}
		first, last := strconv.FormatInt(v.Of(d.Actor)+1, 10), strconv.FormatInt(d.N, 10)
		text := "write " + last
		if first != last {
			text = "writes " + first + " to " + last
		}
		what = append(what, text+" of "+d.Node.String())
	}
	return strings.Join(what, ", ")
}

// past returns what the session carries after a request: what it carried; its own
// writes; and of what it read, all that this came after.
func (c *core) past(req *Request) model.Vector {
	s, past := c.causal, req.Past
	for i := range c.touched {
		past = past.With(model.Dot{Actor: s.actor, N: s.pages[c.touched[i].slot].have.Of(s.actor)})
	}
	if req.Command.Verb == model.SET && len(req.Command.Args) == 2 {
		return past // it read nothing
	}
	for _, key := range req.Command.Keys() {
		if slot, met := c.keys.slots[key]; met && int(slot) < len(s.pages) {
			past = past.Join(s.pages[slot].have)
		}
	}
	return past
}
