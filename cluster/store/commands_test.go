package store

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"capsim/model"
)

// wire speaks to a Redis without a client between: replies keep their shapes.
type wire struct {
	conn net.Conn
	in   *bufio.Reader
}

func dialWire(t *testing.T, addr string) *wire {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return &wire{c, bufio.NewReader(c)}
}

func (w *wire) do(args ...string) model.Reply {
	if _, err := io.WriteString(w.conn, encodeCommand(args)); err != nil {
		panic(err)
	}
	return w.reply()
}

func (w *wire) reply() model.Reply {
	line, err := w.in.ReadString('\n')
	if err != nil {
		panic(err)
	}
	rest := strings.TrimSuffix(line[1:], "\r\n")
	n, _ := strconv.ParseInt(rest, 10, 64)
	switch line[0] {
	case '+':
		return model.Reply{Kind: model.StatusReply, Str: rest}
	case '-':
		return model.Error(rest)
	case ':':
		return model.Int(n)
	case '$':
		if n < 0 {
			return model.Reply{}
		}
		b := make([]byte, n+2)
		if _, err := io.ReadFull(w.in, b); err != nil {
			panic(err)
		}
		return model.Bulk(string(b[:n]))
	case '*':
		list := []string{}
		for range n {
			list = append(list, w.reply().Str)
		}
		return model.List(list)
	}
	panic("a reply that is none: " + line)
}

// scripts define, on Redis's own commands and arithmetic, those that Redis does not
// have. Numbers stay strings: Lua's would lose digits.
var scripts = map[string]string{
	"CAS": `
local v = redis.pcall('GET', KEYS[1])
if type(v) == 'table' then return v end
if v ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1`,
	"CADEL": `
local v = redis.pcall('GET', KEYS[1])
if type(v) == 'table' then return v end
if v ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`,
	"TAKE": takeScript + `
local r = take(KEYS[1], ARGV[1])
if r then return r end
return redis.call('GET', KEYS[1])`,
	"BUY": takeScript + `
local r = take(KEYS[1] .. ':stock', ARGV[1])
if r then return r end
r = redis.pcall('INCRBY', KEYS[1] .. ':sold', ARGV[1])
if type(r) == 'table' then
  redis.call('INCRBY', KEYS[1] .. ':stock', ARGV[1])
  return r
end
return redis.call('GET', KEYS[1] .. ':stock')`,
}

const takeScript = `
local function take(key, n)
  local r = redis.pcall('INCRBY', 'scratch', n)
  redis.call('DEL', 'scratch')
  if type(r) == 'table' then return r end
  if n == '0' or string.sub(n, 1, 1) == '-' then
    return redis.error_reply('ERR value is out of range, must be positive')
  end
  local there = redis.call('EXISTS', key)
  r = redis.pcall('DECRBY', key, n)
  if type(r) == 'table' then
    if string.find(r.err, 'overflow') then return redis.error_reply('OUTOFSTOCK not enough left') end
    return r
  end
  if r < 0 then
    if there == 0 then redis.call('DEL', key) else redis.call('INCRBY', key, n) end
    return redis.error_reply('OUTOFSTOCK not enough left')
  end
end`

// redisSays executes the words at the server.
func (w *wire) redisSays(words []string) model.Reply {
	script, ours := scripts[strings.ToUpper(words[0])]
	if !ours {
		r := w.do(words...)
		switch strings.ToUpper(words[0]) {
		case "SMEMBERS":
			slices.Sort(r.List)
		case "HGETALL":
			r.List = byField(r.List)
		}
		return r
	}
	r := w.do(append([]string{"EVAL", script, "1"}, words[1:]...)...)
	if r.Kind == model.BulkReply { // the shop's numbers came as strings
		n, err := strconv.ParseInt(r.Str, 10, 64)
		if err != nil {
			panic(err)
		}
		return model.Int(n)
	}
	return r
}

// byField puts fields and values in turn in the order of the fields.
func byField(pairs []string) []string {
	values := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	var out []string
	for _, f := range slices.Sorted(maps.Keys(values)) {
		out = append(out, f, values[f])
	}
	return out
}

// modelSays executes the words on a map, by the model's definition.
func modelSays(words []string, state map[string]model.Value) model.Reply {
	cmd, err := model.ParseCommand(words)
	if err != nil {
		return model.Error(err.Error())
	}
	var effects model.Effects
	r := model.Apply(cmd, func(k string) model.Value { return state[k] }, &effects)
	for _, e := range effects.List {
		if !cmd.Writes() || !slices.Contains(cmd.Keys(), e.Key) {
			panic(fmt.Sprintf("%v changes %q", cmd, e.Key))
		}
		if state[e.Key] = e.On(state[e.Key]); state[e.Key].Type == model.None {
			delete(state, e.Key)
		}
	}
	return r
}

var (
	someKeys = rapid.SampledFrom([]string{"k", "a:stock", "a:sold", "b:stock"})
	someText = rapid.SampledFrom([]string{
		"", "v", "0", "1", "2", "3", "7", "-1", "-3", "-0", "+1", "01", " 1", "1 ", "1.5", "1e3", "0x1", "NX", "two words", "\x00\xff\r\n",
		"9223372036854775807", "-9223372036854775808", "9223372036854775806", "-9223372036854775807", "9223372036854775808", "-9223372036854775809", "92233720368547758070",
	})
	someOption = rapid.SampledFrom([]string{"NX", "XX", "nx", "Xx", "", "BOGUS", "0", "GET", "get", "PX", "px"})
	// Nothing that runs out before the test has: far away, out of range, or no number.
	someTTL = rapid.SampledFrom([]string{
		"100000000", "9000000000000", "9000000000000000", "9000000000000000000", "9223372036854775807", "9223372036854775808",
		"0", "-1", "-9223372036854775808", "-9223372036854775809", "01", "1.5", " 1", "+1", "", "v", "PX", "NX",
	})
)

// someWords draws a command that the model and Redis should agree on: in any case,
// now and then with too few or too many arguments. What Redis takes and the model
// leaves out (several keys for DEL, PING's message, EX, PEXPIRE's options) is not drawn,
// nor a WAIT that waits.
func someWords(r *rapid.T) []string {
	spec := rapid.SampledFrom(model.Commands).Draw(r, "command")
	if spec.System {
		return []string{rapid.SampledFrom([]string{"REFUND", "refund", "NOSUCH", ""}).Draw(r, "unknown")}
	}
	words := []string{rapid.SampledFrom([]string{spec.Name, strings.ToLower(spec.Name)}).Draw(r, "name")}
	if spec.Verb == model.PING {
		return words
	}
	args := []string{someKeys.Draw(r, "key")}
	if spec.Verb == model.BUY {
		args[0] = rapid.SampledFrom([]string{"a", "b"}).Draw(r, "item")
	}
	switch spec.Verb {
	case model.PEXPIRE:
		args = append(args, someTTL.Draw(r, "ttl"))
	case model.WAIT:
		args = []string{rapid.SampledFrom([]string{"0", "-1", "-9223372036854775808", "01", "v", ""}).Draw(r, "replicas"), rapid.SampledFrom([]string{"0", "1", "100000000", "-1", "-9223372036854775808", "9223372036854775808", "01", "v", ""}).Draw(r, "timeout")}
	}
	for len(args) < spec.Min {
		args = append(args, someText.Draw(r, "argument"))
	}
	_, ours := scripts[spec.Name]
	switch wrong := rapid.IntRange(0, 15).Draw(r, "wrong") == 0; {
	case spec.Verb == model.SET:
		for _, o := range rapid.SliceOfN(someOption, 0, 3).Draw(r, "options") {
			if args = append(args, o); strings.EqualFold(o, "PX") && rapid.IntRange(0, 7).Draw(r, "alone") > 0 {
				args = append(args, someTTL.Draw(r, "ttl"))
			}
		}
		if wrong {
			args = args[:1]
		}
	case spec.Max < 0:
		args = append(args, rapid.SliceOfN(someText, 0, 3).Draw(r, "members")...)
		if wrong {
			args = args[:1]
		}
	case wrong && !ours && spec.Verb != model.DEL && spec.Verb != model.EXISTS && spec.Verb != model.PEXPIRE:
		args = append(args, "too", "many")[:rapid.IntRange(0, len(args)+2).Draw(r, "arguments")]
		if len(args) == spec.Min {
			args = nil
		}
	}
	return append(words, args...)
}

// TestCommandsAgainstRedis runs random commands on the model and on a real Redis:
// their replies, texts of errors and what they leave behind are the same.
func TestCommandsAgainstRedis(t *testing.T) {
	w := dialWire(t, own(t, 1, "")[0].at.addr)
	rapid.Check(t, func(r *rapid.T) {
		w.do("FLUSHALL")
		state := map[string]model.Value{}
		for range rapid.IntRange(1, 60).Draw(r, "commands") {
			words := someWords(r)
			want, got := w.redisSays(words), modelSays(words, state)
			if i := strings.Index(want.Str, ", with args beginning"); want.Kind == model.ErrorReply && i > 0 {
				want.Str = want.Str[:i] // the model does not repeat what was sent
			}
			if strings.EqualFold(words[0], "PTTL") && want.Int > 0 && got.Int > 0 {
				continue // the clocks differ
			}
			if !got.Equal(want) {
				r.Fatalf("%q: the model says %v, Redis %v", words, got, want)
			}
		}
		compareStates(r, w, state)
	})
}

func compareStates(r *rapid.T, w *wire, state map[string]model.Value) {
	if n := w.do("DBSIZE").Int; int(n) != len(state) {
		r.Fatalf("the model has %d keys, Redis %d", len(state), n)
	}
	for k, v := range state {
		if n := w.do("PTTL", k).Int; (n > 0) != (v.Deadline > 0) {
			r.Fatalf("%q: the model's deadline is %v, Redis's PTTL %d", k, v.Deadline, n)
		}
		switch v.Type {
		case model.Hash:
			if pairs := byField(w.do("HGETALL", k).List); !slices.Equal(pairs, v.Members) {
				r.Fatalf("%q: the model has %v, Redis %q", k, v, pairs)
			}
		case model.Set:
			members := w.do("SMEMBERS", k).List
			slices.Sort(members)
			if !slices.Equal(members, v.Members) {
				r.Fatalf("%q: the model has %v, Redis %q", k, v, members)
			}
		default:
			if s := w.do("GET", k); s.Kind != model.BulkReply || s.Str != v.Str {
				r.Fatalf("%q: the model has %v, Redis %v", k, v, s)
			}
		}
	}
}

// TestArityOfOurs: the commands that Redis does not have refuse a wrong number of
// arguments in its words.
func TestArityOfOurs(t *testing.T) {
	for _, words := range [][]string{{"CAS", "k", "a"}, {"CADEL", "k"}, {"TAKE", "k", "1", "2"}, {"BUY"}} {
		want := "ERR wrong number of arguments for '" + strings.ToLower(words[0]) + "' command"
		if got := modelSays(words, nil); got.Str != want {
			t.Errorf("%q: %v, want %s", words, got, want)
		}
	}
}
