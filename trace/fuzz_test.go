package trace

import (
	"bytes"
	"reflect"
	"testing"

	"capsim/model"
)

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
