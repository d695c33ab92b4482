package labs

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
	"time"

	"capsim/model"
)

// stamp is what a clock gives an event: one number, or of a vector clock one a node.
// A wall clock's number is its reading in nanoseconds.
type stamp []int64

// clockKind is a way to stamp events.
type clockKind uint8

const (
	noClock clockKind = iota
	wallClock
	lamportClock
	vectorClock
)

var clockNames = []string{"none", "wall", "lamport", "vector"}

// clock is a node's own clock.
//
// Sources: Lamport, Time, Clocks, and the Ordering of Events (CACM 1978), rules IR1 and
// IR2; Fidge, Timestamps in Message-Passing Systems (1988), and Mattern, Virtual Time and
// Global States (1989), who found vector clocks at the same time.
type clock struct {
	kind clockKind
	self int   // place of this node in a vector
	at   stamp // of the last event
}

func newClock(kind clockKind, self model.NodeID, n int) clock {
	c := clock{kind: kind}
	switch kind {
	case lamportClock:
		c.at = stamp{0}
	case vectorClock:
		c.self, c.at = int(self)-1, make(stamp, n)
	}
	return c
}

// tick stamps an event at this node: one that nobody else caused, or the sending of a
// message. The stamp is nil without a clock.
func (c *clock) tick(now model.Time) stamp {
	switch c.kind {
	case noClock:
		return nil
	case wallClock:
		return stamp{int64(now) / int64(time.Millisecond) * int64(time.Millisecond)}
	}
	c.at = slices.Clone(c.at) // what was sent is not changed
	c.at[c.self]++
	return c.at
}

// hear stamps the arrival of a message that bears a stamp.
func (c *clock) hear(now model.Time, m stamp) stamp {
	if c.kind == lamportClock || c.kind == vectorClock {
		c.at = slices.Clone(c.at)
		for i := range min(len(c.at), len(m)) {
			c.at[i] = max(c.at[i], m[i])
		}
	}
	return c.tick(now)
}

// words writes a stamp as the screen shows it: "T=5.010s", "L=4", "V=[2 1 0]".
func (c *clock) words(s stamp) string {
	switch c.kind {
	case noClock:
		return ""
	case wallClock:
		return "T=" + millis(model.Time(s[0]))
	case lamportClock:
		return "L=" + strconv.FormatInt(s[0], 10)
	}
	parts := make([]string, len(s))
	for i, n := range s {
		parts[i] = strconv.FormatInt(n, 10)
	}
	return "V=[" + strings.Join(parts, " ") + "]"
}

// millis writes a time with three decimals: "5.010s".
func millis(t model.Time) string {
	ms := int64(t) / int64(time.Millisecond)
	sign := ""
	if ms < 0 {
		ms, sign = -ms, "-"
	}
	frac := strconv.FormatInt(ms%1000+1000, 10)[1:]
	return sign + strconv.FormatInt(ms/1000, 10) + "." + frac + "s"
}

// compare says what two stamps tell of the order of their events.
func (c *clock) compare(a, b stamp) string {
	if c.kind == vectorClock {
		switch ab, ba := covers(b, a), covers(a, b); {
		case ab && ba:
			return "the same"
		case ab:
			return "before"
		case ba:
			return "after"
		}
		return "concurrent"
	}
	order := cmp.Compare(a[0], b[0])
	if c.kind == lamportClock { // the smaller number is no cause: it is only no effect
		return [...]string{"not after", "concurrent", "not before"}[order+1]
	}
	return [...]string{"before", "the same", "after"}[order+1]
}

// covers tells whether no entry of b is above a's.
func covers(a, b stamp) bool {
	for i := range b {
		if i >= len(a) || b[i] > a[i] {
			return false
		}
	}
	return true
}

// sum orders vectors so that a cause comes before its effects.
func (s stamp) sum() int64 {
	n := int64(0)
	for _, v := range s {
		n += v
	}
	return n
}

func (s stamp) encode() []byte {
	var b []byte
	for _, v := range s {
		b = binary.AppendVarint(b, v)
	}
	return b
}

// decodeStamp reads n numbers; nil if that is not what the blob has.
func decodeStamp(b []byte, n int) stamp {
	s := make(stamp, n)
	for i := range s {
		v, size := binary.Varint(b)
		if size <= 0 {
			return nil
		}
		s[i], b = v, b[size:]
	}
	if len(b) > 0 {
		return nil
	}
	return s
}
