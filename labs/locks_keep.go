package labs

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"capsim/model"
	"capsim/policies"
)

// locksRedis is a Redis as far as locks need one: keys with a value and a deadline by the
// node's clock, set if they are not there, deleted if they have a value. Its memory is what
// it answers from; what of that is on its disk depends on fsync. Under by=redis it is the
// primary or a replica; under redlock it knows of no other node.
type locksRedis struct {
	conf   *locksConf
	alarms *alarms
	env    policies.Env
	locks  []leased // by name
	dirty  []string // names whose disk differs, under fsync other than always; sorted
	idle   bool     // nothing looks for deadlines that are over
	mute   bool     // it restarted too short ago to grant anything
	repl   *locksRepl
}

// leased is a lock that a Redis has.
type leased struct {
	name, value string
	deadline    model.Time // by the clock of the node that set it
	op          model.OpID
	rec         *model.Record
}

// lockPrefix begins the key of a lock.
const lockPrefix = "lock:"

func isLockKey(key string) bool { return strings.HasPrefix(key, lockPrefix) }

// knownMeta lists the locks in memory, so that a restart can tell which are gone. A real Redis
// can't: nothing but what is told depends on it.
const knownMeta = "locks/known"

// expireEvery is how often a Redis looks for keys that ran out, beside when they are asked
// for (hz 10).
const expireEvery = 100 * time.Millisecond

// How often what is not on the disk gets there.
const (
	flushOften = time.Second
	flushIdle  = 30 * time.Second // with appendfsync no the kernel decides: on Linux about so
)

func newLocksRedis(conf *locksConf, a *alarms) *locksRedis {
	r := &locksRedis{conf: conf, alarms: a, idle: true}
	if conf.by == "redis" {
		r.repl = &locksRepl{r: r}
	}
	return r
}

// enter implements locksKeeper.
func (r *locksRedis) enter(env policies.Env) { r.env = env }

// start implements locksKeeper.
func (r *locksRedis) start() {
	env := r.env
	r.load()
	if r.repl != nil {
		r.repl.start()
	}
	if env.Boot() == policies.Restarted && r.conf.restartDelay > 0 {
		r.mute = true
		r.say("quiet", "%v has restarted, and grants no lock for %v: so long that what it granted before is over.", env.Self(), r.conf.restartDelay)
		r.alarms.after(env, r.conf.restartDelay, func() { r.mute = false })
	}
	switch r.conf.fsync {
	case fsyncEverySec:
		r.flushEvery(flushOften)
	case fsyncNo:
		r.flushEvery(flushIdle)
	}
	env.Serving()
}

// load reads the locks from the disk, and tells which the crash took.
func (r *locksRedis) load() {
	s := r.env.Store()
	if r.env.Boot() == policies.Switched {
		forgetLocks(r.env)
	}
	for _, key := range s.Keys() {
		name, ok := strings.CutPrefix(key, lockPrefix)
		if !ok {
			continue
		}
		rec := s.Record(key)
		h, _ := rec.Newest()
		r.locks = append(r.locks, leased{name: name, value: h.Value.Str, deadline: h.Value.Deadline, op: h.Op, rec: rec})
		r.env.Applied(key, rec)
	}
	r.watch()
	if r.env.Boot() != policies.Restarted || r.conf.fsync == fsyncAlways {
		return
	}
	for _, name := range strings.Fields(string(s.Meta(knownMeta))) {
		if _, found := r.find(name); !found {
			r.env.Count("locks.forgotten", 1)
			r.env.Applied(lockPrefix+name, nil)
			r.say("fault", "%v restarts without the lock on %s that it had granted: it was not on its disk yet (fsync=%s).", r.env.Self(), name, r.conf.fsync)
		}
	}
	r.known()
}

// forgetLocks drops what a node has of locks that were kept otherwise: other parameters begin
// with none.
func forgetLocks(env policies.Env) {
	s := env.Store()
	for _, key := range s.Keys() {
		if isLockKey(key) {
			s.DropRecord(key)
			env.Applied(key, nil)
		}
	}
	s.DropMeta(replMeta)
	s.DropMeta(knownMeta)
}

// flushEvery brings to the disk, again and again, what is not there.
func (r *locksRedis) flushEvery(d time.Duration) {
	r.alarms.after(r.env, d, func() {
		for _, name := range r.dirty {
			r.flush(name)
		}
		r.dirty = nil
		r.flushEvery(d)
	})
}

func (r *locksRedis) flush(name string) {
	if i, found := r.find(name); found {
		r.env.Store().PutRecord(lockPrefix+name, r.locks[i].rec)
	} else {
		r.env.Store().DropRecord(lockPrefix + name)
	}
}

// changed sees to the disk and to the screen after a lock changed.
func (r *locksRedis) changed(name string) {
	if r.conf.fsync == fsyncAlways {
		r.flush(name)
	} else {
		if i, found := slices.BinarySearch(r.dirty, name); !found {
			r.dirty = slices.Insert(r.dirty, i, name)
		}
		r.known()
	}
	var rec *model.Record
	if i, found := r.find(name); found {
		rec = r.locks[i].rec
	}
	r.env.Applied(lockPrefix+name, rec)
	r.watch()
}

func (r *locksRedis) known() {
	names := make([]string, len(r.locks))
	for i := range r.locks {
		names[i] = r.locks[i].name
	}
	r.env.Store().PutMeta(knownMeta, []byte(strings.Join(names, "\n")))
}

func (r *locksRedis) find(name string) (int, bool) {
	return slices.BinarySearchFunc(r.locks, name, func(l leased, name string) int { return strings.Compare(l.name, name) })
}

// put makes the node have a lock.
func (r *locksRedis) put(l leased) {
	if i, found := r.find(l.name); found {
		r.locks[i] = l
	} else {
		r.locks = slices.Insert(r.locks, i, l)
	}
	r.changed(l.name)
}

// remove makes the node have a lock no more.
func (r *locksRedis) remove(name string) {
	if i, found := r.find(name); found {
		r.locks = slices.Delete(r.locks, i, i+1)
		r.changed(name)
	}
}

// watch looks for locks that ran out, as long as there are any. A replica waits for its
// primary to say so.
func (r *locksRedis) watch() {
	if !r.idle || len(r.locks) == 0 {
		return
	}
	r.idle = false
	r.alarms.after(r.env, expireEvery, func() {
		r.idle = true
		for _, l := range slices.Clone(r.locks) {
			r.live(l.name)
		}
		r.watch()
	})
}

// live returns the lock, unless it is over by the node's clock: then it is deleted.
func (r *locksRedis) live(name string) *leased {
	i, found := r.find(name)
	if !found {
		return nil
	}
	l := &r.locks[i]
	if l.deadline > r.conf.clock(r.env) || r.repl != nil && !r.repl.leads() {
		return l
	}
	r.env.Count("locks.ran-out", 1)
	r.say("quiet", "By %v's clock %s's lock on %s is over.", r.env.Self(), holderOf(l.value).Str, name)
	r.remove(name)
	if r.repl != nil {
		r.repl.feed(name)
	}
	return nil
}

// call implements locksKeeper.
func (r *locksRedis) call(from model.NodeID, m *locksCall) {
	answer := &locksReply{client: m.client, seq: m.seq}
	if r.repl != nil && !r.repl.leads() {
		answer.lead = r.repl.primary
		r.env.Send(from, answer)
		return
	}
	l := r.live(m.name)
	switch m.verb {
	case askSet:
		if l == nil && !r.mute {
			r.grant(m)
			answer.ok = true
		}
	case askDel:
		if l != nil && l.value == m.value {
			r.remove(m.name)
			answer.ok, answer.n = true, 1
			if r.repl != nil {
				r.repl.feed(m.name)
			}
		}
	case askGet:
		if l != nil {
			answer.ok, answer.value = true, l.value
		}
	}
	r.env.Send(from, answer)
}

// grant is SET key value NX PX ttl of a key that is not there.
func (r *locksRedis) grant(m *locksCall) {
	l := leased{name: m.name, value: m.value, deadline: r.conf.clock(r.env).Add(m.ttl), op: m.op}
	v := model.Text(m.value)
	v.Deadline = l.deadline
	var over []model.OpID
	l.rec, over = nextRecord(r.env, lockPrefix+m.name, r.env.Store().Record(lockPrefix+m.name), v, m.op)
	r.env.Wrote(m.op, lockPrefix+m.name, over)
	r.put(l)
	if r.repl != nil {
		r.repl.feed(m.name)
	}
}

// receive implements locksKeeper.
func (r *locksRedis) receive(from model.NodeID, msg policies.Message) {
	if r.repl != nil {
		r.repl.receive(from, msg)
	}
}

// timer implements locksKeeper: all its timers are alarms.
func (r *locksRedis) timer(policies.Tag) {}

// leave implements locksKeeper.
func (r *locksRedis) leave() {}

// state implements locksKeeper.
func (r *locksRedis) state() string {
	if r.repl != nil {
		return r.repl.state()
	}
	return ""
}

func (r *locksRedis) say(tone, format string, args ...any) {
	r.env.Note("locks.redis", "says", fmt.Sprintf(format, args...), "tone", tone)
}
