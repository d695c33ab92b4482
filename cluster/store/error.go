package store

import (
	"strings"

	"capsim/model"
)

// Error says that a node's Redis failed its run: the environment's fault, not the
// input's. Its text holds no password.
type Error struct {
	Node  model.NodeID // zero: of no one node
	Addr  string       // host:port; "" for one inside this process
	Doing string       // what was attempted: "reading the record of key x"
	Err   error        // never nil
}

func (e *Error) Unwrap() error { return e.Err }

// Error says whose Redis failed, where, at what, why, and what to do about it.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Node != 0 {
		b.WriteString(e.Node.String() + "'s ")
		if e.Addr == "" {
			b.WriteString("embedded Redis")
		} else {
			b.WriteString("Redis at " + e.Addr)
		}
		b.WriteString(" failed while ")
	}
	b.WriteString(e.Doing + ": " + e.Err.Error())
	return b.String()
}
