package model

import (
	"math"
	"strings"
	"testing"
	"time"
)

// TestDeadlines runs each line's commands on a store, all by a clock that reads 1s, but
// "+Nms" sets it ahead; EXPIRE ends what has the deadline given, in milliseconds. Then
// key a has the deadline given; -1 if it is not there.
func TestDeadlines(t *testing.T) {
	for _, c := range []struct {
		script, reply string
		deadline      time.Duration // in ms since the start; 0: none
	}{
		{"SET a 1", "OK", 0},
		{"SET a 1 PX 500", "OK", 1500},
		{"SET a 1 PX 500 NX GET", "nil", 1500},
		{"SET a 1 PX 500; SET a 2", "OK", 0},
		{"SET a 1 PX 500; SET a 2 NX", "nil", 1500},
		{"SET a 1 PX 500; SET a 2 NX PX 900", "nil", 1500},
		{"SET a 1 PX 500; SET a 2 XX PX 900", "OK", 1900},
		{"SET a 1 PX 500; APPEND a 2", "2", 1500},
		{"SET a 1 PX 500; INCR a", "2", 1500},
		{"SET a 3 PX 500; TAKE a 1", "2", 1500},
		{"SET a 1 PX 500; CAS a 1 2", "1", 0},
		{"SET a 1 PX 500; DEL a; SET a 1", "OK", 0},
		{"SET a 1; PEXPIRE a 500", "1", 1500},
		{"SET a 1 PX 500; PEXPIRE a 900", "1", 1900},
		{"SADD a x; PEXPIRE a 500; SADD a y", "1", 1500},
		{"SADD a x y; PEXPIRE a 500; SREM a y", "1", 1500},
		{"SADD a x; PEXPIRE a 500; SREM a x; SADD a x", "1", 0},
		{"HSET a f 1; PEXPIRE a 500; HSET a f 2", "0", 1500},
		{"HSET a f 1 g 2; PEXPIRE a 500; HDEL a f", "1", 1500},
		{"SET a 1 PX 500; +200ms; PTTL a", "300", 1500},
		{"SET a 1 PX 500; +900ms; PTTL a", "0", 1500},
		{"SET a 1 PX 500; +900ms; GET a", "1", 1500}, // nobody has said that it is over
		{"SET a 1 PX 500; EXPIRE a 1500", "1", -1},
		{"SET a 1 PX 500; EXPIRE a 1501", "0", 1500},
		{"SET a 1 PX 500; SET a 2; EXPIRE a 1500", "0", 0},
		{"SET a 1 PX 500; PEXPIRE a 900; EXPIRE a 1500", "0", 1900},
		{"SET a 1 PX 500; INCR a; EXPIRE a 1500", "1", -1},
		{"EXPIRE a 1500", "0", -1},
	} {
		s, now, reply := shop{}, Time(time.Second), Reply{}
		for line := range strings.SplitSeq(c.script, "; ") {
			words := strings.Fields(line)
			if wait, err := time.ParseDuration(strings.TrimPrefix(words[0], "+")); err == nil {
				now = now.Add(wait)
				continue
			}
			cmd, err := ParseCommand(words)
			if words[0] == "EXPIRE" {
				at, _ := time.ParseDuration(words[2] + "ms")
				cmd, err = ExpireCommand("a", Time(at)), nil
			}
			if err != nil {
				t.Fatalf("%s: %v", c.script, err)
			}
			e := Effects{Now: now}
			reply = Apply(cmd, func(key string) Value { return s[key] }, &e)
			for _, x := range e.List {
				s[x.Key] = x.On(s[x.Key])
			}
		}
		v := s["a"]
		if err := v.valid(); err != nil {
			t.Errorf("%s: %v", c.script, err)
		}
		want := Time(c.deadline * time.Millisecond)
		if reply.String() != c.reply || (v.Type == None) != (c.deadline < 0) || v.Type != None && v.Deadline != want {
			t.Errorf("%s: reply %v, then %v until %v; want %s, %v", c.script, reply, v, v.Deadline, c.reply, want)
		}
	}
}

// What a run can't count to never comes.
func TestFarDeadlines(t *testing.T) {
	if got := deadline(Time(time.Second), maxTTL); got != Never {
		t.Errorf("%v", got)
	}
	if got := deadline(Never-5, 1); got != Never {
		t.Errorf("%v", got)
	}
	if _, timeout, fail := WaitArgs(Command{Verb: WAIT, Args: []string{"1", "9223372036854775807"}}); timeout < math.MaxInt64/2 || fail.Kind == ErrorReply {
		t.Errorf("%v %v", timeout, fail)
	}
}

func TestSetMissed(t *testing.T) {
	for line, want := range map[string]bool{
		"SET a 1 = OK": false, "SET a 1 NX = nil": true, "SET a 1 GET = nil": false, "SET a 1 GET = x": false, "SET a 1 NX GET = x": true,
		"SET a 1 NX GET = nil": false, "SET a 1 XX GET = nil": true, "SET a 1 XX GET = x": false, "SET a 1 BOGUS = nil": true,
	} {
		words, got, _ := strings.Cut(line, " = ")
		c, err := ParseCommand(strings.Fields(words))
		if err != nil {
			t.Fatal(err)
		}
		reply := map[string]Reply{"OK": OK, "nil": {}, "x": Bulk("x")}[got]
		if SetMissed(c, reply) != want {
			t.Errorf("%s: %v", line, !want)
		}
	}
}

func TestAlike(t *testing.T) {
	ttl, get := Command{Verb: PTTL, Args: []string{"a"}}, Command{Verb: GET, Args: []string{"a"}}
	for _, c := range []struct {
		c    Command
		a, b Reply
		want bool
	}{
		{ttl, Int(5), Int(900), true},
		{ttl, Int(0), Int(1), true},
		{ttl, Int(-1), Int(5), false},
		{ttl, Int(-1), Int(-2), false},
		{ttl, Int(-1), Int(-1), true},
		{ttl, Reply{}, Int(5), false},
		{get, Int(5), Int(6), false},
		{get, Bulk("x"), Bulk("x"), true},
	} {
		if c.c.Alike(c.a, c.b) != c.want || c.c.Alike(c.b, c.a) != c.want {
			t.Errorf("%v: %v and %v", c.c, c.a, c.b)
		}
	}
}
