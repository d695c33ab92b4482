package trace

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"testing"

	"capsim/model"
)

var actor1 = model.Actor{Node: 1, Life: 1}

func milk() *model.Record {
	r, _ := (*model.Record)(nil).Write(model.Write{
		Op: 1, Dot: model.Dot{Actor: actor1, N: 1}, Stamp: model.Stamp{Wall: 5, Actor: actor1},
		Effect: model.Effect{Key: "cart", Value: model.Text("milk")},
	}, model.Registers)
	return r
}

func command1(words ...string) model.Command {
	c, err := model.ParseCommand(words)
	if err != nil {
		panic(err)
	}
	return c
}

// expiring is a hash with a deadline.
func expiring() *model.Record {
	hash := model.Value{Type: model.Hash, Members: []string{"expires", "1", "value", "\xff"}, Deadline: 99}
	r, _ := (*model.Record)(nil).Write(model.Write{
		Op: 1, Dot: model.Dot{Actor: actor1, N: 1}, Stamp: model.Stamp{Wall: 5, Actor: actor1},
		Effect: model.Effect{Key: "h", Kind: model.Put, Value: hash},
	}, model.Registers)
	return r
}

// oneOfEach has every kind of event, and every form that its parts can take.
func oneOfEach() []Event {
	answer := func(r model.Reply) *model.Result { a := model.Answered(r); return &a }
	refused := model.Refuse(model.CodeDown, "n1 is down")
	unknown := &model.Result{Outcome: model.Unknown, Why: "no answer in 1s"}
	seen := answer(model.OK)
	seen.Context = model.Context{{Key: "cart", Vector: model.Vector{{Actor: actor1, N: 2}}}, {Key: "\xff", Vector: nil}, {Key: "x", Vector: milk().Seen, Heads: milk().Heads}}
	past := answer(model.OK)
	past.Past = model.Vector{{Actor: actor1, N: 2}}
	return []Event{
		{Kind: Statement, Text: `at 0s use "x"`},
		{Kind: PolicyStart, Key: "apart", Text: "ap conflict=lww", N: 1},
		{Kind: NodeBoot, Node: 1, N: 1, Text: "first"},
		{At: 7, Kind: Serving, Node: 123},
		{At: 7, Kind: Invoke, Op: 1, Node: 1, Body: &Call{Client: "alice", Command: command1("SET", "cart", "milk \x00\xfe", "nx")}},
		{At: 7, Kind: Invoke, Op: 2, Node: 1, Body: &Call{Command: command1("PING")}},
		{At: 7, Kind: Return, Op: 1, Node: 1, Body: seen},
		{At: 7, Kind: Return, Op: 1, Node: 1, N: 1, Body: answer(model.Reply{})},
		{At: 8, Kind: Return, Op: 1, Body: answer(model.Bulk("nil"))},
		{At: 8, Kind: Return, Op: 1, Body: answer(model.Int(math.MinInt64))},
		{At: 8, Kind: Return, Op: 1, Body: answer(model.List(nil))},
		{At: 8, Kind: Return, Op: 1, Body: answer(model.List([]string{"", "b"}))},
		{At: 8, Kind: Return, Op: 1, Body: answer(model.Error(model.ErrWrongType))},
		{At: 8, Kind: Return, Op: 1, Body: answer(model.Reply{Kind: model.SiblingsReply, List: []string{"a", "b"}})},
		{At: 8, Kind: Return, Op: 1, Body: &refused},
		{At: 8, Kind: Return, Op: 1, Body: unknown},
		{At: 8, Kind: SystemWrite, Op: 3, Node: 2, Body: &Call{Command: model.Command{Verb: model.REFUND, Args: []string{"a:stock", "1"}}, Cause: 2}},
		{At: 8, Kind: Wrote, Op: 3, Node: 2, Key: "cart", Ops: []model.OpID{1, math.MaxUint32}},
		{At: 9, Kind: Applied, Node: 2, Key: "cart", Body: milk()},
		{At: 9, Kind: Applied, Node: 2, Key: "cart"},
		{At: 9, Kind: Applied, Node: 2, Body: milk()},
		{At: 9, Kind: Discarded, Node: 2, Key: "cart", Op: 1, Text: "older stamp"},
		{At: 9, Kind: Send, Msg: 1, Node: 1, Peer: 2, Text: "ap.write", Ops: []model.OpID{1, 2}, N: 12},
		{At: 10, Kind: Deliver, Msg: 1, Node: 2, Peer: 1},
		{At: 10, Kind: Drop, Msg: math.MaxUint32, Node: 1, Peer: 2, Text: "loss 30%"},
		{At: 10, Kind: Hold, Msg: 3, Node: 1, Peer: 2, Text: "cut n1->n2"},
		{At: 10, Kind: Release, Msg: 3, Node: 1, Peer: 2, N: 99},
		{At: 11, Kind: LinkChange, Node: 1, Peer: 2, Body: &Link{Cut: "hold", Cause: "x", Latency: "exp(2ms)", Loss: 0.3}},
		{At: 11, Kind: LinkChange, Node: 1, Peer: 2, Body: &Link{}},
		{At: 11, Kind: HostChange, Node: 2, Text: "wiped"},
		{At: 11, Kind: Note, Node: 2, Text: "raft.leader", Body: Fields{"node", "n1", "odd"}},
		{At: 12, Kind: Note, Text: "nothing"},
		{At: 12, Kind: Metric, Text: "raft.elections", N: -3},
		{At: 12, Kind: Doubt, Node: 2, Key: "cart", Op: 1},
		{At: 12, Kind: Doubt, Node: 2, Key: "cart"},
		{At: 12, Kind: Return, Op: 1, Body: past},
		{At: 12, Kind: Applied, Node: 2, Key: "h", Body: expiring()},
		{At: 12, Kind: NodeBoot, Node: 4, N: 2, Text: "restart", Key: "dora"},
		{At: 12, Kind: Invoke, Op: 1, Node: 1, Peer: 4, Body: &Call{Client: "dora", Command: command1("PING")}},
		{At: 12, Kind: Send, Op: 1, Msg: 9, Node: 4, Peer: 1, Text: RequestKind, N: 12},
		{At: 12, Kind: LinkChange, Node: 1, Peer: 2, Body: &Link{Duplicate: 0.1, Reorder: 0.2, Bandwidth: "64KB/s", Flap: "up=1s down=2s"}},
		{At: 12, Kind: Send, Msg: 8, Node: 1, Peer: 2, Text: "x", Key: "7"},
		{At: 12, Kind: Condition, Node: 2, Text: "slow +5ms"},
		{At: 12, Kind: Acquire, Node: 2, Op: 1, Key: "printer", Text: "alice", N: 33},
		{At: 12, Kind: Relinquish, Node: 2, Key: "printer", Text: "alice"},
		{At: 12, Kind: Access, Node: 2, Op: 1, Key: "printer", Text: "bob", N: 34},
		{At: 12, Kind: Effect, Node: 2, Op: 1, Key: "order-1", Text: "stock", N: -2},
		{At: 12, Kind: Commit, Node: 2, Key: "order-1"},
		{At: 12, Kind: Abort, Node: 2, Op: 1, Key: "order-1"},
		{At: 12, Kind: Begin, Node: 2, Op: 1, Key: "order-1", N: 3},
		{At: 12, Kind: Mark, Node: 2, Key: "stamp", Text: "L=4"},
		{At: 12, Kind: Invoke, Node: 2, Op: 9, Body: &Call{Client: "alice", Command: model.Command{Verb: model.CALL, Args: []string{"LOCK", "a b"}}}},
		{At: 12, Kind: Levels, Body: Census{{State: "susceptible", Nodes: 990, Heat: []uint16{0, 1000}}, {Nodes: 10, Heat: []uint16{1}}, {State: "down"}}},
		{At: 12, Kind: Levels},
		{At: 12, Kind: Gauge, Text: "known", N: 12},
		{At: 12, Kind: Gauge, Node: 1, Text: "members", N: -1},
		{At: math.MaxInt64, Kind: Skipped, Text: "bob", Key: "GET cart"},
	}
}

func TestRoundTripOfEveryKind(t *testing.T) {
	events := oneOfEach()
	kinds := map[Kind]bool{}
	d := decoder{words: map[string]string{}}
	for i, e := range events {
		kinds[e.Kind] = true
		line := AppendEvent(nil, i+1, &e)
		if !json.Valid(line) || bytes.Count(line, newline) != 1 {
			t.Errorf("not one line of JSON: %s", line)
		}
		back, err := d.event(line[:len(line)-1], i+1)
		if err != nil {
			t.Errorf("%s: %v", line, err)
		} else if !reflect.DeepEqual(e, back) {
			t.Errorf("%s:\n%+v came back as\n%+v", line, e, back)
		}
	}
	for k := Statement; int(k) < len(kindNames); k++ {
		if !kinds[k] {
			t.Errorf("no event of kind %v is tested", k)
		}
	}
}

// TestNoFieldForgotten fails when a type gets a field: teach it to the codec, add
// it to oneOfEach, then count it here.
func TestNoFieldForgotten(t *testing.T) {
	for v, n := range map[any]int{
		reflect.TypeFor[Event](): 11, reflect.TypeFor[Call](): 3, reflect.TypeFor[Link](): 8, reflect.TypeFor[Header](): 9, reflect.TypeFor[Level](): 3,
		reflect.TypeFor[model.Result](): 6, reflect.TypeFor[model.Reply](): 4, reflect.TypeFor[model.Seen](): 3,
		reflect.TypeFor[model.Command](): 2, reflect.TypeFor[model.Record](): 7, reflect.TypeFor[model.Head](): 5,
		reflect.TypeFor[model.Value](): 4, reflect.TypeFor[model.Base](): 3, reflect.TypeFor[model.Total](): 4,
		reflect.TypeFor[model.Element](): 2, reflect.TypeFor[model.Sale](): 5, reflect.TypeFor[model.Stamp](): 3,
		reflect.TypeFor[model.Dot](): 2, reflect.TypeFor[model.Actor](): 2,
	} {
		if got := v.(reflect.Type).NumField(); got != n {
			t.Errorf("%v has %d fields, the codec was written for %d", v, got, n)
		}
	}
}

func TestEventText(t *testing.T) {
	events := oneOfEach()
	for n, want := range map[int]string{
		5:  `{"n":5,"at":7,"kind":"invoke","node":"n1","op":1,"command":["SET","cart","milk \u0000\udcfe","nx"],"client":"alice"}`,
		7:  `{"n":7,"at":7,"kind":"return","node":"n1","op":1,"outcome":"ok","reply":{"status":"OK"},"context":{"cart":"n1:2","\udcff":"","x":{"seen":"n1:1","heads":[{"kind":"put","value":"milk","op":1,"dot":"n1:1","stamp":"5@n1"}]}}}`,
		15: `{"n":15,"at":8,"kind":"return","op":1,"outcome":"refused","code":"DOWN","why":"n1 is down"}`,
		19: `{"n":19,"at":9,"kind":"applied","node":"n2","key":"cart","record":{"value":"milk","op":1,"dot":"n1:1","stamp":"5@n1","seen":"n1:1"}}`,
		23: `{"n":23,"at":9,"kind":"send","node":"n1","peer":"n2","msg":1,"message":"ap.write","due":12,"ops":[1,2]}`,
		28: `{"n":28,"at":11,"kind":"link","node":"n1","peer":"n2","link":{"cut":"hold","cause":"x","latency":"exp(2ms)","loss":0.3}}`,
	} {
		if got := string(AppendEvent(nil, n, &events[n-1])); got != want+"\n" {
			t.Errorf("event %d:\n got %swant %s", n, got, want)
		}
	}
}

func header() Header {
	return Header{
		Format: Format, Program: "capsim test", Name: "x", Title: "Milch \xff", Nodes: 3, Seed: -4, Store: "memory",
		Script: "use nodes 3\nat 0s alice@n1 SET a b\n", Files: map[string]string{"b": "\x00\x80", "a": "1ms\n", "": ""},
	}
}

func write(events []Event) []byte {
	var b bytes.Buffer
	w := NewWriter(&b, header())
	for i := range events {
		_ = w.Event(&events[i])
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func TestFileRoundTrip(t *testing.T) {
	file := write(oneOfEach())
	f, err := Read(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(f.Header, header()) {
		t.Errorf("header %+v", f.Header)
	}
	h := NewHasher()
	for i, e := range oneOfEach() {
		h.Event(&e)
		if !reflect.DeepEqual(e, *f.Log.At(i + 1)) {
			t.Errorf("event %d: %+v", i+1, *f.Log.At(i + 1))
		}
	}
	want := End{Events: len(oneOfEach()), SHA256: h.Sum()}
	if f.Cut || f.End != want || f.Hash != want.SHA256 || Hash(f.Log) != want.SHA256 {
		t.Errorf("cut %v, end %+v, hash %s; want %+v", f.Cut, f.End, f.Hash, want)
	}
}

// TestCut cuts a file at every byte: it reads up to the cut, unless that is within
// the header.
func TestCut(t *testing.T) {
	file := write(oneOfEach())
	headerEnd := bytes.IndexByte(file, '\n')
	for n := range file {
		f, err := Read(bytes.NewReader(file[:n]))
		if n < headerEnd {
			var fe *FormatError
			if !errors.As(err, &fe) || fe.Line != 1 {
				t.Fatalf("cut at %d: %v", n, err)
			}
			continue
		}
		if n == len(file)-1 { // only the last newline is missing
			if err != nil || f.Cut {
				t.Fatalf("cut at the last newline: %v", err)
			}
			continue
		}
		if err != nil || !f.Cut {
			t.Fatalf("cut at %d of %d: %v", n, len(file), err)
		}
		whole := bytes.Count(file[:n], newline) - 1
		if got := f.Log.Len(); n > headerEnd && (got < whole || got > whole+1) || got > len(oneOfEach()) {
			t.Fatalf("cut at %d: %d events, want %d", n, got, whole)
		}
		if Hash(f.Log) != f.Hash {
			t.Fatalf("cut at %d: hash", n)
		}
	}
}
