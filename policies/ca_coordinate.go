package policies

import (
	"slices"
	"strings"

	"capsim/model"
)

// caJob is a request that is not answered: a client's, or an EXPIRE of the system's. A
// crash takes it away: who waited will never know, and what was not decided never is.
type caJob struct {
	op      model.OpID
	command model.Command
	system  bool
	age     model.Stamp
	timer   TimerID
	resting bool        // the system's, after it was given up: it begins again later
	txn     *caTxn      // the attempt under way; nil: it waits
	reply   model.Reply // of it
	votes   nodeSet     // who has prepared it
	ticks   int         // since the attempt began
}

// request takes a client's command.
func (r *ca) request(req Request) {
	s := req.Command.Spec()
	switch {
	case !s.Write && !s.Reads:
		r.env.Reply(req.Op, model.Answered(r.apply(req.Command)))
	case r.broken:
		r.refuse(req.Op, model.CodeNoQuorum, "its disk can't be read")
	default:
		r.begunJob(&caJob{op: req.Op, command: req.Command})
	}
}

// begunJob takes a job in; it is worked on when the step ends. Env.Begun is said of none:
// until a write is decided, and answered in the same step, a toggle ends it on every node.
func (r *ca) begunJob(j *caJob) {
	r.clock = r.clock.Next(r.env.Now(), r.actor())
	j.age = r.clock
	j.timer = r.env.After(r.patience, Tag{Kind: caPatience, N: uint64(j.op)})
	r.jobs = append(r.jobs, j)
}

func (r *ca) apply(c model.Command) model.Reply {
	r.effects.Now, r.effects.List = r.env.Now(), r.effects.List[:0]
	return model.Apply(c, r.read, &r.effects)
}

// advance works on what waits, the oldest first, until nothing more can be done.
func (r *ca) advance() {
	for again := true; again; {
		again = false
		for _, j := range r.jobs {
			if j.txn == nil && !j.resting && !r.waits(j) {
				r.execute(j)
				again = true
				break
			}
		}
		for _, h := range r.queue {
			if r.free(h.txn) {
				r.queue = slices.DeleteFunc(r.queue, func(o *caHeld) bool { return o == h })
				r.hold(h.txn)
				again = true
				break
			}
		}
	}
}

// waits tells whether a job must wait: for a key in doubt; and, to write, for a write
// to the key that this node coordinates, or for an older one of another's. A read need
// not: what this node has not decided is not there yet.
func (r *ca) waits(j *caJob) bool {
	for _, key := range j.command.Keys() {
		if r.inDoubt(key) != nil {
			return true
		}
		if !j.command.Writes() {
			continue
		}
		for _, o := range r.jobs {
			if o.txn != nil && o.txn.touches(key) {
				return true
			}
		}
		for _, h := range r.queue {
			if h.txn.touches(key) && h.txn.age.Compare(j.age) < 0 {
				return true
			}
		}
	}
	return false
}

// execute does a job's command on the node's own records. What changes nothing is
// answered at once; a change is put to all other nodes.
func (r *ca) execute(j *caJob) {
	reply := r.apply(j.command)
	if len(r.effects.List) == 0 {
		r.answer(j, reply)
		return
	}
	r.seq++
	t := &caTxn{id: caID{r.self, int32(r.env.Incarnation()), r.seq}, op: j.op, age: j.age}
	r.clock = r.clock.Next(r.env.Now(), r.actor())
	for _, f := range r.effects.List {
		old := r.store.Record(f.Key)
		if h, ok := old.Newest(); ok && r.clock.Compare(h.Stamp) <= 0 {
			r.clock = h.Stamp.Next(r.env.Now(), r.actor())
		}
		dot := model.Dot{Actor: r.actor(), N: old.Vector().Of(r.actor()) + 1}
		rec, over := old.Write(model.Write{Op: j.op, Dot: dot, Stamp: r.clock, Effect: f}, model.Registers)
		t.items = append(t.items, caItem{f.Key, rec, over})
	}
	j.txn, j.reply, j.votes, j.ticks = t, reply, setOf(r.self), 0
	r.tellAll(&caPrepare{r.start.lives, t})
	r.mayDecide(j)
}

// prepareAgain asks again those who have not voted.
func (r *ca) prepareAgain() {
	for _, j := range r.jobs {
		if j.txn == nil {
			continue
		}
		if j.ticks++; j.ticks < 2 {
			continue
		}
		r.peers(func(p model.NodeID) {
			if !j.votes.has(p) {
				r.env.Send(p, &caPrepare{r.start.lives, j.txn})
			}
		})
	}
}

// attempt returns the job whose attempt the transaction is; nil if there is none.
func (r *ca) attempt(id caID) *caJob {
	for _, j := range r.jobs {
		if j.txn != nil && j.txn.id == id {
			return j
		}
	}
	return nil
}

// voted counts a vote.
func (r *ca) voted(from model.NodeID, id caID) {
	if j := r.attempt(id); j != nil {
		j.votes = j.votes.with(from)
		r.mayDecide(j)
	}
}

// mayDecide decides a write that every node has prepared. That it is in the record of
// its coordinator is the decision.
func (r *ca) mayDecide(j *caJob) {
	for i := range r.n {
		if !j.votes.has(model.NodeID(i + 1)) {
			return
		}
	}
	t := j.txn
	r.install(t)
	r.env.Count("ca.commits", 1)
	r.answer(j, j.reply)
	r.tellAll(&caOutcome{r.start.lives, t.id, true})
}

// install makes a transaction's writes be what the node serves.
func (r *ca) install(t *caTxn) {
	r.seen(t)
	for i := range t.items {
		it := &t.items[i]
		r.store.PutRecord(it.key, it.rec)
		r.feed(it.key, it.rec)
		r.env.Wrote(t.op, it.key, it.over)
		r.env.Applied(it.key, it.rec)
	}
}

// seen moves the clock past a transaction's writes.
func (r *ca) seen(t *caTxn) {
	for i := range t.items {
		if h, ok := t.items[i].rec.Newest(); ok {
			r.clock = r.clock.Later(h.Stamp)
		}
	}
}

// answer ends a job: its command was executed.
func (r *ca) answer(j *caJob, reply model.Reply) {
	r.end(j)
	if j.system {
		return
	}
	res := model.Answered(reply)
	for _, k := range j.command.Keys() {
		res.Context = append(res.Context, model.Seen{Key: k, Vector: r.store.Record(k).Vector()})
	}
	r.env.Reply(j.op, res)
}

func (r *ca) end(j *caJob) {
	r.env.Cancel(j.timer)
	r.jobs = slices.DeleteFunc(r.jobs, func(o *caJob) bool { return o == j })
}

// refuse ends a request that was not executed and never will be.
func (r *ca) refuse(op model.OpID, code, why string) {
	r.env.Count("ca.refused", 1)
	r.env.Reply(op, model.Refuse(code, why))
}

// abandon ends a job's attempt: nobody may have it decided any more. The job waits
// again.
func (r *ca) abandon(j *caJob) {
	r.env.Count("ca.aborts", 1)
	r.tellAll(&caOutcome{r.start.lives, j.txn.id, false})
	j.txn = nil
}

// impatient gives a job up.
func (r *ca) impatient(op model.OpID) {
	i := slices.IndexFunc(r.jobs, func(j *caJob) bool { return j.op == op })
	if i < 0 {
		return
	}
	j := r.jobs[i]
	code, why := r.hindrance(j)
	if j.txn != nil {
		r.abandon(j)
	}
	if j.system { // nobody waits: it rests as long, and begins again
		j.resting = !j.resting
		j.timer = r.env.After(r.patience, Tag{Kind: caPatience, N: uint64(j.op)})
		return
	}
	r.end(j)
	r.refuse(op, code, why)
}

// hindrance says why a job can't be done.
func (r *ca) hindrance(j *caJob) (code, why string) {
	if !r.serving() {
		return model.CodeNoQuorum, r.start.why()
	}
	for _, key := range j.command.Keys() {
		if h := r.inDoubt(key); h != nil {
			return model.CodeInDoubt, "it has prepared a write to " + model.Quote(key) + " that " + h.txn.id.coordinator.String() +
				" coordinates, and does not know whether that was decided"
		}
	}
	if j.txn == nil {
		return model.CodeNoQuorum, "an older write to the key was not done in time"
	}
	var missing []string
	r.peers(func(p model.NodeID) {
		if !j.votes.has(p) {
			missing = append(missing, p.String())
		}
	})
	return model.CodeNoQuorum, "a write needs every node, and " + strings.Join(missing, " and ") + " did not prepare it in time"
}
