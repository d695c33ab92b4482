// Package model holds the words that every room of capsim shares: ids, virtual
// time, commands and their pure semantics, replies, and the records that
// replicas keep. It imports nothing of ours.
package model

import (
	"strconv"
	"time"
)

// NodeID names a host of the simulation: 1 is n1. Zero is no node.
type NodeID int32

// String returns "n1", "n2", …, and "-" for no node.
func (n NodeID) String() string {
	if n > 0 && int(n) < len(nodeNames) {
		return nodeNames[n]
	}
	if n <= 0 {
		return "-"
	}
	return "n" + strconv.Itoa(int(n))
}

var nodeNames = [...]string{"-", "n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9"}

// ParseNode reads "n1", "n2", …; false if s is no node's name.
func ParseNode(s string) (NodeID, bool) {
	if len(s) < 2 || s[0] != 'n' || s[1] < '1' || s[1] > '9' {
		return 0, false
	}
	v, err := strconv.ParseInt(s[1:], 10, 32)
	if err != nil {
		return 0, false
	}
	return NodeID(v), true
}

// OpID numbers operations in the order of their invocation, from 1; writes that
// the system makes itself (a refund) are operations too. Zero is no operation.
type OpID uint32

// MsgID numbers messages in the order of sending, from 1. Zero is no message.
type MsgID uint32

// Time is virtual time: nanoseconds since the start of the run, never negative.
type Time int64

// Never is later than every instant of a run.
const Never Time = 1<<63 - 1

// Add returns t+d, and Never if that would overflow.
func (t Time) Add(d time.Duration) Time {
	if s := t + Time(d); s >= t || d < 0 {
		return s
	}
	return Never
}

// Sub returns t-u.
func (t Time) Sub(u Time) time.Duration { return time.Duration(t - u) }

// String prints t exactly, as the script language writes it: "2.41s".
func (t Time) String() string { return time.Duration(t).String() }
