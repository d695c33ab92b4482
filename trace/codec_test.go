package trace

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
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

// oneOfEach has every kind of event, and every form that its parts can take.
func oneOfEach() []Event {
	answer := func(r model.Reply) *model.Result { a := model.Answered(r); return &a }
	refused := model.Refuse(model.CodeDown, "n1 is down")
	unknown := &model.Result{Outcome: model.Unknown, Why: "no answer in 1s"}
	seen := answer(model.OK)
	seen.Context = model.Context{{Key: "cart", Vector: model.Vector{{Actor: actor1, N: 2}}}, {Key: "\xff", Vector: nil}, {Key: "x", Vector: milk().Seen, Heads: milk().Heads}}
	return []Event{
		{Kind: Statement, Text: `at 0s use "x"`},
		{Kind: PolicyStart, Text: "ap conflict=lww", N: 1},
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
		reflect.TypeFor[Event](): 11, reflect.TypeFor[Call](): 3, reflect.TypeFor[Link](): 4, reflect.TypeFor[Header](): 9,
		reflect.TypeFor[model.Result](): 5, reflect.TypeFor[model.Reply](): 4, reflect.TypeFor[model.Seen](): 3,
		reflect.TypeFor[model.Command](): 2, reflect.TypeFor[model.Record](): 7, reflect.TypeFor[model.Head](): 5,
		reflect.TypeFor[model.Value](): 3, reflect.TypeFor[model.Base](): 3, reflect.TypeFor[model.Total](): 3,
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

func TestReadRefuses(t *testing.T) {
	file := string(write(oneOfEach()))
	for _, c := range []struct {
		name, old, new string
		line           int // 0: not a FormatError
		is             error
		say            string
	}{
		{"changed value", `"client":"alice"`, `"client":"clara"`, 0, ErrHash, Hash(logOf(oneOfEach()))},
		{"changed hash", `"sha256":"`, `"sha256":"0`, 0, ErrHash, "SHA-256 0"},
		{"newer format", `"format":1,`, `"format":12,"x":`, 1, nil, "program"},
		{"newer format", `"format":1`, `"format":12`, 0, ErrVersion, "format 12, written by \"capsim test\"; this program reads formats up to 1"},
		{"other file", `{"trace":"capsim"`, `{"type":"session"`, 1, nil, "no trace of capsim"},
		{"too many nodes", `"nodes":3`, `"nodes":65537`, 1, nil, "0 to 65536"},
		{"number out of order", `{"n":3,`, `{"n":4,`, 4, nil, "from 3 to 3"},
		{"time goes back", `{"n":9,"at":8`, `{"n":9,"at":6`, 10, nil, "from 7ns to 6ns"},
		{"unknown kind", `"kind":"host"`, `"kind":"hose"`, 31, nil, "a kind of event"},
		{"unknown command", `"PING"`, `"PONG"`, 7, nil, "not PONG"},
		{"arity", `"PING"`, `"PING","x"`, 7, nil, "PING with its arguments"},
		{"unknown field", `"op":1,"command"`, `"op":1,"color":2,"command"`, 6, nil, "}"},
		{"impossible loss", `"loss":0.3`, `"loss":1.3`, 29, nil, "0 to 1"},
		{"bad record", `"seen":"n1:1"}`, `"seen":""}`, 20, nil, "valid record"},
		{"event after the end", "", "", 37, nil, "nothing after the end mark"},
		{"count", `"events":34`, `"events":35`, 36, nil, "for 34 events"},
	} {
		changed := strings.Replace(file, c.old, c.new, 1)
		if c.old == "" {
			changed = file + "\n"
		} else if changed == file {
			t.Fatalf("%s: nothing changed", c.name)
		}
		_, err := Read(strings.NewReader(changed))
		if err == nil || !strings.Contains(err.Error(), c.say) || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: %v; want %q", c.name, err, c.say)
			continue
		}
		var fe *FormatError
		if got := errors.As(err, &fe); got != (c.line > 0) || got && fe.Line != c.line {
			t.Errorf("%s: %v; want line %d", c.name, err, c.line)
		}
	}
}

func logOf(events []Event) *Log {
	l := &Log{}
	for _, e := range events {
		l.Append(e)
	}
	return l
}

type endless struct{ b byte }

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = e.b
	}
	return len(p), nil
}

type broken struct{}

var errBroken = errors.New("disk on fire")

func (broken) Read([]byte) (int, error)  { return 0, errBroken }
func (broken) Write([]byte) (int, error) { return 0, errBroken }

func TestReadBounds(t *testing.T) {
	var fe *FormatError
	if _, err := Read(endless{'x'}); !errors.As(err, &fe) {
		t.Errorf("an endless line: %v", err)
	}
	if _, err := Read(broken{}); !errors.Is(err, errBroken) {
		t.Errorf("a failing reader: %v", err)
	}
	if _, err := Read(strings.NewReader("")); !errors.As(err, &fe) {
		t.Errorf("an empty file: %v", err)
	}
	long := Event{Kind: Statement, Text: strings.Repeat("x", 1<<20)}
	f, err := Read(bytes.NewReader(write([]Event{long})))
	if err != nil || f.Log.At(1).Text != long.Text {
		t.Errorf("a long line: %v", err)
	}
}

func TestWriterErrorsStick(t *testing.T) {
	w := NewWriter(broken{}, header())
	for range 2 {
		if err := w.Event(&Event{Kind: Serving}); !errors.Is(err, errBroken) {
			t.Error(err)
		}
	}
	if err := w.Close(); !errors.Is(err, errBroken) {
		t.Error(err)
	}
}

func TestFlushLeavesWholeLines(t *testing.T) {
	var b bytes.Buffer
	w := NewWriter(&b, header())
	for i := range 1000 {
		_ = w.Event(&Event{At: model.Time(i), Kind: Statement, Text: "x"})
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	f, err := Read(&b)
	if err != nil || !f.Cut || f.Log.Len() != 1000 || f.Hash != w.Hash() {
		t.Fatalf("%v, %+v", err, f)
	}
}

func FuzzReadTrace(f *testing.F) {
	file := write(oneOfEach())
	f.Add(file)
	for _, line := range bytes.SplitAfter(file, newline) {
		f.Add(append(bytes.SplitAfter(file, newline)[0:1:1][0], line...))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := Read(bytes.NewReader(b))
		if err != nil {
			if file != nil {
				t.Fatal("a file beside an error")
			}
			return
		}
		readsBack(t, file)
		x := NewIndex()
		x.Extend(file.Log)
		fold := NewFolder(min(file.Header.Nodes, 9), file.Log)
		for n := range file.Log.Len() + 1 {
			v := fold.View(n)
			v.Flight()
			v.Converged()
		}
	})
}

// readsBack writes a file that was read, and reads it again.
func readsBack(t *testing.T, f *File) {
	var b bytes.Buffer
	w := NewWriter(&b, f.Header)
	for _, e := range f.Log.All() {
		_ = w.Event(e)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	g, err := Read(&b)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(f.Header, g.Header) || f.Log.Len() != g.Log.Len() {
		t.Fatalf("%+v came back as %+v", f.Header, g.Header)
	}
	for n, e := range f.Log.All() {
		if !reflect.DeepEqual(e, g.Log.At(n)) {
			t.Fatalf("event %d: %+v came back as %+v", n, e, g.Log.At(n))
		}
	}
}

func FuzzEventRoundTrip(f *testing.F) {
	for i, e := range oneOfEach() {
		f.Add(AppendEvent(nil, i+1, &e), e.Key, e.Text, int64(e.At), e.N, uint8(e.Kind))
	}
	f.Fuzz(func(t *testing.T, line []byte, key, text string, at, n int64, kind uint8) {
		d := decoder{words: map[string]string{}}
		e := Event{At: model.Time(max(at, 0)), Kind: Kind(kind)%Skipped + 1, N: n, Key: key, Text: text}
		line = bytes.TrimSuffix(line, newline)
		if other, err := d.event(line, 1); err == nil { // as a source of bodies
			e.Body, e.Ops, e.Node, e.Op = other.Body, other.Ops, other.Node, other.Op
		}
		text1 := AppendEvent(nil, 9, &e)
		back, err := d.event(bytes.TrimSuffix(text1, newline), 9)
		if err != nil {
			t.Fatalf("%s: %v", text1, err)
		}
		if !reflect.DeepEqual(e, back) {
			t.Fatalf("%s:\n%+v came back as\n%+v", text1, e, back)
		}
	})
}

func BenchmarkAppendEvent(b *testing.B) {
	for _, e := range oneOfEach()[:25] {
		if e.Kind == Statement || e.Kind == PolicyStart {
			continue
		}
		b.Run(fmt.Sprintf("%v", e.Kind), func(b *testing.B) {
			buf := []byte(nil)
			b.ReportAllocs()
			for b.Loop() {
				buf = AppendEvent(buf[:0], 123456, &e)
			}
		})
	}
}

func BenchmarkReadTrace(b *testing.B) {
	var events []Event
	for range 1000 {
		events = append(events, oneOfEach()[:1]...)
	}
	for i := range 1000 {
		for _, e := range oneOfEach()[4:25] {
			e.At = model.Time(i * 10)
			events = append(events, e)
		}
	}
	file := write(events)
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(bytes.NewReader(file)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(events)), "ns/event")
}
