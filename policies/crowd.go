package policies

import "time"

// MaxOwn is how many nodes a cluster may have whose nodes have a replica and a store each.
// In a larger one a Crowd plays them all.
const MaxOwn = 9

// Crowd plays every node of a cluster of more than MaxOwn: Env.Self says which of them an
// input is for. What it keeps of one node must not be used when it plays another; only what
// never changes may be shared. It has no store, and what it says of single keys and messages
// leaves no event: Env.Store is nil, Wrote, Applied, Doubt, Discarded and Serving do nothing,
// SystemWrite is not for it, marks are counted, of the notes of a kind only the first few are
// kept, and Env.Rand is one stream for all. A node that restarts has what the crowd
// keeps of it: the crowd forgets at Start what would not be on a disk, and all of it
// after WipedBoot.
//
// A million nodes take a few bytes each if messages are small numbers or point to
// constants, and state is kept in lists by node.
type Crowd interface {
	Replica
	// Period is how often Tick is due: at its multiples, from the first on. 0: never. It must
	// not change.
	Period() time.Duration
	// Tick stands for a timer that each node would set: it is called for every node that is
	// up and not paused, in their order; round counts from 1. Clocks that drift change nothing about it, and
	// a slow host's tick takes no time.
	Tick(env Env, round int64)
}

// Constant is a message that a crowd sends as it is, again and again, and never changes.
type Constant interface {
	Message
	// Constant numbers it among those of the crowd, from 1; 0: it is none.
	Constant() uint8
}
