package labs

import (
	"fmt"
	"slices"
	"time"

	"capsim/policies"
)

var specCoordination = &policies.Spec{
	Name: "coordination", Lab: true,
	Summary: "ZooKeeper's data model on a replicated log: znodes, sessions, watches",
	Doc: `A tree of small nodes (znodes) is replicated by one log, cp's: every server executes the
same commands in the same order. Here the log is Raft's; ZooKeeper's is Zab's, another
way to one order at all servers. Writes go through the log. Reads are answered by the server that the
client is connected to, from what it has executed: fast, spread over the servers, and
perhaps stale.

What is promised is ZooKeeper's: writes are linearizable; each client's commands are
executed in its order; and a client is never shown an older state than it has seen,
whichever server it is connected to (a server that is behind sends it on). SYNC makes the
server catch up with what the leader had when SYNC came. With sync=leader, as in
ZooKeeper, the leader answers that without asking anybody whether it still leads: a leader
that has been replaced and does not know it yet answers too (ZooKeeper relies on timeouts
that make a leader give up before its followers abandon it). With sync=quorum SYNC is an
entry of the log, and a read after it is as fresh as a write.

A client has a session. The leader ends it once it has heard nothing of it for the
session's timeout, by its own monotonic clock: that is an entry of the log, and deletes the
session's ephemeral nodes at every server alike. A new leader gives every session its whole
timeout again. A client that loses its server goes on with its session at another. What
was under way ends in CONNECTIONLOSS: it may have been executed. Only a server can tell a
client that its session has expired; one that is cut off does not know. So a client here
believes in its session for two thirds of the timeout since the newest ping that
certainly reached the leader, and gives up its connection then. (ZooKeeper's client counts from the
last answer of its server, which is a weaker rule: that server may be cut off itself.)

A watch is set by a read, fires once, and its client is told before it is shown anything
that is as new as the change. Between the message and the next read the node may change
again: a watch says that there is news, not what.

A client beside a node is connected to that node's server, which pings for it; if it asks
another node its session moves, and its watches stay behind. A remote client has ZooKeeper's
library on its own host, and takes its watches along.`,
	Verbs: []policies.Verb{
		{
			Name: "CREATE", Usage: "CREATE path [data] [ephemeral] [sequential]", Doc: "create a node; replies its path", Min: 1, Max: 4, Valid: zkValid(validCreate),
			Try: []string{"CREATE /a x{i}", "CREATE /b y{i}", "CREATE /a/k ephemeral", "CREATE /a/s- v{i} sequential", "CREATE /b/s- ephemeral sequential", "CREATE /e ephemeral", "CREATE /e/x"},
		},
		{
			Name: "GETDATA", Usage: "GETDATA path [watch]", Doc: "read a node's data", Min: 1, Max: 2, Valid: zkValid(validWatch),
			Try: []string{"GETDATA /a", "GETDATA /a watch", "GETDATA /b watch"},
		},
		{
			Name: "SETDATA", Usage: "SETDATA path data [version]", Doc: "set a node's data, if it has that version; replies the new version", Min: 2, Max: 3, Valid: zkValid(validVersion(2)),
			Try: []string{"SETDATA /a w{i}", "SETDATA /b w{i}", "SETDATA /a w{i} 1"},
		},
		{
			Name: "DELETE", Usage: "DELETE path [version]", Doc: "delete a node without children, if it has that version", Min: 1, Max: 2, Valid: zkValid(validVersion(1)),
			Try: []string{"DELETE /a/k", "DELETE /b", "DELETE /a 0"},
		},
		{
			Name: "CHILDREN", Usage: "CHILDREN path [watch]", Doc: "list the names of a node's children", Min: 1, Max: 2, Valid: zkValid(validWatch),
			Try: []string{"CHILDREN /a", "CHILDREN /b watch", "CHILDREN /group watch"},
		},
		{
			Name: "STAT", Usage: "STAT path [watch]", Doc: "a node's version, number of children and owner; nil if it is not there", Min: 1, Max: 2, Valid: zkValid(validWatch),
			Try: []string{"STAT /a", "STAT /e watch", "STAT /a/k watch"},
		},
		{Name: "SYNC", Usage: "SYNC path", Doc: "let the server catch up with the leader before what is read next", Min: 1, Max: 1, Valid: zkValid(nil), Try: []string{"SYNC /a"}},
		{Name: "SESSION", Usage: "SESSION", Doc: "open a session, if there is none; replies its id", Try: []string{"SESSION"}},
		{Name: "CLOSE", Usage: "CLOSE", Doc: "end the session, and its ephemeral nodes", Try: []string{"CLOSE"}},
		{Name: "ELECT", Usage: "ELECT path", Doc: "stand as a candidate; replies the candidate's node, the story says when it leads", Min: 1, Max: 1, Valid: zkValid(below(nil)), Try: []string{"ELECT /leader", "ELECT /leader", "ELECT /other"}},
		{Name: "RESIGN", Usage: "RESIGN path", Doc: "stop leading, or standing as a candidate", Min: 1, Max: 1, Valid: zkValid(below(nil)), Try: []string{"RESIGN /leader"}},
		{Name: "JOIN", Usage: "JOIN path [data]", Doc: "join a group: an ephemeral node named after the client", Min: 1, Max: 2, Valid: zkValid(below(validData)), Try: []string{"JOIN /group"}},
		{Name: "BARRIER", Usage: "BARRIER path n", Doc: "wait until n clients have come", Min: 2, Max: 2, Valid: zkValid(below(validCount)), Try: []string{"BARRIER /start 2"}},
	},
	Checks: []string{"mutual-exclusion", "converged"},
	Claims: []policies.Claim{
		{Check: "mutual-exclusion", When: "disks survive; no pause, no slow host: two clients lead one path at once only if one of them can't notice that its time is over", Without: []string{"pause", "slow", "wipe"}},
		{Check: "converged", When: "all nodes up, no cut, no new write for 4s and no loss (or sessions may break and begin); default timers", If: zkDefaults, Of: policies.Quiet, Without: []string{"loss"}},
	},
	GivesUp: []policies.GivenUp{
		{What: "fresh reads: a server answers with what it has executed; with sync=leader a leader that was replaced answers SYNC too", Scenario: "zookeeper-stale-read"},
		{What: "the changes between a watch's word and the read that follows it", Scenario: "zookeeper-configuration"},
		{What: "what became of a command whose connection broke", Scenario: "zookeeper-naming"},
		{What: "a true list of who is there: the dead are listed for a session's timeout, the living who are cut off are not", Scenario: "zookeeper-membership"},
		{What: "one leader at a time, if a leader stands still for longer than its session", Scenario: "zookeeper-election"},
	},
	Params: append([]policies.Param{
		{Name: "session", Default: "2s", Doc: "a session's timeout: two to twenty ticks, as ZooKeeper has it", Check: policies.IsDuration, Try: []string{"1s", "600ms"}},
		{Name: "tick", Default: "100ms", Doc: "how often the leader beats, clients are checked and messages repeated", Check: policies.IsDuration, Try: []string{"50ms", "200ms"}},
		{Name: "sync", Default: "leader", Doc: "how SYNC asks: the leader alone, as ZooKeeper, or through the log", Values: []string{"leader", "quorum"}},
	}, policies.LogParams()...),
	Kinds:  slices.Concat(zkKinds, policies.LogKinds()),
	Within: 4 * time.Second,
	Source: "Hunt, Konar, Junqueira & Reed, ZooKeeper: Wait-free coordination for Internet-scale systems (USENIX ATC 2010); " +
		"ZooKeeper Programmer's Guide; ZooKeeper Recipes and Solutions",
	Fits:      zkFits,
	New:       func(p policies.Params) policies.Replica { return newZKNode(p, coordinate) },
	NewClient: func(p policies.Params) policies.Replica { return newZKHalf(p, coordinate) },
}

// zkFits: ZooKeeper's bounds of a session's timeout.
func zkFits(p policies.Params, _ int) error {
	session, tick := p.Duration("session"), p.Duration("tick")
	if session < 2*tick || session > 20*tick {
		return fmt.Errorf("session=%v must be two to twenty times tick=%v", session, tick)
	}
	return nil
}

// zkDefaults tells whether sessions and the log's timers are the default ones: sessions
// that outlast what messages take.
func zkDefaults(p policies.Params) bool {
	if p["session"] != "2s" {
		return false
	}
	for _, lp := range policies.LogParams() {
		if p[lp.Name] != lp.Default {
			return false
		}
	}
	return true
}
