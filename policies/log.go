package policies

import "capsim/model"

// Log is cp's replicated log for labs: one replica of it, with a Machine that says what
// the lab's own commands (CALL) do. The lab's replica has one, gives it Start, the
// messages that it takes and the timers below LogTags, and may have messages and timers
// of its own beside. The state of the machine are the records of the keys, so all that
// cp does to keep them (snapshots, recovery of wiped disks) keeps the machine too.
//
// A request that the lab gives to Request is answered by the log, once executed. One that
// it gives to Propose is not: the lab answers it, from Executed and Refused.
type Log struct{ r *cp }

// Machine gives the lab's commands their meaning, and is told what became of them. Only
// Execute must be there.
type Machine struct {
	// Execute does a command: it returns the reply, and appends to out what changes, one
	// effect a key. It must depend on the entry and what it reads alone: every node
	// executes every entry, in one order.
	Execute func(e Entry, read model.Reader, out *model.Effects) model.Reply
	// Executed is told of every entry that this node has executed, lab's command or not, once
	// its changes can be read and before the next is executed. After a restart entries whose
	// execution was saved are not executed, nor told of, again. changes is good for the call alone.
	Executed func(env Env, e Entry, reply model.Reply, changes []model.Effect)
	// Refused is told that a command given to Propose was not proposed and never will be.
	// It must not propose.
	Refused func(env Env, op model.OpID, why string)
	// Restored is told that the records were replaced by those of another node: what
	// Executed would have told of in between it does not tell.
	Restored func(env Env)
}

// Entry is a command in the log.
type Entry struct {
	Op      model.OpID
	Command model.Command
	Now     model.Time // what the leader's wall clock read when it proposed the command
	At      uint64     // the place in the log: the leader's term above 32 bits of the index. It rises
}

// Index returns the entry's place in the log, from 1.
func (e Entry) Index() uint64 { return e.At & (1<<32 - 1) }

// LogTags is the first Tag.Kind that is free for the timers of a replica with a Log.
const LogTags uint8 = 64

// LogParams are the parameters that NewLog reads, for Spec.Params.
func LogParams() []Param { return append([]Param(nil), specCP.Params...) }

// LogKinds are the kinds of the log's messages, for Spec.Kinds.
func LogKinds() []string { return append([]string(nil), cpKinds...) }

// NewLog makes a node's replica of the log. p has the LogParams.
func NewLog(p Params, m Machine) *Log {
	r := newCP(p).(*cp)
	r.machine = &m
	return &Log{r}
}

// Start must be given what the lab's Start gets, before anything else.
func (l *Log) Start(env Env) { l.r.Start(env) }

// Request takes a client's command and answers it. A command of the lab's own goes
// through the log.
func (l *Log) Request(env Env, req Request) { l.r.Request(env, req) }

// Receive takes a peer's message, one that Takes says is the log's.
func (l *Log) Receive(env Env, from model.NodeID, msg Message) { l.r.Receive(env, from, msg) }

// Timer takes a timer whose Tag.Kind is below LogTags.
func (l *Log) Timer(env Env, tag Tag) { l.r.Timer(env, tag) }

// Takes tells whether the message is the log's.
func (l *Log) Takes(msg Message) bool {
	_, ok := msg.(cpMessage)
	return ok
}

// Propose brings a lab's command to the log, by way of the leader if that is another
// node. Either Executed or Refused hears of it, or neither: if the leader is lost
// meanwhile, the command may be executed or not. It may be called from the machine's
// Executed; the command is proposed at the end of the step. A second call with the same
// operation, while the first is open, does nothing.
func (l *Log) Propose(env Env, op model.OpID, c model.Command) {
	r := l.r
	if r.own[op] {
		return
	}
	if r.own == nil {
		r.own = map[model.OpID]bool{}
	}
	r.own[op] = true
	req := Request{Op: op, Command: c, Node: env.Self()}
	if r.env != nil { // in a step of the log's own
		r.queued = append(r.queued, req)
		return
	}
	r.Request(env, req)
}

// System proposes a command of the system's own, and returns its operation.
func (l *Log) System(env Env, c model.Command, cause model.OpID) model.OpID {
	op := env.SystemWrite(c, cause)
	l.Propose(env, op, c)
	return op
}

// Serving tells whether the node's records are those of the log: false while its wiped
// disk has not been fetched from the others.
func (l *Log) Serving() bool { return l.r.state.installed && !l.r.state.recovery && !l.r.broken }

// Leader returns whom this node takes for the leader; 0 if it knows none.
func (l *Log) Leader() model.NodeID {
	if l.r.core == nil || !l.Serving() {
		return 0
	}
	return l.r.lead
}

// Leading tells whether this node believes that it leads. It may be the only one who
// does, for the longest election timeout at most.
func (l *Log) Leading() bool { return l.Serving() && l.r.leading() }

// Term returns the newest term that the node knows.
func (l *Log) Term() uint64 { return l.r.state.term }

// Applied returns the index of the last entry that the node has executed, and Last that of
// the last in its log, committed or not.
func (l *Log) Applied() uint64 { return l.r.state.applied }

// Last: see Applied.
func (l *Log) Last() uint64 { return l.r.log.last() }

// throughLog tells whether the command must be an entry of the log.
func (r *cp) throughLog(c model.Command) bool {
	return c.Spec().Write || r.machine != nil && c.Verb == model.CALL
}

// perform does the command of an entry: its reply, and its effects in r.effects.
func (r *cp) perform(e Entry) model.Reply {
	if r.machine != nil && e.Command.Verb == model.CALL {
		return r.machine.Execute(e, r.read, &r.effects)
	}
	return model.Apply(e.Command, r.read, &r.effects)
}

// tellMachine tells of an entry that was executed.
func (r *cp) tellMachine(e Entry, reply model.Reply) {
	if r.machine != nil && r.machine.Executed != nil {
		r.machine.Executed(r.env, e, reply, r.effects.List)
	}
}

// tellRestored tells that the records are those of another node.
func (r *cp) tellRestored() {
	if r.machine != nil && r.machine.Restored != nil {
		r.machine.Restored(r.env)
	}
}

// isOwn tells whether the operation was given to Propose, and forgets it: it has ended.
func (r *cp) isOwn(op model.OpID) bool {
	if !r.own[op] {
		return false
	}
	delete(r.own, op)
	return true
}

// proposeQueued works on what the machine proposed during the step.
func (r *cp) proposeQueued() (again bool) {
	queued := r.queued
	r.queued = nil
	for _, req := range queued {
		r.request(req)
	}
	return len(queued) > 0
}
