package labs

import (
	"fmt"
	"slices"

	"capsim/policies"
)

var specLocks = &policies.Spec{
	Name:    "locks",
	Summary: "distributed locks by Redis, Redlock, a database row and ZooKeeper, and the resource that they guard, with and without fencing tokens",
	Doc: `A client takes a lock before it writes to a resource that only one may write to at a time. All
locks here are leases: what keeps them grants them for a while, so that a holder that crashes
does not lock the others out for ever. The holder goes by its own clock, counts from before it
asked, and takes 1 % and 2 ms off for clocks that run at different rates. Between its check and its
write's effect anything may pass: a pause of its process, a slow network. So a lease alone
does not keep a stale holder's write from the resource. A fencing token does: a number that rises
with each grant, goes along with every write, and makes the resource refuse one that is lower
than the highest it has seen.

by=redis: one Redis, the primary, n1 at the start. LOCK is SET lock:name client:random NX PX ttl;
UNLOCK deletes the key if it still has that value. The other nodes are replicas: the primary
answers first and copies afterwards. When they have not heard it for failover, a majority of all
nodes makes one of them the primary, with the locks that had reached it.

by=redlock: all nodes are Redis servers that know nothing of each other. LOCK sets the key on all
of them at once; with a majority, before the lock would run out, it is granted, for the ttl less
the time that this took. Else the client deletes the key on all, waits for a random delay and tries
again.

Redis lets keys run out by the node's wall clock, which jumps when somebody sets it (skew);
clock=monotonic is what Redlock's critic and its author both would have. What a node that crashes forgets depends on fsync;
restart-delay keeps it from granting what it may have granted before.

by=database: a row a lock, in a database that is replicated by cp's log: holder, version, end of the
lease. One transaction takes the row if nobody has it or its lease is over by the clock of the
leader. The version is the fencing token.

by=zookeeper: the coordination lab's ensemble, and ZooKeeper's recipe. Whoever wants the lock
creates an ephemeral sequential node and watches the one before its own; the lowest number
has the lock, and is the fencing token. Nothing runs out: the lock lasts as long as the session,
which the leader ends when it has heard nothing of its client for the session's timeout. A
client that can't know whether its session lives stops believing in the lock before that.

The resources are on the node that storage names. With fencing=on it checks tokens; with a
resource's name, of that one alone. Redis and Redlock have no number that rises with each grant: the
client then fetches one from a counter on the storage itself, once it has the lock and before it
counts as held. A counter on one node would be one that can fail, and one on several would drift
apart; on the storage it is up whenever a write could be made at all, and on its disk. (A store that
checks tokens can number locks too, as Redlock's author remarked.)

LOCK replies the token, without one the value that names the grant, or nil when it got nothing for
as long as it tries. WRITE checks that the lock is held, works for a while, and sends the write
without another look.`,
	Claims: []policies.Claim{
		{
			Check: "guarded", When: "fencing=on; disks survive", Without: []string{"wipe"},
			If: func(p policies.Params) bool { return p["fencing"] == "on" },
		},
		{
			Check:   "mutual-exclusion",
			When:    "by=redlock, or by=redis failover=off, with fsync=always validity=on clock=wall; no pause, no slow host, no clock that jumps or drifts; disks survive",
			If:      func(p policies.Params) bool { return leasesHold(p) && p["clock"] == "wall" },
			Without: []string{"pause", "slow", "skew", "drift", "wipe"},
		},
		{
			Check:   "mutual-exclusion",
			When:    "the same with clock=monotonic; no pause, no slow host, no clock that drifts: one may jump; disks survive",
			If:      func(p policies.Params) bool { return leasesHold(p) && p["clock"] == "monotonic" },
			Without: []string{"pause", "slow", "drift", "wipe"},
		},
		{
			Check:   "mutual-exclusion",
			When:    "by=database validity=on; no pause, no slow host, no clock that jumps or drifts; disks survive",
			If:      func(p policies.Params) bool { return p["by"] == "database" && p["validity"] == "on" },
			Without: []string{"pause", "slow", "skew", "drift", "wipe"},
		},
		{
			Check:   "mutual-exclusion",
			When:    "by=zookeeper; no pause, no slow host, no clock that drifts: sessions are honoured, and one may jump; disks survive",
			If:      func(p policies.Params) bool { return p["by"] == "zookeeper" },
			Without: []string{"pause", "slow", "drift", "wipe"},
		},
	},
	GivesUp: []policies.GivenUp{
		{What: "by=redis: one holder across a failover: locks that had not reached the new primary are granted again", Scenario: "locks-failover"},
		{What: "by=redlock: one holder when a node's wall clock jumps", Scenario: "redlock-clock"},
		{What: "by=redlock: one holder when a node forgets what it granted", Scenario: "redlock-restart"},
		{What: "whatever keeps the lock: one holder while one stands still", Scenario: "locks-pause"},
		{What: "by=zookeeper: one holder while one stands still for longer than its session lives", Scenario: "locks-zookeeper"},
		{What: "without fencing tokens: that a write takes effect while its writer holds the lock", Scenario: "fencing"},
	},
	Params: locksParams,
	Kinds:  slices.Concat(locksKinds, zkKinds, policies.LogKinds()),
	Source: "Redis documentation: Distributed Locks with Redis; Kleppmann, How to do distributed locking (2016); " +
		"Sanfilippo, Is Redlock safe? (2016); Gray & Cheriton, Leases (SOSP 1989); ZooKeeper Recipes and Solutions: Locks",
	Lab:   true,
	Apart: true,

	Switches: true,
	Checks:   []string{"mutual-exclusion", "guarded"},
	Fits:     locksFits,
	Caution:  locksCaution,
	Verbs: []policies.Verb{
		{
			Name: "LOCK", Usage: "LOCK name [ttl]", Doc: "take a lock, or nil", Min: 1, Max: 2,
			Try:   []string{"LOCK disk", "LOCK disk", "LOCK tape 300ms", "LOCK disk 3s"},
			Valid: validLock,
		},
		{Name: "UNLOCK", Usage: "UNLOCK name", Doc: "give a lock back: 1, or 0 if it was not held any more", Min: 1, Max: 1, Try: []string{"UNLOCK disk", "UNLOCK tape"}, Valid: validResource},
		{Name: "WRITE", Usage: "WRITE name text", Doc: "write to what the lock guards, as its holder", Min: 2, Max: 2, Try: []string{"WRITE disk w{i}", "WRITE disk w{i}", "WRITE tape w{i}"}, Valid: validWrite},
		{Name: "HOLDER", Usage: "HOLDER name", Doc: "who holds the lock, as what keeps it says", Min: 1, Max: 1, Try: []string{"HOLDER disk"}, Valid: validResource},
	},
	New:       newLocksNode,
	NewClient: newLocksRemote,
}

// leasesHold tells whether Redis nodes keep the locks, and keep what they granted.
func leasesHold(p policies.Params) bool {
	return (p["by"] == "redlock" || p["by"] == "redis" && p["failover"] == "off") && p["fsync"] == fsyncAlways && p["validity"] == "on"
}

func validResource(words []string) error {
	if err := isResource(words[0]); err != nil {
		return &policies.ChoiceError{Got: words[0], Want: err.Error()}
	}
	return nil
}

func validLock(words []string) error {
	if err := validResource(words); err != nil || len(words) < 2 {
		return err
	}
	if err := isLease(words[1]); err != nil {
		return &policies.ChoiceError{Word: 1, Got: words[1], Want: err.Error()}
	}
	return nil
}

func validWrite(words []string) error {
	if err := validResource(words); err != nil {
		return err
	}
	if len(words[1]) > maxText {
		return &policies.ChoiceError{Word: 1, Got: fmt.Sprintf("%d bytes", len(words[1])), Want: fmt.Sprintf("at most %d", maxText)}
	}
	return nil
}
