package export

import (
	"math"
	"slices"
	"strconv"

	"capsim/model"
	"capsim/trace"
)

// tellRead tells what a client was told, whether it was the truth, and if not, why
// the node could not know.
func (s *Narrator) tellRead(e *trace.Event, op *trace.Op, res *model.Result) *Line {
	key, t := op.Command.Key(), new(text)
	switch {
	case op.Command.Verb == model.WAIT:
		return s.tellWait(e, op, res)
	case op.Command.Verb == model.CALL:
		return s.sayOrdinary(Plain, s.call(t, op).add(" at ", e.Node.String(), " is answered ", shorten(res.Reply.String()), " ", after(e.At.Sub(op.At)), "."))
	case key == "":
		return s.sayOrdinary(Quiet, t.add(op.Client, " gets ", shorten(res.Reply.String()), " from ", e.Node.String(), "."))
	}
	from := s.served(e.Node, key, op.Command, res.Reply)
	if whole(op.Command.Verb) {
		t.add(op.Client, " reads ", model.Quote(key), " at ", e.Node.String(), ": ")
	} else { // the answer is not the value
		t.add(op.Client, " asks ", e.Node.String(), " ", shorten(op.Command.String()), ": ")
	}
	s.shown(t, key, res.Reply, from)
	missed, stale := s.missed(op, key, from, res.Reply)
	if !stale {
		if res.Reply.Kind == model.SiblingsReply {
			t.add(". They were written without knowledge of each other; whoever read both can write one in their place")
		}
		s.turnsUp(t, from)
		return s.sayOrdinary(Plain, t.add("."))
	}
	w := s.x.Op(missed.op)
	t.add(", ", Span(op.At.Sub(missed.at)), " after ").add(w.Client, "'s ")
	t.version(written(w.Command), w.Version(key)).add(" was acknowledged at ", w.Node.String(), ": stale; ")
	s.excuse(t, key, missed, w.Node, e.Node)
	l := s.say(Bad, t)
	l.Stale, l.Age = true, op.At.Sub(missed.at)
	return l
}

// whole tells whether a command reads all of a value.
func whole(v model.Verb) bool {
	return v == model.GET || v == model.SMEMBERS || v == model.HGETALL
}

// tellWait tells how many replicas have what a client wrote before: that and no more.
func (s *Narrator) tellWait(e *trace.Event, op *trace.Op, res *model.Result) *Line {
	n := int(res.Reply.Int)
	t := new(text).add(s.whose(op), " at ", e.Node.String(), " answers ", strconv.Itoa(n), " ", after(e.At.Sub(op.At)), ": ")
	switch asked, err := strconv.Atoi(op.Command.Args[0]); {
	case err == nil && n < asked && n == 0:
		t.add("no replica has acknowledged ", op.Client, "'s writes. They stay all the same.")
	case err == nil && n < asked:
		t.add("no more replicas have acknowledged ", op.Client, "'s writes. They stay all the same.")
	default:
		t.add("so many replicas have acknowledged ", op.Client, "'s writes.")
	}
	return s.sayOrdinary(Plain, t)
}

// turnsUp tells, once, that a write whose client was told nothing did happen.
func (s *Narrator) turnsUp(t *text, from *model.Record) {
	for _, id := range from.Ops() {
		op := s.x.Op(id)
		if op == nil || op.Returned == 0 || op.Returned > s.told || op.Result.Outcome != model.Unknown || !complete(op.Command) {
			continue
		}
		if s.once(trace.Return, id, 0) {
			t.add(". So ", s.whose(op), ", which nobody answered for, did happen")
		}
	}
}

// shown writes a reply with the versions it shows.
func (s *Narrator) shown(t *text, key string, r model.Reply, from *model.Record) {
	ops := from.Ops()
	if r.Kind == model.NilReply || len(ops) == 0 {
		t.add(shorten(r.String()))
		if r.Kind == model.NilReply {
			t.add(", nothing")
		}
		return
	}
	first := s.x.Version(ops[len(ops)-1], key)
	t.mark(shorten(r.String()), first).add(" (")
	ns := make([]int, len(ops))
	for i, op := range ops {
		ns[i] = s.x.Version(op, key)
	}
	slices.Sort(ns)
	for i, n := range ns {
		if i > 0 {
			t.add("|")
		}
		t.mark(trace.VersionName(n), n)
	}
	t.add(")")
}

// served returns the record that a reply was made from: the node's own if it tells
// the same, else any node's that does (a request may have been passed on), else the
// node's own.
func (s *Narrator) served(at model.NodeID, key string, c model.Command, r model.Reply) *model.Record {
	own := s.node(at).cells[key]
	if tells(own, c, r) {
		return own
	}
	for i := range s.nodes {
		if rec := s.nodes[i].cells[key]; tells(rec, c, r) {
			return rec
		}
	}
	return own
}

// tells says whether the command, read from the record, has that reply.
func tells(rec *model.Record, c model.Command, r model.Reply) bool {
	if r.Kind == model.SiblingsReply {
		values := rec.Values()
		words := make([]string, len(values))
		for i, v := range values {
			words[i] = v.Str
		}
		slices.Sort(words)
		want := slices.Clone(r.List)
		slices.Sort(want)
		return slices.Equal(words, want)
	}
	return c.Alike(model.Apply(c, func(string) model.Value { return rec.Value() }, &model.Effects{}), r)
}

// missed returns the newest write that was acknowledged before the read began and
// that the record read from knows nothing of.
func (s *Narrator) missed(op *trace.Op, key string, from *model.Record, r model.Reply) (promise, bool) {
	if s.apart { // another node's writes are not its own
		return promise{}, false
	}
	p, ok := s.newestPromise(key, op.Invoked)
	if !ok || from.Vector().Covers(p.dot) || from.Holds(p.op) {
		return p, false
	}
	if h, ok := from.Newest(); ok && h.Stamp.Compare(p.stamp) > 0 {
		return p, false
	}
	if s.newer(s.x.Op(p.op), key, from, r) {
		return p, false
	}
	for i := range s.nodes { // a reply that tells the same is no lie
		if rec := s.nodes[i].cells[key]; rec.Holds(p.op) && tells(rec, op.Command, r) {
			return p, false
		}
	}
	return p, true
}

// newer tells whether what a read returned may have been written after another write began:
// the record that it was made from holds such a write, or, if it returned nothing, the key was
// deleted since, or may have been.
func (s *Narrator) newer(than *trace.Op, key string, from *model.Record, r model.Reply) bool {
	for i := range headsOf(from) {
		if op := s.x.Op(from.Heads[i].Op); op != nil && replaces(op.Command.Verb) && s.settled(op) > than.Invoked {
			return true
		}
	}
	if r.Kind != model.NilReply {
		return false
	}
	ops := s.x.Ops()
	for i, seen := len(ops)-1, 0; i >= 0 && seen < mostDeletions; i-- {
		op := ops[i]
		if op.Invoked > s.told {
			continue
		}
		if seen++; !deletes(op.Command.Verb) || op.Command.Key() != key || s.settled(op) <= than.Invoked {
			continue
		}
		return true
	}
	return false
}

// mostDeletions bounds how far back a deletion is looked for.
const mostDeletions = 2000

// replaces tells whether a write says what it leaves, whatever was there.
func replaces(v model.Verb) bool { return v == model.SET || v == model.CAS || deletes(v) }

func deletes(v model.Verb) bool { return v == model.DEL || v == model.CADEL || v == model.EXPIRE }

// settled returns the event by which a write had taken its place for certain; 0 if it changed
// nothing, and an event that never comes if it may do so yet.
func (s *Narrator) settled(op *trace.Op) int {
	wrote := op.Wrote != 0 && op.Wrote <= s.told
	switch returned := op.Returned != 0 && op.Returned <= s.told; {
	case op.Command.Verb == model.EXPIRE && wrote:
		return op.Wrote
	case op.Command.Verb == model.EXPIRE:
		return 0
	case returned && op.Result.Outcome == model.Refused, returned && op.Result.Outcome == model.OKOutcome && !wrote:
		return 0
	case returned && op.Result.Outcome == model.OKOutcome:
		return op.Returned
	}
	return math.MaxInt
}

// gaveUp tells whether a node has served a write and holds neither it nor what took its
// place: it took over another's data.
func (s *Narrator) gaveUp(at model.NodeID, key string, missed promise) bool {
	n := s.node(at)
	return n.served[writeKey{missed.op, key}] && !n.last[key].Vector().Covers(missed.dot)
}

// excuse says why a node could not know of a write.
func (s *Narrator) excuse(t *text, key string, missed promise, from, at model.NodeID) {
	n := at.String()
	f, sent := s.copies[copyKey{missed.op, at}]
	lost, had := s.wipedOf(at, key, missed)
	gone := s.isGone(missed.op, key)
	switch {
	case s.node(at).cells[key].Holds(missed.op):
		t.add(n, " has it, and another node made the answer, one that lacks it.")
	case had && gone:
		t.add(hadIt(from, at), ", and lost it with its disk ", Span(s.log.At(s.told).At.Sub(lost)), " ago; no other node has it.")
	case had:
		t.add(hadIt(from, at), ", lost it with its disk ", Span(s.log.At(s.told).At.Sub(lost)), " ago, and has not got it again.")
	case gone:
		t.add("no node has it any more.")
	case sent && f.what == trace.Hold:
		t.add(n, " could not know: the copy for it is held up by ", s.cause(f.cause), ".")
	case s.cutTo(from, at):
		t.add(n, " could not know: ", from.String(), "-", n, " is cut.")
	case sent && f.what == trace.Send && f.due > s.log.At(s.told).At:
		t.add("the copy for ", n, " is still on its way, ", Span(f.due.Sub(s.log.At(s.told).At)), " out.")
	case sent && f.what == trace.Send && f.due > 0:
		t.add("the copy for ", n, " has come, and waits there for its turn.")
	case sent && f.what == trace.Drop:
		t.add(n, " could not know: its copy was lost (", s.cause(f.cause), ").")
	case s.gaveUp(at, key, missed):
		t.add(n, " had it, and has thrown it away since.")
	case sent && f.what == trace.Deliver:
		t.add(n, " was told of it, and does not serve it yet.")
	default:
		t.add("nobody has told ", n, " yet.")
	}
}
