package policies

import (
	"bytes"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"capsim/model"
)

func TestCPCommandRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spec := rapid.SampledFrom(model.Commands).Draw(t, "verb")
		most := spec.Max
		if most < 0 {
			most = 6
		}
		c := cpCommand{
			op:   model.OpID(rapid.Uint32Min(1).Draw(t, "op")),
			wall: model.Time(rapid.Int64().Draw(t, "wall")),
			command: model.Command{
				Verb: spec.Verb,
				Args: rapid.SliceOfN(rapid.String(), spec.Min, most).Draw(t, "args"),
			},
		}
		data := c.encode()
		got, err := decodeCommand(data)
		if err != nil || got.op != c.op || got.wall != c.wall || got.command.Verb != c.command.Verb || !slices.Equal(got.command.Args, c.command.Args) {
			t.Fatalf("%+v became %+v, %v", c, got, err)
		}
		if entryOp(data) != c.op {
			t.Fatalf("operation %d became %d", c.op, entryOp(data))
		}
	})
}

func TestCPInstallRoundTrip(t *testing.T) {
	var records []keyRecord
	for i, key := range []string{"", "a b", "k\x00\xff"} {
		rec, _ := (*model.Record)(nil).Write(model.Write{
			Op: model.OpID(i + 1), Dot: model.Dot{Actor: model.Actor{Life: 3}, N: 7<<32 | 9}, Stamp: model.Stamp{Wall: 5},
			Effect: model.Effect{Key: key, Kind: model.Put, Value: model.Text(key)},
		}, model.Registers)
		records = append(records, keyRecord{key, rec})
	}
	for _, s := range []install{{}, {records: records}, {records: records, lost: []lostHead{{"a b", 4}, {"a b", 5}}}} {
		data := s.encode()
		got, err := decodeInstall(data)
		if err != nil || !bytes.Equal(got.encode(), data) || !slices.Equal(got.lost, s.lost) || len(got.records) != len(s.records) {
			t.Fatalf("%+v became %+v, %v", s, got, err)
		}
		for i := range data[1:] {
			if _, err := decodeInstall(data[:i+1]); err == nil {
				t.Fatalf("%q is read as a whole", data[:i+1])
			}
		}
	}
}

func TestCPStateRoundTrip(t *testing.T) {
	s := cpState{
		stretch: 2, life: 3, recovery: true, installed: true, term: 1 << 40, vote: 2, commit: 9, applied: 8, last: 10,
		stamp: model.Stamp{Wall: 7, Logical: 1, Actor: model.Actor{Life: 2}}, lives: []int32{1, 3, 2},
	}
	base := entryID{4, 2}
	b := s.encode(base)
	got, at, ok := decodeState(b, 3)
	if !ok || at != base || !reflect.DeepEqual(got, s) {
		t.Fatalf("%+v %v became %+v %v", s, base, got, at)
	}
	for i := range b {
		if _, _, ok := decodeState(b[:i], 3); ok {
			t.Fatalf("%d bytes of %d are read as a whole", i, len(b))
		}
	}
}

// What a disk holds is not to be trusted: nothing in it may crash the program.
func FuzzCPDecode(f *testing.F) {
	c := cpCommand{op: 3, wall: 5, command: model.Command{Verb: model.SET, Args: []string{"k", "v"}}}
	f.Add(c.encode())
	f.Add((&install{lost: []lostHead{{"k", 1}}}).encode())
	f.Add((&cpState{stretch: 1, life: 1, lives: []int32{1, 1, 1}}).encode(entryID{}))
	f.Fuzz(func(t *testing.T, b []byte) {
		if c, err := decodeCommand(b); err == nil {
			if again, err := decodeCommand(c.encode()); err != nil || again.op != c.op {
				t.Fatalf("%q is read, and written as something else", b)
			}
			model.Apply(c.command, func(string) model.Value { return model.Value{} }, &model.Effects{})
		}
		_, _ = decodeInstall(b)
		_, _, _ = decodeState(b, 3)
		_ = decodeEntry(1, b)
		_ = entryOp(b)
	})
}
