package policies

import (
	"slices"
	"strconv"
	"time"

	"capsim/model"
)

// wait is a WAIT that waits.
type wait struct {
	session *session
	op      model.OpID
	offset  int64
	want    int
	timer   TimerID
}

// errWaitReplica is Redis's answer to a WAIT at a replica.
const errWaitReplica = "ERR WAIT cannot be used with replica instances. Please also note that since Redis 4.0 if a replica is configured to be writable (which is not the default) writes to replicas are just local and are not propagated."

// wait replies how many replicas have said that they have the connection's writes, once
// they are enough, or the time is over. A timeout of 0 is for ever.
func (r *redis) wait(s *session, req Request) {
	if r.primary != 0 {
		r.finish(s, req.Op, model.Answered(model.Error(errWaitReplica)))
		return
	}
	if reply := model.Apply(req.Command, r.read, &r.effects); reply.Kind == model.ErrorReply {
		r.finish(s, req.Op, model.Answered(reply))
		return
	}
	want, _ := strconv.Atoi(req.Command.Args[0])
	ms, _ := strconv.ParseInt(req.Command.Args[1], 10, 64)
	if n := r.ackedBy(s.wrote); n >= want {
		r.finish(s, req.Op, model.Answered(model.Int(int64(n))))
		return
	}
	w := &wait{session: s, op: req.Op, offset: s.wrote, want: want}
	if ms > 0 {
		w.timer = r.env.After(time.Duration(min(ms, maxWait))*time.Millisecond, Tag{Kind: redisWaited, N: uint64(req.Op)})
	}
	r.waits = append(r.waits, w)
	r.feed(redisEntry{size: getAckSize, getAck: true})
}

// maxWait bounds a WAIT's timeout in milliseconds: some 31 years.
const maxWait = 1_000_000_000_000

// ackedBy counts the replicas that said they have the stream as far as the offset.
func (r *redis) ackedBy(offset int64) int {
	n := 0
	for i := range r.replicas {
		if d := &r.replicas[i]; d.online && d.offset >= offset {
			n++
		}
	}
	return n
}

// satisfy answers those whose replicas are enough now.
func (r *redis) satisfy() {
	var done []*wait
	r.waits = slices.DeleteFunc(r.waits, func(w *wait) bool {
		if r.ackedBy(w.offset) < w.want {
			return false
		}
		done = append(done, w)
		return true
	})
	for _, w := range done {
		r.env.Cancel(w.timer)
		r.finish(w.session, w.op, model.Answered(model.Int(int64(r.ackedBy(w.offset)))))
	}
}

// waited ends a WAIT whose time is over: the writes stay, however few have them.
func (r *redis) waited(op uint64) {
	for i, w := range r.waits {
		if uint64(w.op) == op {
			r.waits = slices.Delete(r.waits, i, i+1)
			r.finish(w.session, w.op, model.Answered(model.Int(int64(r.ackedBy(w.offset)))))
			return
		}
	}
}

// forget ends the session's connection: nobody waits for its WAIT any more, and what it
// wrote is not known on the next.
func (r *redis) forget(s *session) {
	s.wrote = 0
	for i, w := range r.waits {
		if w.session == s {
			r.env.Cancel(w.timer)
			r.waits = slices.Delete(r.waits, i, i+1)
			return
		}
	}
}

func (r *redis) waiting(s *session) bool {
	return slices.ContainsFunc(r.waits, func(w *wait) bool { return w.session == s })
}
