package policies

import (
	"reflect"
	"testing"
	"time"

	"capsim/model"
)

func TestCAPreparedRoundTrip(t *testing.T) {
	actor := model.Actor{Node: 2, Life: 3 << 16}
	record := func(op model.OpID, key string, v model.Value) caItem {
		rec, over := (*model.Record)(nil).Write(model.Write{
			Op: op, Dot: model.Dot{Actor: actor, N: 7}, Stamp: model.Stamp{Wall: 9, Logical: 2, Actor: actor},
			Effect: model.Effect{Key: key, Kind: model.Put, Value: v},
		}, model.Registers)
		return caItem{key, rec, over}
	}
	timed := model.Text("two\nwords \xff")
	timed.Deadline = 1 << 40
	first := record(5, "k\x00é\xfe", timed)
	first.over = []model.OpID{1, 1<<32 - 1}
	held := []*caHeld{
		{txn: &caTxn{
			caID{2, 4, 1 << 40},
			5,
			model.Stamp{Wall: 1 << 50, Logical: 3, Actor: actor},
			[]caItem{first, record(5, "set", model.SetOf("a", "b"))},
		}},
		{txn: &caTxn{caID{1, 1, 1}, 6, model.Stamp{}, []caItem{record(6, "h", model.Value{Type: model.Hash, Members: []string{"f", "v"}})}}},
	}
	blob := appendTxns(nil, held)
	got, err := readTxns(blob, 3)
	if err != nil || len(got) != 2 {
		t.Fatal(err, len(got))
	}
	for i := range got {
		if !reflect.DeepEqual(got[i], held[i].txn) {
			t.Errorf("%+v, want %+v", got[i], held[i].txn)
		}
	}
	for cut := range blob {
		if _, err := readTxns(blob[:cut], 3); err == nil {
			t.Fatalf("%q is read", blob[:cut])
		}
	}
	if none, err := readTxns(appendTxns(nil, nil), 3); err != nil || none != nil {
		t.Fatal(none, err)
	}
}

// What is on disk may be anything: nothing of it may bring the program down.
func FuzzCAPrepared(f *testing.F) {
	f.Add([]byte(`[[1,1,1,1,1,1,1,1,[["k",{"value":"v","op":1,"dot":"n1:1","stamp":"1@n1","seen":"n1:1"},[2]]]]]`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		txns, err := readTxns(b, 3)
		if err != nil {
			return
		}
		var held []*caHeld
		for _, x := range txns {
			x.name()
			held = append(held, &caHeld{txn: x})
		}
		again, err := readTxns(appendTxns(nil, held), 3)
		if err != nil || !reflect.DeepEqual(again, txns) {
			t.Fatalf("%v; %v, then %v", err, txns, again)
		}
	})
}

// A node whose disk is damaged takes part in nothing, so no write is possible; reads
// elsewhere are.
func TestCABrokenDisk(t *testing.T) {
	for _, name := range []string{caPreparedMeta, caBarredMeta} {
		w := steady(t, 3, "ca")
		w.do("a", 1, "SET k v")
		w.run(100 * time.Millisecond)
		w.crash(3)
		w.node(3).disk.metas[name] = []byte{0x80}
		w.after = nil
		w.restart(3)
		there, write, here := w.do("b", 3, "GET k"), w.do("c", 1, "SET k w"), w.do("d", 2, "GET k")
		w.run(900 * time.Millisecond)
		w.mustReply(there, "refused NOQUORUM")
		w.mustReply(write, "refused NOQUORUM")
		w.mustReply(here, "v")
	}
}

// The same seed is the same run.
func TestCADeterministic(t *testing.T) {
	for seed := range uint64(4) {
		p := plan{nodes: 4, policy: "ca", wipes: seed%2 == 0, toggles: true, length: 4 * time.Second}
		a, b := p.run(t, seed), p.run(t, seed)
		if a.hash() != b.hash() || len(a.log) < 100 {
			t.Fatalf("seed %d: two runs differ", seed)
		}
	}
}
