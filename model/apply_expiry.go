package model

import (
	"math"
	"strconv"
	"time"
)

// Expiry. A deadline is part of a value, and its end is a write of the system's own:
// the node that accepted the value makes an EXPIRE when its clock reaches the deadline,
// and the policy replicates that like any write. Until it has arrived, a node serves
// the value.

// maxTTL bounds what PX and PEXPIRE take, in milliseconds: what Redis can still add to its
// clock, which counts from 1970. Whatever a run can't count to never expires in it.
const maxTTL = math.MaxInt64 - 1<<41

// Redis's error texts for times to live that are out of range.
const (
	ErrExpireSet = "ERR invalid expire time in 'set' command"
	ErrExpire    = "ERR invalid expire time in 'pexpire' command"
)

// deadline returns when what was written at now expires; 0 if ms is 0.
func deadline(now Time, ms int64) Time {
	switch {
	case ms == 0:
		return 0
	case ms > math.MaxInt64/int64(time.Millisecond):
		return Never
	}
	return now.Add(time.Duration(ms) * time.Millisecond)
}

// applyPExpire writes the value again, with a deadline; Redis deletes a key that is
// to live no longer.
func applyPExpire(c Command, read Reader, e *Effects) Reply {
	ms, ok := integer(c.Args[1])
	if !ok {
		return Error(ErrNotInteger)
	}
	if ms > maxTTL {
		return Error(ErrExpire)
	}
	v := read(c.Args[0])
	if v.Type == None {
		return Int(0)
	}
	if ms <= 0 {
		e.add(Effect{Key: c.Args[0], Kind: Delete})
		return Int(1)
	}
	e.add(Effect{Key: c.Args[0], Kind: Put, Value: v.until(deadline(e.Now, ms))})
	return Int(1)
}

func applyPTTL(c Command, read Reader, e *Effects) Reply {
	v := read(c.Args[0])
	switch {
	case v.Type == None:
		return Int(-2)
	case v.Deadline == 0:
		return Int(-1)
	}
	return Int(int64(max(0, v.Deadline.Sub(e.Now)) / time.Millisecond))
}

// ExpireCommand returns the command with which the system ends a value that has the
// deadline given.
func ExpireCommand(key string, deadline Time) Command {
	return Command{Verb: EXPIRE, Args: []string{key, strconv.FormatInt(int64(deadline), 10)}}
}

// applyExpire deletes the key if the value that ran out still stands there.
func applyExpire(c Command, read Reader, e *Effects) Reply {
	when, ok := integer(c.Args[1])
	if !ok {
		return Error(ErrNotInteger)
	}
	v := read(c.Args[0])
	if v.Type == None || v.Deadline != Time(when) {
		return Int(0)
	}
	e.add(Effect{Key: c.Args[0], Kind: Delete})
	return Int(1)
}

// Redis's error texts for WAIT's timeout.
const (
	ErrTimeout         = "ERR timeout is not an integer or out of range"
	ErrNegativeTimeout = "ERR timeout is negative"
)

// WaitArgs reads the arguments of a WAIT: how many replicas, and for how long, 0 for ever.
// The reply is an error if they are none.
func WaitArgs(c Command) (replicas int64, timeout time.Duration, fail Reply) {
	replicas, ok := integer(c.Args[0])
	if !ok {
		return 0, 0, Error(ErrNotInteger)
	}
	ms, ok := integer(c.Args[1])
	switch {
	case !ok:
		return 0, 0, Error(ErrTimeout)
	case ms < 0:
		return 0, 0, Error(ErrNegativeTimeout)
	}
	return replicas, time.Duration(min(ms, math.MaxInt64/int64(time.Millisecond))) * time.Millisecond, Reply{}
}

// applyWait is what a node without replicas answers. A policy that has some answers
// itself.
func applyWait(c Command, _ Reader, _ *Effects) Reply {
	if _, _, fail := WaitArgs(c); fail.Kind == ErrorReply {
		return fail
	}
	return Int(0)
}

// Alike tells whether two replies to the command tell the same of what its key holds. A
// PTTL that counts down tells that the key expires; how soon is for a clock to say.
func (c Command) Alike(a, b Reply) bool {
	if c.Verb == PTTL && a.Kind == IntReply && b.Kind == IntReply && a.Int >= 0 && b.Int >= 0 {
		return true
	}
	return a.Equal(b)
}
