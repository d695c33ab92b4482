package policies

import (
	"time"

	"capsim/model"
)

// sentinelMessage is what a node's Sentinel gets, or its Redis from one.
type sentinelMessage interface {
	Message
	forSentinel()
}

// sentinelPing asks a host's Redis, and the Sentinel beside it, for a sign of life; the
// pong has Redis's INFO with it, which Redis sends by itself only every 10 s.
type (
	sentinelPing struct {
		silentMessage
		seq uint64
	}
	sentinelPong struct {
		silentMessage
		seq  uint64
		info redisInfo
	}
)

// redisInfo is what INFO says of replication.
type redisInfo struct {
	run      uint64
	primary  model.NodeID // 0: its role is primary
	linkUp   bool
	linkDown time.Duration // since when, if it is not
	offset   int64
}

// sentinelHello is what a Sentinel publishes: to the other Sentinels, and through
// every Redis that it watches. relayed: a Redis passed it on to its subscribers.
type sentinelHello struct {
	silentMessage
	epoch       int64
	primary     model.NodeID
	configEpoch int64
	relayed     bool
}

// sentinelAsk is SENTINEL IS-MASTER-DOWN-BY-ADDR: whether the primary is down, and for a
// candidate the vote of an epoch.
type (
	sentinelAsk struct {
		silentMessage
		primary   model.NodeID
		epoch     int64
		candidate model.NodeID // 0: no vote is asked for
	}
	sentinelAnswer struct {
		silentMessage
		primary model.NodeID
		down    bool
		leader  model.NodeID // 0: no vote
		epoch   int64        // of the vote
	}
)

// sentinelReplicaOf is the command SLAVEOF of a Sentinel, with the number that it has
// there: one that comes twice is done once.
type sentinelReplicaOf struct {
	silentMessage
	id      uint64
	primary model.NodeID // 0: NO ONE
}

// sentinelWhere is a library's SENTINEL GET-MASTER-ADDR-BY-NAME.
type (
	sentinelWhere   struct{ silentMessage }
	sentinelAddress struct {
		silentMessage
		primary model.NodeID
	}
)

func (sentinelPing) Kind() string      { return "sentinel.ping" }
func (sentinelPong) Kind() string      { return "sentinel.pong" }
func (sentinelHello) Kind() string     { return "sentinel.hello" }
func (sentinelAsk) Kind() string       { return "sentinel.ask" }
func (sentinelAnswer) Kind() string    { return "sentinel.answer" }
func (sentinelReplicaOf) Kind() string { return "sentinel.replicaof" }
func (sentinelWhere) Kind() string     { return "sentinel.where" }
func (sentinelAddress) Kind() string   { return "sentinel.address" }

func (sentinelPing) forSentinel()      {}
func (sentinelPong) forSentinel()      {}
func (sentinelHello) forSentinel()     {}
func (sentinelAsk) forSentinel()       {}
func (sentinelAnswer) forSentinel()    {}
func (sentinelReplicaOf) forSentinel() {}
func (sentinelWhere) forSentinel()     {}
