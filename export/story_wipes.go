package export

import (
	"slices"
	"strconv"

	"capsim/model"
	"capsim/trace"
)

// losses is what the wipes of disks took of one key.
type losses struct {
	risk []model.OpID // acknowledged writes that only messages under way may carry still
	gone []model.OpID // … that nothing held any more; only a client's session may bring one back
	told int          // how many of gone were told
}

// wipe is the loss of a disk.
type wipe struct {
	at   model.Time
	held map[string]*model.Record // what was on it
}

// maxGone bounds how many lost writes a sentence names.
const maxGone = 3

// wipe takes from a node what was on its disk.
func (w *world) wipe(n *node, at model.Time) {
	if n.last == nil {
		return
	}
	n.wipes = append(n.wipes, wipe{at, n.last})
	n.emptied = true
	n.cells, n.last = map[string]*model.Record{}, map[string]*model.Record{}
	for k, f := range w.copies {
		if k.to == n.id && f.what == trace.Deliver {
			f.what = trace.HostChange
			w.copies[k] = f
		}
	}
}

// sayWiped tells which acknowledged writes went with a disk.
func (s *Narrator) sayWiped(e *trace.Event) {
	n := s.node(e.Node)
	if len(n.wipes) == 0 {
		return
	}
	on := n.wipes[len(n.wipes)-1].held
	var lost []*trace.Op
	for _, key := range s.x.Keys() {
		if on[key] == nil {
			continue
		}
		s.endanger(key, on[key])
		for _, id := range s.settleRisk(key) {
			if op := s.x.Op(id); !slices.Contains(lost, op) {
				lost = append(lost, op)
			}
		}
		s.lost[key].told = len(s.lost[key].gone)
	}
	if len(lost) == 0 {
		return
	}
	t := s.callAll(new(text).add("With ", n.id.String(), "'s disk "), lost)
	s.say(Bad, t.add(plural(len(lost), " is gone: it was acknowledged", " are gone: they were acknowledged"),
		", and no other node and no message under way has ", plural(len(lost), "it.", "them."))).Lost = true
}

// endanger notes the acknowledged writes of a lost record that no other node has, the
// newest first. A write that had lost to another is not missed.
func (s *Narrator) endanger(key string, lost *model.Record) {
	l := s.lost[key]
	if l == nil {
		l = &losses{}
		s.lost[key] = l
	}
	var risk []model.OpID
	for n := 1; ; n++ {
		op := s.x.Op(s.x.Writer(key, n))
		if op == nil || op.Invoked > s.told {
			break
		}
		p, placed := s.writes[writeKey{op.ID, key}]
		if placed && s.acknowledged(op) && lost.Vector().Covers(p.dot) && !s.kept(op.ID, key) &&
			!s.toldOf[toldKey{trace.Discarded, op.ID, 0}] {
			risk = append(risk, op.ID)
		}
	}
	slices.Reverse(risk)
	l.risk = append(l.risk, risk...)
}

// settleRisk finds what became of the writes that only messages may carry, and returns
// those that are gone since it was asked last.
func (s *Narrator) settleRisk(key string) []model.OpID {
	l := s.lost[key]
	if l == nil || len(l.risk) == 0 {
		return nil
	}
	carried := s.carried(key)
	before := len(l.gone)
	l.risk = slices.DeleteFunc(l.risk, func(id model.OpID) bool {
		switch {
		case s.kept(id, key) || slices.Contains(l.gone, id):
			return true
		case carried[id]:
			return false
		}
		l.gone = append(l.gone, id)
		return true
	})
	return l.gone[before:]
}

// kept tells whether a node has a write, or one that took its place: in a record, or,
// if a copy reached it, where no record shows it, as in a log.
func (s *Narrator) kept(id model.OpID, key string) bool {
	p := s.writes[writeKey{id, key}]
	for i := range s.nodes {
		n := &s.nodes[i]
		if n.last[key].Vector().Covers(p.dot) || s.copies[copyKey{id, n.id}].what == trace.Deliver {
			return true
		}
	}
	return false
}

// carried returns the writes of a key that messages under way carry, and those that
// they took the place of.
func (s *Narrator) carried(key string) map[model.OpID]bool {
	var ops []model.OpID
	for _, m := range s.flights {
		ops = append(ops, m.Ops...)
	}
	return s.closure(key, ops)
}

// closure returns the given writes of a key and all that they took the place of.
func (s *Narrator) closure(key string, ops []model.OpID) map[model.OpID]bool {
	held := map[model.OpID]bool{}
	for len(ops) > 0 {
		op := ops[len(ops)-1]
		ops = ops[:len(ops)-1]
		if !held[op] {
			held[op] = true
			ops = append(ops, s.x.Supersedes(op, key)...)
		}
	}
	return held
}

func (s *Narrator) acknowledged(op *trace.Op) bool {
	return op.Returned > 0 && op.Returned <= s.told && op.Result.Outcome == model.OKOutcome && op.Wrote > 0 && op.Wrote <= s.told
}

// isGone tells whether a wipe took the last of a write.
func (s *Narrator) isGone(id model.OpID, key string) bool {
	s.settleRisk(key)
	l := s.lost[key]
	return l != nil && slices.Contains(l.gone, id) && !s.kept(id, key) && !s.carried(key)[id]
}

// sayAgreedShort tells that the nodes agree about a key of which acknowledged writes
// are gone, once. It tells nothing if that was told.
func (s *Narrator) sayAgreedShort(key string, rec *model.Record, at model.Time, was spread) bool {
	s.settleRisk(key)
	l := s.lost[key]
	if l == nil || len(l.gone) == l.told {
		return false
	}
	var ops []*trace.Op
	for _, id := range l.gone[l.told:] {
		if !s.kept(id, key) {
			ops = append(ops, s.x.Op(id))
		}
	}
	if l.told = len(l.gone); len(ops) == 0 {
		return false
	}
	t := new(text).add("All nodes that are up hold ")
	s.held(t, key, rec)
	s.callAll(t.add(" of ", model.Quote(key), ", ", Span(at.Sub(was.since)), " after they first differed, but "), ops)
	s.say(Bad, t.add(plural(len(ops), ", which was acknowledged, is gone.", ", which were acknowledged, are gone.")))
	return true
}

// hasNewest tells whether the record has the newest acknowledged write of a key, or one
// that took its place: only then is agreement about it good.
func (s *Narrator) hasNewest(key string, rec *model.Record) bool {
	p, ok := s.newestPromise(key, s.told+1)
	return !ok || rec.Vector().Covers(p.dot)
}

// callAll names operations, the first few of many.
func (s *Narrator) callAll(t *text, ops []*trace.Op) *text {
	shown := min(len(ops), maxGone)
	for i, op := range ops[:shown] {
		switch {
		case i > 0 && i == len(ops)-1:
			t.add(" and ")
		case i > 0:
			t.add(", ")
		}
		s.call(t, op)
	}
	if more := len(ops) - shown; more > 0 {
		t.add(" and ", strconv.Itoa(more), " more")
	}
	return t
}

// wipedOf returns when the node lost a write with its disk: false if it never had it.
func (w *world) wipedOf(id model.NodeID, key string, p promise) (model.Time, bool) {
	wipes := w.node(id).wipes
	for i := len(wipes) - 1; i >= 0; i-- {
		if r := wipes[i].held[key]; r.Holds(p.op) || r.Vector().Covers(p.dot) {
			return wipes[i].at, true
		}
	}
	return 0, false
}

// hadIt says how a node knew of a write that was acknowledged at from.
func hadIt(from, at model.NodeID) string {
	if from == at {
		return at.String() + " itself acknowledged it"
	}
	return at.String() + " had it"
}
