package model

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// shop is a store of plain values: the sequential meaning of commands.
type shop map[string]Value

func (s shop) do(c Command) (Reply, []Effect) {
	var e Effects
	r := Apply(c, func(key string) Value { return s[key] }, &e)
	for _, x := range e.List {
		if v := x.On(s[x.Key]); v.Type == None {
			delete(s, x.Key)
		} else {
			s[x.Key] = v
		}
	}
	return r, e.List
}

// TestCommands runs each line's commands one after another on an empty store; the
// last one's reply, and what the store then holds, are as given.
func TestCommands(t *testing.T) {
	for _, c := range []struct{ script, reply, store string }{
		{"GET a", "nil", ""},
		{"SET a x", "OK", "a=x"},
		{"SET a x; SET a y NX", "nil", "a=x"},
		{"SET a y nx", "OK", "a=y"},
		{"SET a y XX", "nil", ""},
		{"SET a x; SET a y xx", "OK", "a=y"},
		{"SET a x NX XX", "error \"ERR syntax error\"", ""},
		{"SET a x PX", "error \"ERR syntax error\"", ""},
		{"SET a x NX NX NX", "OK", "a=x"},
		{"SADD s a; SET s x", "OK", "s=x"},
		{"SET a x; DEL a", "1", ""},
		{"DEL a", "0", ""},
		{"EXISTS a", "0", ""},
		{"SADD s a; EXISTS s", "1", "s=[a]"},
		{"INCR n", "1", "n=1"},
		{"SET n 41; INCR n", "42", "n=42"},
		{"SET n -1; DECR n", "-2", "n=-2"},
		{"INCRBY n 5; DECRBY n 7", "-2", "n=-2"},
		{"SET n 01; INCR n", `error "ERR value is not an integer or out of range"`, "n=01"},
		{"SET n +1; INCR n", `error "ERR value is not an integer or out of range"`, "n=+1"},
		{"INCRBY n 1.5", `error "ERR value is not an integer or out of range"`, ""},
		{"INCRBY n 9223372036854775808", `error "ERR value is not an integer or out of range"`, ""},
		{"SET n 9223372036854775807; INCR n", `error "ERR increment or decrement would overflow"`, "n=9223372036854775807"},
		{"SET n -9223372036854775808; DECR n", `error "ERR increment or decrement would overflow"`, "n=-9223372036854775808"},
		{"INCRBY n -9223372036854775808", "-9223372036854775808", "n=-9223372036854775808"},
		{"DECRBY n -9223372036854775808", `error "ERR decrement would overflow"`, ""},
		{"SADD s a; INCR s", "error \"WRONGTYPE Operation against a key holding the wrong kind of value\"", "s=[a]"},
		{"APPEND a x; APPEND a yz", "3", "a=xyz"},
		{"SADD s a; APPEND s x", "error \"WRONGTYPE Operation against a key holding the wrong kind of value\"", "s=[a]"},
		{"SADD s b a b", "2", "s=[a b]"},
		{"SADD s a; SADD s a b", "1", "s=[a b]"},
		{"SADD s a; SREM s a b", "1", ""},
		{"SREM s a", "0", ""},
		{"SADD s b a; SMEMBERS s", "[a b]", "s=[a b]"},
		{"SMEMBERS s", "[]", ""},
		{"SET a x; SMEMBERS a", "error \"WRONGTYPE Operation against a key holding the wrong kind of value\"", "a=x"},
		{"SADD s a; SISMEMBER s a", "1", "s=[a]"},
		{"SISMEMBER s a", "0", ""},
		{"SADD s a; GET s", "error \"WRONGTYPE Operation against a key holding the wrong kind of value\"", "s=[a]"},
		{"SET a x; CAS a x y", "1", "a=y"},
		{"SET a x; CAS a z y", "0", "a=x"},
		{"CAS a x y", "0", ""},
		{"SADD s a; CAS s x y", "error \"WRONGTYPE Operation against a key holding the wrong kind of value\"", "s=[a]"},
		{"SET a x; CADEL a x", "1", ""},
		{"SET a x; CADEL a y", "0", "a=x"},
		{"SET n 5; TAKE n 3", "2", "n=2"},
		{"SET n 5; TAKE n 5", "0", "n=0"},
		{"SET n 5; TAKE n 6", `error "OUTOFSTOCK not enough left"`, "n=5"},
		{"TAKE n 1", `error "OUTOFSTOCK not enough left"`, ""},
		{"SET n 5; TAKE n 0", `error "ERR value is out of range, must be positive"`, "n=5"},
		{"SET n 5; TAKE n x", `error "ERR value is not an integer or out of range"`, "n=5"},
		{"SET n x; TAKE n 1", `error "ERR value is not an integer or out of range"`, "n=x"},
		{"SET tv:stock 5; BUY tv 2; BUY tv 1", "2", "tv:sold=3 tv:stock=2"},
		{"SET tv:stock 1; BUY tv 2", `error "OUTOFSTOCK not enough left"`, "tv:stock=1"},
		{"SET tv:stock 1; SADD tv:sold x; BUY tv 1", "error \"WRONGTYPE Operation against a key holding the wrong kind of value\"", "tv:sold=[x] tv:stock=1"},
		{"SET tv:stock 1; SET tv:sold 9223372036854775807; BUY tv 1", `error "ERR increment or decrement would overflow"`, "tv:sold=9223372036854775807 tv:stock=1"},
		{"PING", "PONG", ""},
		{"SET a x GET", "nil", "a=x"},
		{"SET a x; SET a y GET", "x", "a=y"},
		{"SET a x; SET a y NX GET", "x", "a=x"},
		{"SET a y NX GET", "nil", "a=y"},
		{"SET a y XX GET", "nil", ""},
		{"SET a x; SET a y get xx", "x", "a=y"},
		{"SET a x PX 5 PX 7 NX", "OK", "a=x"},
		{"SET a x PX 0 PX 7", "OK", "a=x"},
		{"STRLEN a", "0", ""},
		{"SET a xyz; STRLEN a", "3", "a=xyz"},
		{"SCARD s", "0", ""},
		{"SADD s a b; SCARD s", "2", "s=[a b]"},
		{"HSET h f 1", "1", "h=[f 1]"},
		{"HSET h g 1 f 2 g 3", "2", "h=[f 2 g 3]"},
		{"HSET h f 1; HSET h f 2 g 3", "1", "h=[f 2 g 3]"},
		{"HSET h f 1; HGET h f", "1", "h=[f 1]"},
		{"HGET h f", "nil", ""},
		{"HSET h f 1; HGET h g", "nil", "h=[f 1]"},
		{"HSET h f 1 g 2; HDEL h f x f", "1", "h=[g 2]"},
		{"HSET h f 1; HDEL h f", "1", ""},
		{"HDEL h f", "0", ""},
		{"HGETALL h", "[]", ""},
		{"HSET h g 1 f 2; HGETALL h", "[f 2 g 1]", "h=[f 2 g 1]"},
		{"PEXPIRE a 5", "0", ""},
		{"SET a x; PEXPIRE a 5", "1", "a=x"},
		{"SET a x; PEXPIRE a 0", "1", ""},
		{"SET a x; PEXPIRE a -9223372036854775808", "1", ""},
		{"PTTL a", "-2", ""},
		{"SET a x; PTTL a", "-1", "a=x"},
		{"SADD s a; PEXPIRE s 5; SADD s b", "1", "s=[a b]"},
		{"WAIT 0 0", "0", ""},
		{"WAIT 1 5", "0", ""},
		{"WAIT -1 0", "0", ""},
		{"SADD s a; SET s x GET", `error "WRONGTYPE Operation against a key holding the wrong kind of value"`, "s=[a]"},
		{"SADD s a; STRLEN s", `error "WRONGTYPE Operation against a key holding the wrong kind of value"`, "s=[a]"},
		{"SET a x; SCARD a", `error "WRONGTYPE Operation against a key holding the wrong kind of value"`, "a=x"},
		{"SET a x; HSET a f 1", `error "WRONGTYPE Operation against a key holding the wrong kind of value"`, "a=x"},
		{"SET a x; HGET a f", `error "WRONGTYPE Operation against a key holding the wrong kind of value"`, "a=x"},
		{"SET a x; HDEL a f", `error "WRONGTYPE Operation against a key holding the wrong kind of value"`, "a=x"},
		{"SADD s a; HGETALL s", `error "WRONGTYPE Operation against a key holding the wrong kind of value"`, "s=[a]"},
		{"HSET h f 1; GET h", `error "WRONGTYPE Operation against a key holding the wrong kind of value"`, "h=[f 1]"},
		{"HSET h f 1; SADD h a", `error "WRONGTYPE Operation against a key holding the wrong kind of value"`, "h=[f 1]"},
		{"SET a x PX 0", `error "ERR invalid expire time in 'set' command"`, ""},
		{"SET a x PX -1", `error "ERR invalid expire time in 'set' command"`, ""},
		{"SET a x PX 9223372036854775807", `error "ERR invalid expire time in 'set' command"`, ""},
		{"SET a x PX y", `error "ERR value is not an integer or out of range"`, ""},
		{"SET a x PX y BOGUS", `error "ERR syntax error"`, ""},
		{"SET a x GET BOGUS", `error "ERR syntax error"`, ""},
		{"PEXPIRE a 9223372036854775807", `error "ERR invalid expire time in 'pexpire' command"`, ""},
		{"PEXPIRE a x", `error "ERR value is not an integer or out of range"`, ""},
		{"WAIT x 0", `error "ERR value is not an integer or out of range"`, ""},
		{"WAIT 0 x", `error "ERR timeout is not an integer or out of range"`, ""},
		{"WAIT 0 -1", `error "ERR timeout is negative"`, ""},
		{"SET tv:stock -1; REFUND tv:stock 1", "OK", "tv:refunded=1 tv:stock=0"},
	} {
		s, reply := shop{}, Reply{}
		for line := range strings.SplitSeq(c.script, "; ") {
			words := strings.Fields(line)
			cmd, err := ParseCommand(words)
			if words[0] == "REFUND" {
				cmd, err = Command{Verb: REFUND, Args: words[1:]}, nil
			}
			if err != nil {
				t.Fatalf("%s: %v", c.script, err)
			}
			before := maps.Clone(s)
			var effects []Effect
			reply, effects = s.do(cmd)
			for _, e := range effects {
				if !cmd.Writes() || !slices.Contains(cmd.Keys(), e.Key) {
					t.Errorf("%s: has an effect on %s, which its spec does not name", line, e.Key)
				}
				if s[e.Key].Equal(before[e.Key]) && e.Kind != Put {
					t.Errorf("%s: has an effect that changes nothing", line)
				}
			}
		}
		var held []string
		for _, key := range slices.Sorted(maps.Keys(s)) {
			held = append(held, key+"="+s[key].String())
		}
		if got := strings.Join(held, " "); reply.String() != c.reply || got != c.store {
			t.Errorf("%s: reply %s, store %s; want %s, %s", c.script, reply, got, c.reply, c.store)
		}
	}
}

func TestParseCommand(t *testing.T) {
	for line, want := range map[string]string{
		"":                  "ERR no command",
		"get a":             "",
		"GET":               "ERR wrong number of arguments for 'get' command",
		"Get a b":           "ERR wrong number of arguments for 'get' command",
		"SET a":             "ERR wrong number of arguments for 'set' command",
		"SET a b c d e":     "", // Redis, too, leaves options to the command
		"SADD s":            "ERR wrong number of arguments for 'sadd' command",
		"SADD s a b c d":    "",
		"HSET h f":          "ERR wrong number of arguments for 'hset' command",
		"HSET h f 1 g":      "ERR wrong number of arguments for 'hset' command",
		"hset h f 1 g 2":    "",
		"HDEL h":            "ERR wrong number of arguments for 'hdel' command",
		"PEXPIRE a":         "ERR wrong number of arguments for 'pexpire' command",
		"WAIT 1":            "ERR wrong number of arguments for 'wait' command",
		"WAIT 1 2 3":        "ERR wrong number of arguments for 'wait' command",
		"EXPIRE a 5":        "ERR unknown command 'EXPIRE'",
		"PING x":            "ERR wrong number of arguments for 'ping' command",
		"FLUSHALL":          "ERR unknown command 'FLUSHALL'",
		"REFUND tv:stock 1": "ERR unknown command 'REFUND'",
	} {
		_, err := ParseCommand(strings.Fields(line))
		if err == nil && want != "" || err != nil && err.Error() != want {
			t.Errorf("%q: %v, want %q", line, err, want)
		}
	}
}

func TestCommandList(t *testing.T) {
	for i, s := range Commands {
		if s.Verb != Verb(i) || s.apply == nil || s.Doc == "" || !strings.HasPrefix(s.Usage, s.Name) || s.Max >= 0 && s.Max < s.Min || !s.Write && !s.Reads && s.Verb != PING && s.Verb != WAIT && s.Verb != CALL {
			t.Errorf("%d: %+v", i, s)
		}
	}
}

// TestApplyNeverPanics gives every command any arguments on keys of any type.
func TestApplyNeverPanics(t *testing.T) {
	words := []string{"a", "b", "s", "s:stock", "", "1", "-1", "0", "9223372036854775807", "-9223372036854775808", "NX", "xx", "x"}
	rapid.Check(t, func(t *rapid.T) {
		s := shop{"s": SetOf("a", "b"), "s:stock": Text("3"), "a": Text("x")}
		for range rapid.IntRange(1, 10).Draw(t, "commands") {
			spec := &Commands[rapid.IntRange(0, len(Commands)-1).Draw(t, "verb")]
			most := spec.Max
			if most < 0 || spec.Verb == SET {
				most = 5
			}
			n := rapid.IntRange(spec.Min, most).Draw(t, "n")
			cmd := Command{Verb: spec.Verb, Args: rapid.SliceOfN(rapid.SampledFrom(words), n, n).Draw(t, "args")}
			before := maps.Clone(s)
			reply, effects := s.do(cmd)
			if (reply.Kind == ErrorReply || !cmd.Writes()) && len(effects) > 0 {
				t.Fatalf("%v replied %v and had effects", cmd, reply)
			}
			if len(effects) == 0 && !maps.EqualFunc(before, s, Value.Equal) {
				t.Fatalf("%v changed the store without an effect", cmd)
			}
			for _, v := range s {
				if err := v.valid(); err != nil {
					t.Fatalf("%v: %v", cmd, err)
				}
			}
		}
	})
}
