package labs

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"capsim/model"
	"capsim/policies"
)

// locksTable is a database with one row a lock, on cp's log: a transaction is an entry, and
// entries are executed one after the other. A row holds the holder, a version that rises with
// every holder, and until when the lease is, by the clock of the leader when it proposed the
// entry: what `now()` is in
//
//	UPDATE locks SET holder = :me, version = version + 1, until = now() + :ttl
//	 WHERE name = :name AND (holder IS NULL OR until <= now())
type locksTable struct {
	conf *locksConf
	log  *policies.Log
	env  policies.Env
	asks map[model.OpID]asked // open, by the entry's operation
}

// asked is a question that an entry of the log will answer.
type asked struct {
	from model.NodeID
	m    *locksCall
}

// The entries of the log.
const (
	rowTake = "TAKE-ROW" // name value ttl
	rowFree = "FREE-ROW" // name value
	rowRead = "READ-ROW" // name
)

// row is what a row holds. It stays when its lease is over: nobody makes a transaction then.
type row struct {
	holder  string // "" for nobody
	version int64
	until   model.Time
}

// readRow reads "alice:1f #3 until 2.5s", or "nobody #3", or nothing.
func readRow(v model.Value) row {
	var w row
	f := strings.Fields(v.Str)
	if len(f) < 2 {
		return w
	}
	w.version, _ = strconv.ParseInt(strings.TrimPrefix(f[1], "#"), 10, 64)
	if len(f) == 4 {
		d, _ := time.ParseDuration(f[3])
		w.holder, w.until = f[0], model.Time(d)
	}
	return w
}

func (w row) value() model.Value {
	if w.holder == "" {
		return model.Text(fmt.Sprintf("nobody #%d", w.version))
	}
	return model.Text(fmt.Sprintf("%s #%d until %v", w.holder, w.version, w.until))
}

func newLocksTable(conf *locksConf, p policies.Params) *locksTable {
	t := &locksTable{conf: conf, asks: map[model.OpID]asked{}}
	t.log = policies.NewLog(p, policies.Machine{Execute: executeRow, Executed: t.executed, Refused: t.refused})
	return t
}

// executeRow does an entry of the log, the same at every node. What is taken twice by one
// value was asked twice: it is one taking.
func executeRow(e policies.Entry, read model.Reader, out *model.Effects) model.Reply {
	words := e.Command.Words()
	key := lockPrefix + words[0]
	w := readRow(read(key))
	free := w.holder == "" || w.until <= e.Now
	put := func(w row) {
		out.List = append(out.List, model.Effect{Key: key, Kind: model.Put, Value: w.value()})
	}
	switch e.Command.Name() {
	case rowTake:
		ttl, _ := time.ParseDuration(words[2])
		switch {
		case !free && w.holder == words[1]:
			return model.Int(w.version)
		case !free:
			return model.Int(0)
		}
		put(row{words[1], w.version + 1, e.Now.Add(ttl)})
		return model.Int(w.version + 1)
	case rowFree:
		if free || w.holder != words[1] {
			return model.Int(0)
		}
		put(row{version: w.version})
		return model.Int(1)
	}
	if free {
		return model.Bulk("")
	}
	return model.Bulk(w.holder)
}

// enter implements locksKeeper.
func (t *locksTable) enter(env policies.Env) { t.env = env }

// start implements locksKeeper.
func (t *locksTable) start() {
	if t.env.Boot() == policies.Switched {
		forgetLocks(t.env)
	}
	t.log.Start(t.env)
}

// call implements locksKeeper.
func (t *locksTable) call(from model.NodeID, m *locksCall) {
	var c model.Command
	switch m.verb {
	case askRow:
		c = model.Command{Verb: model.CALL, Args: []string{rowTake, m.name, m.value, m.ttl.String()}}
	case askFree:
		c = model.Command{Verb: model.CALL, Args: []string{rowFree, m.name, m.value}}
	case askRead:
		c = model.Command{Verb: model.CALL, Args: []string{rowRead, m.name}}
	default:
		return
	}
	op := t.env.SystemWrite(c, m.op)
	t.asks[op] = asked{from, m}
	t.log.Propose(t.env, op, c)
}

// executed answers what this node was asked.
func (t *locksTable) executed(env policies.Env, e policies.Entry, reply model.Reply, _ []model.Effect) {
	a, ok := t.asks[e.Op]
	if !ok {
		return
	}
	delete(t.asks, e.Op)
	env.Send(a.from, &locksReply{client: a.m.client, seq: a.m.seq, ok: true, n: reply.Int, value: reply.Str})
}

// refused answers that nothing was done, nor will be.
func (t *locksTable) refused(env policies.Env, op model.OpID, _ string) {
	a := t.asks[op]
	delete(t.asks, op)
	if a.m != nil {
		env.Send(a.from, &locksReply{client: a.m.client, seq: a.m.seq})
	}
}

// receive implements locksKeeper.
func (t *locksTable) receive(from model.NodeID, msg policies.Message) {
	if t.log.Takes(msg) {
		t.log.Receive(t.env, from, msg)
	}
}

// timer implements locksKeeper.
func (t *locksTable) timer(tag policies.Tag) { t.log.Timer(t.env, tag) }

// leave implements locksKeeper.
func (t *locksTable) leave() {}

// state implements locksKeeper.
func (t *locksTable) state() string {
	if t.log.Leading() {
		return "leader"
	}
	return ""
}

// rowLock is a lock that is a row of a database: its version is the fencing token.
type rowLock struct{ c *locksClient }

// ask asks the node that the client's user names.
func (l *rowLock) ask(m locksCall, f func(m *locksReply)) {
	l.c.call(l.c.node, m, l.c.conf.nodeTimeout, f)
}

// acquire implements locker.
func (l *rowLock) acquire(t *attempt) {
	round := t.round
	l.ask(locksCall{verb: askRow, name: t.name, value: t.value, ttl: t.ttl, op: t.op}, func(m *locksReply) {
		switch {
		case t.over || t.round != round:
		case m != nil && m.n > 0:
			t.token = m.n
			l.c.granted(t)
		case m == nil: // it may be taken, or may yet be
			l.abandon(t)
			l.c.node = l.c.node%model.NodeID(l.c.env.N()) + 1
			l.c.missed(t)
		default:
			l.c.missed(t)
		}
	})
}

// abandon implements locker.
func (l *rowLock) abandon(t *attempt) {
	l.ask(locksCall{verb: askFree, name: t.name, value: t.value, op: t.op}, func(*locksReply) {})
}

// release implements locker.
func (l *rowLock) release(h *held, op model.OpID) {
	l.ask(locksCall{verb: askFree, name: h.name, value: h.value, op: op}, func(m *locksReply) {
		if m == nil || !m.ok {
			l.c.answer(op, model.Reply{})
			return
		}
		l.c.answer(op, model.Int(m.n))
	})
}

// holder implements locker.
func (l *rowLock) holder(name string, op model.OpID) {
	l.ask(locksCall{verb: askRead, name: name, op: op}, func(m *locksReply) {
		if m == nil || !m.ok {
			l.c.env.Reply(op, model.Refuse(model.CodeNoQuorum, "the database did not answer"))
			return
		}
		l.c.answer(op, holderOf(m.value))
	})
}

// endless implements locker.
func (l *rowLock) endless() bool { return false }
