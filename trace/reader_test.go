package trace

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"capsim/model"
)

func TestReadRefuses(t *testing.T) {
	file, events := string(write(oneOfEach())), len(oneOfEach())
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
		{"too many nodes", `"nodes":3`, `"nodes":1000001`, 1, nil, "0 to 1000000"},
		{"number out of order", `{"n":3,`, `{"n":4,`, 4, nil, "from 3 to 3"},
		{"time goes back", `{"n":9,"at":8`, `{"n":9,"at":6`, 10, nil, "from 7ns to 6ns"},
		{"unknown kind", `"kind":"host"`, `"kind":"hose"`, 31, nil, "a kind of event"},
		{"unknown command", `"PING"`, `"PONG"`, 7, nil, "not PONG"},
		{"arity", `"PING"`, `"PING","x"`, 7, nil, "PING with its arguments"},
		{"unknown field", `"op":1,"command"`, `"op":1,"color":2,"command"`, 6, nil, "}"},
		{"impossible loss", `"loss":0.3`, `"loss":1.3`, 29, nil, "0 to 1"},
		{"bad record", `"seen":"n1:1"}`, `"seen":""}`, 20, nil, "valid record"},
		{"event after the end", "", "", events + 3, nil, "nothing after the end mark"},
		{"count", fmt.Sprintf(`"events":%d`, events), fmt.Sprintf(`"events":%d`, events+1), events + 2, nil, fmt.Sprintf("for %d events", events)},
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
