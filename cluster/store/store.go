// Package store gives each node of a run its own Redis: the disk that a crash
// leaves as it was. There are three drivers, which a run can't tell apart:
// miniredis in this process, real redis-servers, and plain memory.
package store

import (
	"fmt"

	"capsim/model"
)

// Opener makes the stores of one run.
type Opener interface {
	// Open makes the stores of nodes n1 … nN, all of them empty. Every key that
	// real servers see begins capsim:RUN:nK:, so run must be 1 to 64 letters,
	// digits, '-', '_' or '.'. The error is an *InputError if they don't fit what
	// Parse was given, else an *Error.
	Open(nodes int, run string) (Cluster, error)
	// Name is how traces and --json show the kind of store: "miniredis",
	// "memory", "redis", "spawn".
	Name() string
}

// Cluster is the stores of one run.
type Cluster interface {
	// Node returns the store of one node. It panics on a node that the run does
	// not have.
	Node(n model.NodeID) Node
	// Close ends what Open began. Real servers that were there before keep the
	// run's records, readable. A second call does nothing.
	Close() error
}

// Node is one node's store. It is used by one goroutine at a time. Errors are
// *Error; after one, the only sensible call is Cluster.Close.
type Node interface {
	// Record returns what is kept of the key; nil if nothing.
	Record(key string) (*model.Record, error)
	// Keys lists the keys that have a record, sorted. The caller must not change
	// the list.
	Keys() ([]string, error)
	// Meta returns the named blob; nil if there is none. The caller must not
	// change it.
	Meta(name string) ([]byte, error)
	// Items returns what the named list holds, first to last; nil if there is none: an
	// empty list is no list. The caller must not change it.
	Items(list string) ([]string, error)
	// Len returns how many items the list has.
	Len(list string) (int, error)
	// Commit does all that the batch says, in order, or nothing of it.
	Commit(b *Batch) error
	// Wipe removes this node's records, blobs and lists, and nothing else.
	Wipe() error
}

// InputError says that what was asked for can't be: no store of that name, a bad
// URL, a count of servers that is not the nodes'. Its text holds no password.
type InputError struct{ err error }

func (e *InputError) Error() string { return e.err.Error() }
func (e *InputError) Unwrap() error { return e.err }

func inputError(format string, args ...any) error {
	return &InputError{fmt.Errorf(format, args...)}
}

// maxNodes is how many nodes may have a Redis each; clusters above it run on
// memory or without stores.
const maxNodes = 9

func checkOpen(kind string, nodes int, run string) error {
	if nodes < 1 || nodes > maxNodes {
		return inputError("a %s store serves 1 to %d nodes, not %d: use --store memory", kind, maxNodes, nodes)
	}
	if !validRun(run) {
		return inputError("run id %s can't stand in a Redis key: it must be 1 to 64 letters, digits, '-', '_' or '.'", model.Quote(run))
	}
	return nil
}

func validRun(run string) bool {
	for i := 0; i < len(run); i++ {
		c := run[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_', c == '.':
		default:
			return false
		}
	}
	return len(run) >= 1 && len(run) <= 64
}
