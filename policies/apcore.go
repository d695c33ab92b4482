package policies

import (
	"slices"
	"strconv"
	"strings"

	"capsim/model"
)

// core is what ap and base share: a node that answers every command at once from
// its own records, and merges what reaches it. How records spread is theirs.
type core struct {
	mode model.Mode
	shop bool // what TAKE and BUY promise goes into the ledger of sales

	env   Env // of the step under way
	self  model.NodeID
	life  int32
	clock model.Stamp // the newest stamp issued or seen
	keys  keybook
	// lapsed has a bit for each node whose writes are soft state that was not
	// refreshed: records with its writes in them are stale.
	lapsed nodeSet

	deadlines deadlines // of values that this node accepted
	expiring  Tag       // its timer

	// guard says whether a command may not do what it would, for want of stock; nil
	// if all may.
	guard   func(model.Command, []model.Effect) bool
	causal  *causal // nil without causal sessions
	waiting waiting // sessions that have seen more than the node has

	effects model.Effects
	read    model.Reader
	held    []held    // records that this request has read or written
	touched []touched // what this request wrote
}

// held is a record as the request under way sees it.
type held struct {
	key string
	rec *model.Record
}

// touched is a key that the request wrote.
type touched struct {
	slot int32
	key  string
	rec  *model.Record
	dot  model.Dot
	all  bool // everything that stood there is superseded
}

// nodeSet is a set of nodes, a bit each; clusters with stores have at most nine.
type nodeSet uint16

func setOf(n model.NodeID) nodeSet               { return 1 << n }
func (s nodeSet) has(n model.NodeID) bool        { return s&setOf(n) != 0 }
func (s nodeSet) with(n model.NodeID) nodeSet    { return s | setOf(n) }
func (s nodeSet) without(n model.NodeID) nodeSet { return s &^ setOf(n) }

// newCore returns a core that keeps the kind of timer given for what expires.
func newCore(mode model.Mode, expiring uint8) core {
	return core{mode: mode, keys: newKeybook(), expiring: Tag{Kind: expiring}}
}

// start takes up what the disk has: the actor's name, the clock, and the records,
// which it announces. The clock needs no blob of its own: every stamp that this
// disk issued or saw is in a record, or older than one that is.
func (c *core) start(env Env) {
	if env.Boot() == Switched {
		settle(env)
	}
	c.env, c.self, c.life = env, env.Self(), lifeOf(env)
	c.read = func(key string) model.Value { return c.value(c.record(key)) }
	s := env.Store()
	for _, key := range s.Keys() {
		rec := s.Record(key)
		if h, ok := rec.Newest(); ok {
			c.clock = c.clock.Later(h.Stamp)
		}
		slot := c.keys.slot(key)
		c.keys.changed(slot, env.Now())
		if marked := c.marked(rec); marked != rec {
			rec = marked
			s.PutRecord(key, rec)
		}
		c.watch(key, rec)
		env.Applied(key, rec)
	}
	if c.causal != nil {
		c.startCausal(env)
	}
}

// request executes a client's command and replies. What it wrote is good until the
// next request.
func (c *core) request(env Env, req *Request) []touched {
	c.begin(env)
	reply := model.Apply(req.Command, c.read, &c.effects)
	if c.mode == model.KeepSiblings && req.Command.Verb == model.GET {
		reply = c.siblings(req.Command.Key(), reply)
	}
	if c.guard != nil && c.guard(req.Command, c.effects.List) {
		reply, c.effects.List = model.Error(model.ErrOutOfStock), c.effects.List[:0]
	}
	for i := range c.effects.List {
		e := &c.effects.List[i]
		sale := c.shop && e.Kind == model.Add && e.Delta < 0 && (req.Command.Verb == model.TAKE || req.Command.Verb == model.BUY)
		c.write(&model.Write{Op: req.Op, Effect: *e, Sale: sale}, c.knows(req, e.Key), nil)
	}
	res := model.Result{Outcome: model.OKOutcome, Reply: reply, Context: c.context(req)}
	if c.causal != nil {
		res.Past = c.past(req)
	}
	env.Reply(req.Op, res)
	return c.touched
}

func (c *core) begin(env Env) {
	c.env, c.held, c.touched = env, c.held[:0], c.touched[:0]
	c.effects.List, c.effects.Now = c.effects.List[:0], env.Now()
}

// record returns the node's record of the key, read from the store once a request.
func (c *core) record(key string) *model.Record {
	for i := range c.held {
		if c.held[i].key == key {
			return c.held[i].rec
		}
	}
	rec := c.env.Store().Record(key)
	c.held = append(c.held, held{key, rec})
	return rec
}

// value is what commands act on: under siblings the newest of them.
func (c *core) value(rec *model.Record) model.Value {
	v := rec.Value()
	if v.Type == model.None && c.mode == model.KeepSiblings {
		if vs := rec.Values(); len(vs) > 0 {
			return vs[len(vs)-1]
		}
	}
	return v
}

// siblings replies all values of the key if there are several.
func (c *core) siblings(key string, reply model.Reply) model.Reply {
	rec := c.record(key)
	if rec == nil || len(rec.Heads) < 2 {
		return reply
	}
	vs := rec.Values()
	if len(vs) < 2 {
		return reply
	}
	list := make([]string, len(vs))
	for i, v := range vs {
		list[i] = v.Str
		if v.Type == model.Set {
			list[i] = v.String()
		}
	}
	slices.Sort(list)
	return model.Reply{Kind: model.SiblingsReply, List: list}
}

// write gives w its place in the key's history: dot and stamp are filled in here.
// refund names a sale that the write takes back.
func (c *core) write(w *model.Write, seen *model.Seen, refund *model.Dot) {
	key := w.Effect.Key
	rec := c.record(key)
	all := c.replacesAll(rec, &w.Effect, seen.Vector)
	w.Dot = c.dot(rec, seen.Vector, all)
	if n := len(seen.Heads); n > 0 {
		c.clock = c.clock.Later(seen.Heads[n-1].Stamp)
	}
	c.clock = c.clock.Next(c.env.Now(), w.Dot.Actor)
	w.Stamp, w.Seen = c.clock, seen.Vector
	next, over := rec.Write(*w, c.mode)
	if refund != nil {
		next = next.Refund(*refund)
	}
	next = c.marked(next)
	slot := c.keys.slot(key)
	c.env.Wrote(w.Op, key, elsewhere(over, rec, w, seen.Heads))
	c.put(slot, key, next)
	if c.causal != nil {
		c.numbered()
	}
	c.env.Applied(key, next)
	for i := range c.held {
		if c.held[i].key == key {
			c.held[i].rec = next
		}
	}
	c.touched = append(c.touched, touched{slot, key, next, w.Dot, all})
}

// elsewhere adds to what a register write supersedes here the writes that its
// session saw at other nodes and that have not reached this one.
func elsewhere(over []model.OpID, rec *model.Record, w *model.Write, heads []model.Head) []model.OpID {
	if w.Effect.Kind != model.Put && w.Effect.Kind != model.Delete {
		return over
	}
	for i := range heads {
		if !rec.Vector().Covers(heads[i].Dot) && w.Seen.Covers(heads[i].Dot) {
			over = append(over, heads[i].Op)
		}
	}
	return over
}

// put stores a record.
func (c *core) put(slot int32, key string, rec *model.Record) {
	c.env.Store().PutRecord(key, rec)
	c.keys.changed(slot, c.env.Now())
	if c.causal != nil {
		c.causal.changed = append(c.causal.changed, slot)
	}
	c.watch(key, rec)
}

// merge takes in a record that reached the node, and returns what it has now and
// whether that is new.
func (c *core) merge(env Env, key string, theirs *model.Record) (*model.Record, bool) {
	c.env = env
	ours := env.Store().Record(key)
	h, ok := theirs.Newest()
	if !ok {
		return ours, false
	}
	c.clock = c.clock.Later(h.Stamp)
	if c.mode != model.Registers && sameWrites(ours, theirs) {
		return ours, false
	}
	merged, lost := model.Merge(ours, theirs, c.mode)
	if merged == ours || c.mode != model.Registers && sameWrites(merged, ours) {
		return ours, false
	}
	merged = c.marked(merged)
	for i := range lost {
		env.Discarded(key, lost[i].Op, "lost to a later write (last writer wins)")
	}
	c.put(c.keys.slot(key), key, merged)
	// A loser that was dropped elsewhere changes what the node has seen, not what it
	// serves: the session guarantees are judged by that.
	if c.causal != nil || !sameServed(ours, merged) {
		env.Applied(key, merged)
	}
	return merged, true
}

// marked returns the record with its stale mark as it must be.
func (c *core) marked(rec *model.Record) *model.Record {
	stale := c.lapsed != 0 && ownersOf(rec)&c.lapsed != 0
	if rec == nil || rec.Stale == stale {
		return rec
	}
	n := *rec
	n.Stale = stale
	return &n
}

// lifeMeta keeps the actor's life and the stretch in which it was last used.
const lifeMeta = "ap/life"

// lifeOf returns the number of this disk's life, which names the node's actor. A
// disk that was emptied begins a life. So does a node that comes from another
// family of policies: what those wrote in this node's name may be at a peer and
// not here, so that to go on counting from the records would give a dot twice.
func lifeOf(env Env) int32 {
	life, last := int64(0), int64(0)
	if blob := env.Store().Meta(lifeMeta); blob != nil {
		a, b, _ := strings.Cut(string(blob), " ")
		life, _ = strconv.ParseInt(a, 10, 32)
		last, _ = strconv.ParseInt(b, 10, 64)
	}
	stretch := int64(env.Stretch())
	kept := env.Boot() == Restarted || env.Boot() == Switched && last == stretch-1
	if life <= 0 || !kept {
		life = int64(env.Incarnation()) & (1<<lifeBits - 1)
		if env.Boot() == Switched {
			life |= stretch & (1<<stretchBits - 1) << lifeBits
		}
	}
	env.Store().PutMeta(lifeMeta, []byte(strconv.FormatInt(life, 10)+" "+strconv.FormatInt(stretch, 10)))
	return int32(life)
}

// A life is, from its low bits up: incarnation, the stretch in which another family
// of policies was left, and the branch.
const (
	lifeBits    = 16
	stretchBits = 8
	maxBranch   = 1<<6 - 1 // those above are base's parts of a stock
)
