package policies

import (
	"fmt"
	"strings"
	"time"

	"go.etcd.io/raft/v3"

	"capsim/model"
)

var specCP = &Spec{
	Name:    "cp",
	Summary: "Raft: one leader, a majority for every answer; refuses rather than be wrong",
	Doc: `Every write is an entry in one log. A leader, elected by a majority, appends it and
sends it to the others; once a majority has it on disk it is committed, every node
executes it in the log's order, and the client gets its answer. A read asks the leader
how far the log is committed, the leader makes sure with a majority that it still leads,
and the node answers once it has executed as much. So any node answers, as long as it
can reach a leader that can reach a majority; all others refuse (NOQUORUM), or can't say
what became of a write that they passed on (unknown).

A leader that has not heard a majority for the longest election timeout steps down. A
request that finds no leader waits for one, for the shortest and the longest election
timeout together since the leader was lost, and is refused then.

A value with a deadline (PX, PEXPIRE) ends by its leader's clock. What that read when the
write came is in the log, so all nodes have the same deadline; whoever leads when its own
clock gets there appends an EXPIRE, and until that is committed the value is served.

A node whose disk was wiped takes part in nothing until a majority of the others has
told it the highest term and the whole log. After a toggle to cp a leader is elected,
collects the records of a majority, merges them, and makes the result the first entry
that counts; until a node has that, it serves nothing.`,
	Claims: []Claim{
		{Check: "linearizable", When: "disks survive"},
		{Check: "lost-writes = 0", When: "disks survive"},
		{Check: "available", When: "in a majority group, whole inside and wholly cut from all others for 2s; pre-vote, default timers", If: prompt, Of: MajoritySide},
		{Check: "converged", When: "all nodes up, no cut and no new write for 2s; pre-vote, default timers", If: prompt, Of: Quiet},
	},
	GivesUp: []GivenUp{
		{What: "answers on a minority side: refused, or unknown", Scenario: "cp-majority"},
		{What: "an answer within one node's own time: every one costs a round trip to a majority", Scenario: "pacelc"},
		{What: "what only a minority held when the policy is toggled to cp", Scenario: "toggle"},
		{What: "a true clock for what expires: a deadline comes when the leader's clock says so, right or wrong", Scenario: "expiry"},
	},
	Params: []Param{
		{Name: "heartbeat", Default: "50ms", Doc: "how often a leader makes itself heard", Check: IsDuration, Try: []string{"20ms", "100ms"}},
		{Name: "election", Default: "150ms..300ms", Doc: "how long a follower waits for a leader: drawn anew each time", Check: isRange, Try: []string{"100ms..150ms", "300ms..1s"}},
		{Name: "prevote", Default: "on", Doc: "ask whether an election could be won before starting one", Values: []string{"on", "off"}},
	},
	Kinds:  cpKinds,
	Within: 2 * time.Second,
	Source: "Ongaro & Ousterhout, In Search of an Understandable Consensus Algorithm (USENIX ATC 2014); " +
		"core: go.etcd.io/raft; recovery of wiped disks: Michael et al., Recovering Shared Objects Without Stable Storage (DISC 2017)",
	Caution: cpCaution,
	New:     newCP,
}

// cpCaution says when a leader makes itself heard too seldom for its followers.
func cpCaution(p Params, nodes int) string {
	least, _, err := parseRange(p["election"])
	if err != nil || nodes == 1 || p.Duration("heartbeat") < least {
		return ""
	}
	return fmt.Sprintf("heartbeat=%s is not shorter than the shortest election timeout of %v: where nothing is written, followers take a leader that is up for lost",
		p["heartbeat"], least)
}

func parseRange(s string) (least, most time.Duration, err error) {
	a, b, ok := strings.Cut(s, "..")
	least, errA := time.ParseDuration(a)
	most, errB := time.ParseDuration(b)
	if !ok || errA != nil || errB != nil || least <= 0 || most < least {
		return 0, 0, fmt.Errorf("a range of durations above zero, such as 150ms..300ms")
	}
	return least, most, nil
}

// prompt tells whether leaders are found within specCP.Within.
func prompt(p Params) bool {
	least, most, err := parseRange(p["election"])
	return err == nil && p["prevote"] == "on" && p.Duration("heartbeat") <= 50*time.Millisecond &&
		least >= 3*p.Duration("heartbeat") && most >= 2*least && most <= 300*time.Millisecond
}

func isRange(s string) error {
	_, _, err := parseRange(s)
	return err
}

// cp is a replica of policy cp.
type cp struct {
	heartbeat                time.Duration
	electionMin, electionMax time.Duration
	preVote                  bool

	env     Env // of the step under way
	store   Store
	self    model.NodeID
	n       int
	read    model.Reader
	effects model.Effects // its buffer is used again

	state    cpState
	dirty    bool // the state is to be saved
	lost     []lostHead
	log      cpLog
	core     *raft.RawNode
	role     raft.StateType
	lead     model.NodeID // 0: none known
	broken   bool         // the disk is not what a replica wrote: it takes part in nothing
	busy     bool         // the core may have something to do
	silent   bool         // what raft sends now is not for the network (cp_found.go)
	captured *cpCapture   // the state that the snapshot under way stands for

	elections elections
	clients   clients
	deadlines deadlines
	collect   *collection
	recover   *recovery

	machine *Machine            // of a lab: what its commands do (log.go); nil for none
	own     map[model.OpID]bool // given to Log.Propose, and open
	queued  []Request           // of those, what the machine proposed during this step
}

func newCP(p Params) Replica {
	r := &cp{heartbeat: p.Duration("heartbeat"), preVote: p["prevote"] == "on"}
	least, most, err := parseRange(p["election"])
	if err != nil {
		panic("policies: parameter election is no range: " + p["election"])
	}
	r.electionMin, r.electionMax = least, most
	r.read = func(key string) model.Value { return r.store.Record(key).Value() }
	return r
}

// Tags of cp's timers.
const (
	tagLease     uint8 = iota // the leader was not heard for the least election timeout
	tagCampaign               // … and not until the draw either
	tagHeartbeat              // a leader's
	tagBallot                 // votes asked for and not received
	tagPatience               // no leader for too long: refuse
	tagRetry                  // forwards and reads not answered
	tagRecover                // recovery not answered
	tagExpire                 // a value may have run out
)

func (r *cp) enter(env Env) { r.env, r.store = env, env.Store() }

// leave ends a step: what is to be done with the new state is done, and saved.
func (r *cp) leave() {
	for again := true; again; {
		if r.core != nil {
			r.drain()
		}
		again = r.refresh()
		again = r.proposeQueued() || again
	}
	r.watch()
	r.save()
	r.env, r.store = nil, nil
}

// Start implements Replica.
func (r *cp) Start(env Env) {
	r.enter(env)
	r.self, r.n = env.Self(), env.N()
	r.log.r, r.log.conf = r, r.conf()
	r.elections.peers = make([]follower, r.n)
	r.clients.round = uint64(env.Incarnation()) << 32 // an answer to an older process is none to this one
	switch env.Boot() {
	case FirstBoot:
		r.found()
	case Switched:
		r.switched()
	case WipedBoot:
		r.wiped()
	case Restarted:
		r.restarted()
	}
	if r.broken {
		env.Note("raft.broken", "node", r.self.String())
		r.env, r.store = nil, nil
		return
	}
	if r.state.installed {
		env.Serving()
	}
	r.impatient()
	r.leave()
}

func (r *cp) restarted() {
	if !r.load() {
		r.broken = true
		return
	}
	if r.state.recovery {
		r.askRecovery()
		return
	}
	r.deadlines.reload(r.store)
	r.build()
	r.armCampaign()
}

// Request implements Replica.
func (r *cp) Request(env Env, req Request) {
	r.enter(env)
	r.request(req)
	r.leave()
}

// Receive implements Replica.
func (r *cp) Receive(env Env, from model.NodeID, msg Message) {
	m := msg.(cpMessage)
	if r.broken {
		return
	}
	r.enter(env)
	if r.trusts(from, m.knows()) {
		r.receive(from, m)
	}
	r.leave()
}

func (r *cp) receive(from model.NodeID, msg cpMessage) {
	if m, ok := msg.(*recoveredMessage); ok {
		r.recovered(from, m)
		return
	}
	if r.state.recovery {
		return
	}
	switch m := msg.(type) {
	case *raftMessage:
		r.step(from, m)
	case *forwardMessage:
		r.forwarded(from, m)
	case *collectMessage:
		r.sendRecords(from)
	case *recordsMessage:
		r.collected(from, m)
	case *recoverMessage:
		r.helpRecover(from)
	}
}

// Timer implements Replica.
func (r *cp) Timer(env Env, tag Tag) {
	if r.broken {
		return
	}
	r.enter(env)
	switch tag.Kind {
	case tagLease:
		r.leaseEnds()
	case tagCampaign:
		r.campaign()
	case tagHeartbeat:
		r.beat()
	case tagBallot:
		r.askAgain()
	case tagPatience:
		r.refuseAll()
	case tagRetry:
		r.retry()
	case tagRecover:
		r.askRecovery()
	case tagExpire:
		r.expire()
	}
	r.leave()
}

func (r *cp) leading() bool { return r.role == raft.StateLeader }

func (r *cp) send(to model.NodeID, m Message) { r.env.Send(to, m) }

// peers calls f for every other node.
func (r *cp) peers(f func(p model.NodeID)) {
	for i := range r.n {
		if p := model.NodeID(i + 1); p != r.self {
			f(p)
		}
	}
}

func fail(v ...any)            { panic("policies: raft: " + fmt.Sprint(v...)) }
func failf(f string, v ...any) { panic("policies: raft: " + fmt.Sprintf(f, v...)) }
