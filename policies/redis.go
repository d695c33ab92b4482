package policies

import (
	"strconv"
	"time"

	"capsim/model"
)

var specRedis = &Spec{
	Name:    "redis",
	Summary: "Redis's own: one primary, asynchronous replicas, Sentinels that fail over",
	Doc: `One node is the primary, n1 at the start. It executes every write on its own data, answers at
once, and puts the command into a stream that it sends to the replicas, which execute the
same commands in the same order, some time after. Replicas answer reads and refuse writes
(READONLY). Offsets count the bytes of that stream, as Redis's do; a stream is named by a
replication id. A replica reports its offset every second, and passes the stream on to
replicas of its own. One that was cut off for a while asks for the stream from its offset on
(PSYNC): it gets it if the id is known and repl-backlog-size bytes reach as far back; else it
throws away all that it has and takes a copy of the primary's data (full resynchronisation).
Replication runs over connections as TCP's: what is lost is sent again, and a connection ends
when nothing was heard on it for repl-timeout, or once the other end, started anew, knows nothing
of it; TCP's own acknowledgements are not shown.

WAIT numreplicas timeout tells how many replicas have said that they have the connection's
writes. It undoes nothing. A primary with fewer than min-replicas-to-write replicas heard of
within min-replicas-max-lag seconds refuses writes (NOREPLICAS); it counts them once a second.

sentinel=on: beside each Redis runs a Sentinel, which crashes with its host. One that gets no
answer from the primary for down-after-milliseconds takes it for down (sdown); if quorum of
them do (odown), one asks for the votes of an epoch, and with a majority of all Sentinels
makes the replica with the greatest offset the primary. It says so in hellos, and the
configuration with the highest epoch counts: last failover wins. An old primary that is still
there is made a replica, and its writes that the new one never had are gone, acknowledged or
not. With sentinel=off nobody fails over.

client=direct: a client speaks to the Redis of its node. client=sentinel: its library asks the
Sentinel there for the primary and speaks to that one, and asks again when the connection
ends, when it is told READONLY, or when Sentinel names another; a command under way then is
unknown. When a library finds no connection for 0.5s, the command is refused (NOCONN).

What is on a disk survives a crash (appendonly yes, appendfsync always), and so do the role
(Sentinel has Redis rewrite its redis.conf) and Sentinel's epochs and votes. A restart begins
a new replication id, so a restarted node resynchronises fully. A node whose disk was wiped
starts as it was installed: n1 as a primary without data, which its replicas copy; so does a
toggle to redis: n1 is the primary, with what it has, and the others drop what it has not.
The primary deletes what expires and tells the replicas; a replica answers nil for a value
that its own clock has run out on, and deletes nothing.`,
	Claims: []Claim{
		{
			Check: "converged",
			When:  "all nodes up, no cut, loss, skew or new write for 90s; repl-timeout up to 60; sentinel=off, or down-after-milliseconds up to 5000 and failover-timeout up to 10000",
			If:    settlesSoon,
			Of:    Quiet,
		},
	},
	GivesUp: []GivenUp{
		{"fresh reads at replicas", "redis-replication"},
		{"acknowledged writes that had not reached the replica which Sentinel promotes", "redis-failover"},
		{"with min-replicas-to-write, still the writes of about min-replicas-max-lag before the refusals", "redis-min-replicas"},
		{"with WAIT, still linearizability: a write whose WAIT says too few stays, and one whose WAIT says enough may go", "redis-wait"},
	},
	Params:    redisParams,
	Kinds:     redisKinds,
	Within:    90 * time.Second,
	Source:    "Redis documentation: Replication, WAIT, High availability with Sentinel; replication.c and sentinel.c of Redis 7",
	Supports:  func(model.Command, Params) bool { return true },
	Fits:      redisFits,
	Caution:   redisCaution,
	New:       newRedis,
	NewClient: newRedisClient,
}

// redis is a node: its Redis, its Sentinel, and the library of the clients beside it.
type redis struct {
	conf redisConf
	env  Env // of the step under way
	self model.NodeID
	n    int
	run  uint64 // run id: drawn by each process

	// What is replicated. Invariant: the records are a function of (id, offset).
	id      string // replication id
	offset  int64  // bytes of the stream that are executed here
	id2     string // the stream that this one goes on from …
	offset2 int64  // … and how far the two are the same
	backlog backlog
	ids     int // replication ids that this process made

	primary  model.NodeID // whom it replicates; 0: it is a primary itself
	up       upstream
	replicas []downstream // by node-1
	good     int          // replicas that count for min-replicas-to-write
	pinged   model.Time   // the stream's last PING

	actor  model.Actor // who numbers the writes made here
	issued int64       // the largest number that this actor gave
	turns  int         // how often this process became a primary
	clock  model.Stamp
	expiry deadlines

	sessions []*session
	waits    []*wait
	cookies  uint64
	library  *library  // nil: clients speak to this node alone
	sentinel *sentinel // nil: none

	effects model.Effects
	read    model.Reader
}

var _ Replica = (*redis)(nil)

// The timers of redis. Those of a Sentinel and of a library are beside them.
const (
	redisCron   uint8 = iota + 1 // once a second, as Redis's replicationCron
	redisGap                     // a part of the stream is missing
	redisExpire                  // a deadline is over
	redisWaited                  // a WAIT's timeout
	redisTick                    // Sentinel's
	redisLib                     // a library's
)

func newRedis(p Params) Replica {
	c := readRedisConf(p)
	r := &redis{conf: c, backlog: backlog{limit: c.backlog}}
	r.read = func(key string) model.Value { return r.live(r.env.Store().Record(key).Value()) }
	if c.sentinel {
		r.sentinel = newSentinel(r)
	}
	if c.viaSentinel {
		r.library = &library{local: r}
	}
	return r
}

// roleMeta keeps whom the node replicates, as its redis.conf does.
const roleMeta = "redis/role"

// Start implements Replica.
func (r *redis) Start(env Env) {
	r.env, r.self, r.n = env, env.Self(), env.N()
	r.run = env.Rand().Uint64()
	r.replicas = make([]downstream, r.n)
	if env.Boot() == Switched {
		settle(env)
	}
	r.loadRole()
	r.loadData()
	if r.primary == 0 {
		r.rule()
	}
	r.expiry.reload(env.Store())
	if r.primary == 0 {
		r.expiry.arm(env, Tag{Kind: redisExpire})
		if env.Boot() == FirstBoot || env.Boot() == Switched {
			env.Note("redis.leader", "node", r.self.String(), "term", "0")
		}
	} else {
		r.connect()
	}
	if r.sentinel != nil {
		r.sentinel.start()
	}
	if r.library != nil {
		r.library.start(env)
	}
	env.After(within(env, time.Second), Tag{Kind: redisCron})
	env.Serving()
}

// loadRole reads what redis.conf says; as installed, all replicate n1.
func (r *redis) loadRole() {
	if r.env.Boot() == Restarted {
		n, _ := strconv.Atoi(string(r.env.Store().Meta(roleMeta)))
		r.primary = model.NodeID(n)
		return
	}
	if r.self != 1 {
		r.primary = 1
	}
	r.saveRole()
}

func (r *redis) saveRole() {
	r.env.Store().PutMeta(roleMeta, []byte(strconv.Itoa(int(r.primary))))
}

// Request implements Replica.
func (r *redis) Request(env Env, req Request) {
	r.env = env
	if r.library != nil {
		r.library.request(env, req)
		return
	}
	r.direct(req)
}

// Receive implements Replica.
func (r *redis) Receive(env Env, from model.NodeID, msg Message) {
	r.env = env
	switch m := msg.(type) {
	case *redisPsync:
		r.psync(from, m)
	case *redisContinue:
		r.continued(from, m)
	case *redisFull:
		r.copied(from, m)
	case *redisStream:
		r.streamed(from, m)
	case redisAck:
		r.acked(from, m)
	case redisReset:
		r.reset(from, m)
	case redisConnect:
		r.accept(from, m)
	case *redisRequest:
		r.called(from, m)
	case sentinelMessage:
		if r.sentinel != nil {
			r.sentinel.receive(from, m)
		}
	case libraryMessage:
		if r.library != nil {
			r.library.receive(env, from, m)
		}
	}
}

// Timer implements Replica.
func (r *redis) Timer(env Env, tag Tag) {
	r.env = env
	switch tag.Kind {
	case redisCron:
		r.cron()
		env.After(time.Second, Tag{Kind: redisCron})
	case redisGap:
		r.missing(tag.N)
	case redisExpire:
		r.expire(r.expiry.fired(env))
	case redisWaited:
		r.waited(tag.N)
	case redisTick:
		r.sentinel.tick()
	case redisLib:
		r.library.tick(env)
	}
}

// cron is what Redis does for replication once a second.
func (r *redis) cron() {
	if r.primary != 0 {
		r.tendUpstream()
	}
	r.tendReplicas()
}

// since returns how long ago an instant was by the node's wall clock, and nothing if
// the clock was set back meanwhile.
func (r *redis) since(t model.Time) time.Duration { return max(0, r.env.Now().Sub(t)) }
