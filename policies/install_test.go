package policies

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"capsim/model"
)

// installing is a policy that does nothing but install what a stretch begins with.
type installing struct{ installer }

var specInstalling = &Spec{Name: "installing", New: func(Params) Replica { return &installing{} }}

func (r *installing) Start(env Env) { r.start(env) }
func (r *installing) Request(env Env, q Request) {
	env.Reply(q.Op, model.Refuse(model.CodeNoQuorum, r.why()))
}
func (r *installing) Timer(env Env, _ Tag) { r.tick(env) }

func (r *installing) Receive(env Env, from model.NodeID, msg Message) {
	ok, news := r.trusts(from, msg.(interface{ knows() []int32 }).knows())
	if news {
		r.save(env)
	}
	if ok && !r.receive(env, from, msg) {
		panic("a message of nobody")
	}
}

// installWorld has nodes with records of their own of the stretch before.
func installWorld(t *testing.T, n int, seed uint64) (*world, []model.OpID) {
	w := newWorldOf(t, n, seed, Choice{Spec: specInstalling, Params: Params{}})
	w.logging = true
	w.start()
	var ops []model.OpID
	for i := model.NodeID(1); int(i) <= n; i++ {
		own := put(w, "a", i, 1, model.Time(10*i), "own")
		plant(w.node(i), "own"+i.String(), own)
		shared := put(w, "b", i, 1, model.Time(100-i), "shared")
		plant(w.node(i), "k", shared)
		ops = append(ops, own.Op, shared.Op)
	}
	return w, ops
}

func (w *world) switchTo(c Choice) {
	w.choice = c
	w.stretch++
	for _, h := range w.nodes {
		h.serving = false
		if h.up {
			h.startReplica(Switched)
		} else {
			h.switched = true
		}
	}
}

// All nodes that are ever ready begin with one state, whatever fails meanwhile.
func TestInstallTorture(t *testing.T) {
	done := 0
	for seed := range uint64(seeds(300)) {
		n := 1 + int(seed%5)
		w, _ := installWorld(t, n, seed)
		w.run(50 * time.Millisecond)
		var chosen []keyRecord
		w.after = func() {
			for _, h := range w.nodes {
				r, ok := h.replica.(*installing)
				if !ok || !h.up || !r.ready() || r.stretch != w.stretch || w.stretch == 1 {
					continue
				}
				var mine []keyRecord
				for _, k := range h.disk.Keys() {
					mine = append(mine, keyRecord{k, h.disk.Record(k)})
				}
				if chosen == nil {
					chosen = mine
				}
				if !reflect.DeepEqual(mine, chosen) {
					t.Fatalf("seed %d: %v begins with another state", seed, h.id)
				}
			}
		}
		w.switchTo(w.choice)
		w.loss = float64(seed%4) * 0.1
		for range 12 {
			w.run(time.Duration(w.rng.Int64N(int64(300 * time.Millisecond))))
			x := model.NodeID(w.rng.IntN(n) + 1)
			switch w.rng.IntN(6) {
			case 0:
				w.crash(x)
			case 1:
				var a, b []model.NodeID
				for i := range n {
					if w.rng.IntN(2) == 0 {
						a = append(a, model.NodeID(i+1))
					} else {
						b = append(b, model.NodeID(i+1))
					}
				}
				w.partition(a, b)
			case 2:
				w.heal()
			case 3, 4:
				w.restart(x)
			case 5:
				w.cutLink(x, model.NodeID(w.rng.IntN(n)+1))
			}
		}
		w.loss = 0
		w.heal()
		for _, h := range w.nodes {
			w.restart(h.id)
		}
		w.run(3 * time.Second)
		for _, h := range w.nodes {
			if !h.serving {
				t.Fatalf("seed %d: %v does not serve\n%v", seed, h.id, w.log)
			}
		}
		if len(chosen) > n {
			done++
		}
	}
	if done < seeds(300)/4 {
		t.Fatalf("only %d runs installed all that there was: the torture tests little", done)
	}
}

// What a majority does not hold is dropped, and said to be; a node that comes late gets
// the state that was chosen.
func TestInstallLate(t *testing.T) {
	w, _ := installWorld(t, 3, 1)
	w.crash(3)
	w.switchTo(w.choice)
	w.run(time.Second)
	if !w.node(1).serving || !w.node(2).serving {
		t.Fatal("a majority does not begin without the third")
	}
	w.restart(3)
	if w.node(3).serving {
		t.Fatal("n3 serves at once")
	}
	w.run(time.Second)
	var keys []string
	for _, d := range w.node(3).discarded {
		keys = append(keys, fmt.Sprint(d.key, " ", d.why))
	}
	want := []string{"k the majority that the stretch began with did not have it", "ownn3 the majority that the stretch began with did not have it"}
	if !slices.Equal(keys, want) || !w.node(3).serving || w.diverged() != nil {
		t.Fatalf("n3 discarded %q, serves %v; diverged %v", keys, w.node(3).serving, w.diverged())
	}
}

// A node that was wiped before it was installed, and one that had been wiped before the
// toggle, vote for nothing.
func TestInstallWipedDoNotVote(t *testing.T) {
	w, _ := installWorld(t, 3, 1)
	w.wipe(3)
	w.restart(3)
	w.crash(2)
	w.switchTo(w.choice)
	w.run(3 * time.Second)
	if w.node(1).serving || w.node(3).serving {
		t.Fatal("one node and a wiped one are no majority")
	}
	w.restart(2)
	w.run(2 * time.Second)
	if !w.node(1).serving || !w.node(2).serving || w.node(3).serving {
		t.Fatal("two nodes that know what they promised are a majority; the wiped one waits for its policy")
	}
}
