package check

import (
	"math"
	"slices"
	"sort"

	"capsim/model"
	"capsim/trace"
)

// sight is what a read saw of its key. Two things tell: the record that its node
// served as it answered, if that explains the reply (a node may answer out of other
// nodes' records), and the writes that could have left such a reply, if every write
// of the key says what it leaves.
type sight struct {
	read    *trace.Op
	byNode  bool
	record  *model.Record // if byNode; nil: nothing
	byValue bool
	writers []*trace.Op // if byValue: that could have left the reply
	initial bool        // … or it was so before the first write
}

// clear tells whether anything says what the read saw.
func (s *sight) clear() bool { return s.byNode || s.byValue }

// sightOf returns what the answered read saw.
func (h *History) sightOf(o *trace.Op) *sight {
	if h.sightAt == nil {
		h.look()
	}
	return &h.sights[h.sightAt[h.number(o.ID)]-1]
}

// look works out what every answered read saw.
func (h *History) look() {
	h.sortOut()
	h.sightAt = make([]int32, len(h.x.Ops()))
	n := int32(0)
	for _, o := range h.operations() {
		if isRead(o) && answeredOK(o) {
			n++
			h.sightAt[h.number(o.ID)] = n
		}
	}
	h.sights = make([]sight, 0, n)
	for _, o := range h.operations() {
		i := h.number(o.ID)
		if h.sightAt[i] == 0 {
			continue
		}
		s := sight{read: o}
		saw := h.facts().saw[i]
		// A history of another program has no nodes.
		if o.Node > 0 && (saw.at || o.Host == 0) && explains(saw.record, o) { // of a remote client, only its node's reply tells
			s.byNode, s.record = true, saw.record
		}
		if k := h.homes[i].key; k.isRegister() {
			s.writers, s.initial = k.sources(o)
			s.byValue = s.initial || len(s.writers) > 0
		}
		h.sights = append(h.sights, s)
	}
}

// explains tells whether a node that serves the record would reply so.
func explains(rec *model.Record, o *trace.Op) bool {
	got := &o.Result.Reply
	if o.Command.Verb == model.GET { // the usual case, without more ado
		switch v := rec.Value(); {
		case v.Type == model.None && got.Kind == model.NilReply, v.Type == model.String && got.Kind == model.BulkReply && got.Str == v.Str:
			return true
		}
	}
	if got.Kind == model.SiblingsReply {
		l, _ := literalOfReply(*got)
		return literalOf(rec.Values()).matches(l)
	}
	reply := func(v model.Value) model.Reply {
		return model.Apply(o.Command, func(string) model.Value { return v }, &model.Effects{})
	}
	tells := func(v model.Value) bool { return o.Command.Alike(reply(v), *got) }
	return tells(rec.Value()) || slices.ContainsFunc(rec.Values(), tells)
}

// mayHaveWritten tells whether the operation had an effect, or may have. An EXPIRE that
// no node wrote found its value gone.
func mayHaveWritten(o *trace.Op) bool {
	if o.Command.Verb == model.EXPIRE {
		return o.Wrote != 0
	}
	return o.Command.Writes() && (o.Wrote != 0 || !answeredOK(o) && !refused(o))
}

// isRegister tells whether every write that may have changed the key says what it
// leaves, and sorts those writes by that.
func (k *keyHistory) isRegister() bool {
	if k.texts != nil {
		return !k.opaque
	}
	k.texts = map[string][]*trace.Op{}
	for _, o := range k.ops {
		if !mayHaveWritten(o) {
			continue
		}
		switch v, ok := puts(o.Command); {
		case !ok:
			k.opaque = true
		case v.Type == model.None:
			k.deletions = append(k.deletions, o)
		default:
			k.texts[v.Str] = append(k.texts[v.Str], o)
			k.puts = append(k.puts, o)
		}
	}
	return !k.opaque
}

// sources returns the writes that could have left what the read of a register
// returned, and whether it was so before the first one.
func (k *keyHistory) sources(read *trace.Op) (ops []*trace.Op, initial bool) {
	late := func(o *trace.Op) bool { return o.Invoked > read.Returned }
	var from []*trace.Op // ascending by invocation
	switch got := &read.Result.Reply; {
	case got.Kind == model.NilReply:
		from, initial = k.deletions, k.init.Type == model.None
	case got.Kind == model.IntReply:
		return k.numbered(read)
	case got.Kind == model.BulkReply:
		from, initial = k.texts[got.Str], k.init.Equal(model.Text(got.Str))
	case got.Kind == model.SiblingsReply:
		for _, s := range got.List {
			from = append(from, k.texts[s]...)
		}
		return slices.DeleteFunc(from, late), initial
	}
	n := sort.Search(len(from), func(i int) bool { return late(from[i]) })
	return from[:n:n], initial
}

// numbered is sources for a read that returns a number: EXISTS, STRLEN, PTTL.
func (k *keyHistory) numbered(read *trace.Op) (ops []*trace.Op, initial bool) {
	left := func(v model.Value) bool {
		r := model.Apply(read.Command, func(string) model.Value { return v }, &model.Effects{})
		return read.Command.Alike(r, read.Result.Reply)
	}
	initial = left(k.init)
	for _, o := range k.ops {
		if !mayHaveWritten(o) || o.Invoked >= read.Returned {
			continue
		}
		v, _ := puts(o.Command)
		if setsDeadline(o.Command) {
			v.Deadline = ownDeadline(o.ID)
		}
		if left(v) {
			ops = append(ops, o)
		}
	}
	return ops, initial
}

// covers tells whether the record has taken in the write: holds it, or superseded or
// dropped it knowingly.
func (h *History) covers(rec *model.Record, op model.OpID, key string) bool {
	if rec == nil {
		return false
	}
	if w := h.effect(op, key); w.dotted {
		return rec.Seen.Covers(w.dot)
	}
	heads := make([]model.OpID, len(rec.Heads))
	for i, head := range rec.Heads {
		heads[i] = head.Op
	}
	return h.closure(key, heads)[op]
}

// newest returns the event by which all that the read returned had been written, for
// certain: no write that began later is in it. open: it may be newer than any.
func (s *sight) newest() int {
	if s.byValue {
		return newestOf(s.writers)
	}
	return 0
}

func newestOf(ops []*trace.Op) int {
	last := 0
	for _, o := range ops {
		last = max(last, settled(o))
	}
	return last
}

// settled returns the event by which a write had taken its place for certain. Nobody
// answers an EXPIRE: it has when a node says so.
func settled(o *trace.Op) int {
	if o.Command.Verb == model.EXPIRE && o.Wrote != 0 {
		return o.Wrote
	}
	if answeredOK(o) {
		return o.Returned
	}
	return math.MaxInt
}

// misses tells whether what the read returned is older than the write: the node had
// not taken the write in, and what it returned had been written before the write
// began.
func (h *History) misses(s *sight, w *trace.Op, key string) bool {
	switch {
	case s.byNode && h.covers(s.record, w.ID, key):
		return false
	case s.byValue:
		return w.Invoked > s.newest() && !slices.Contains(s.writers, w)
	case s.byNode:
		return w.Invoked > h.newestHead(s.record)
	}
	return false
}

// newestHead is newest for a record: of those of its writes that replace what was
// there.
func (h *History) newestHead(rec *model.Record) int {
	if rec == nil {
		return 0
	}
	last := 0
	for _, head := range rec.Heads {
		o := h.x.Op(head.Op)
		if o == nil {
			continue
		}
		if _, ok := puts(o.Command); !ok {
			continue
		}
		if o.Returned > h.until {
			return math.MaxInt
		}
		last = max(last, settled(o))
	}
	return last
}
