package policies

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"capsim/model"
)

// till is a lab's replica for the tests of Log: PUT key n adds to a key, and every third
// PUT that its leader executes makes a TAX of the system's own. A command of client
// "far" is proposed without an answer of the log's.
type till struct {
	*Log
	told     []string // what Executed told, "index command reply"
	refused  []model.OpID
	restored int
	rung     int
}

const tagTill = LogTags

func newTill(p Params) Replica {
	t := &till{}
	t.Log = NewLog(p, Machine{
		Execute: func(e Entry, read model.Reader, out *model.Effects) model.Reply {
			words := e.Command.Words()
			n, err := strconv.ParseInt(words[1], 10, 64)
			if err != nil {
				return model.Error("ERR no number")
			}
			old, _ := strconv.ParseInt(read(words[0]).Str, 10, 64)
			out.List = append(out.List, model.Effect{Key: words[0], Kind: model.Put, Value: model.Text(strconv.FormatInt(old+n, 10))})
			return model.Int(old + n)
		},
		Executed: func(env Env, e Entry, reply model.Reply, changes []model.Effect) {
			for _, c := range changes {
				if got := env.Store().Record(c.Key).Value(); !got.Equal(c.Value) {
					panic("a change can't be read when it is told of")
				}
			}
			t.told = append(t.told, fmt.Sprint(e.Index(), e.Now, e.Command, reply))
			if e.Command.Name() == "PUT" && e.Index()%3 == 0 && t.Leading() {
				t.System(env, tillCommand("TAX", "taxes", "1"), e.Op)
			}
		},
		Refused:  func(_ Env, op model.OpID, _ string) { t.refused = append(t.refused, op) },
		Restored: func(Env) { t.restored++ },
	})
	return t
}

func tillCommand(words ...string) model.Command {
	return model.Command{Verb: model.CALL, Args: words}
}

func (t *till) Start(env Env) {
	t.Log.Start(env)
	env.After(time.Second, Tag{Kind: tagTill})
}

func (t *till) Request(env Env, req Request) {
	if req.Client == "far" {
		t.Propose(env, req.Op, req.Command)
		if t.Leader() != 0 {
			t.Propose(env, req.Op, req.Command) // which does nothing: the first is open
		}
		return
	}
	t.Log.Request(env, req)
}

func (t *till) Receive(env Env, from model.NodeID, msg Message) {
	if !t.Takes(msg) {
		panic("no message of its own is sent")
	}
	t.Log.Receive(env, from, msg)
}

func (t *till) Timer(env Env, tag Tag) {
	if tag.Kind == tagTill {
		t.rung++
		return
	}
	t.Log.Timer(env, tag)
}

var tillSpec = &Spec{
	Name: "till", Lab: true, Params: LogParams(), Kinds: LogKinds(), New: newTill,
	Verbs: []Verb{{Name: "PUT", Usage: "PUT key n", Min: 2, Max: 2}},
}

func tillWorld(t testing.TB, seed uint64) *world {
	c, err := List{tillSpec}.Choose([]string{"till"})
	if err != nil {
		t.Fatal(err)
	}
	w := newWorldOf(t, 3, seed, c)
	w.start()
	return w
}

func tillOf(w *world, n model.NodeID) *till { return w.node(n).replica.(*till) }

func TestLogExecutesALabsCommands(t *testing.T) {
	w := tillWorld(t, 1)
	a := w.invoke("a", 1, tillCommand("PUT", "x", "2"))
	w.run(200 * time.Millisecond)
	b := w.invoke("b", 3, tillCommand("PUT", "x", "5"))
	bad := w.invoke("c", 2, tillCommand("PUT", "x", "much"))
	far := w.invoke("far", 2, tillCommand("PUT", "y", "1"))
	w.run(500 * time.Millisecond)
	if !a.res.Reply.Equal(model.Int(2)) || !b.res.Reply.Equal(model.Int(7)) || !bad.res.Reply.Equal(model.Error("ERR no number")) {
		t.Errorf("replies %v %v %v", a.res, b.res, bad.res)
	}
	if !far.open() || far.replies != 0 {
		t.Errorf("what was proposed without an answer got %v", far.res)
	}
	w.run(time.Second)
	for n := model.NodeID(1); n <= 3; n++ {
		l := tillOf(w, n)
		if got := l.told; len(got) < 5 || !slices.Equal(got, tillOf(w, 1).told) {
			t.Errorf("%v executed %q", n, got)
		}
		if l.rung != 1 || l.Leader() != 1 || l.Leading() != (n == 1) || !l.Serving() || l.Applied() != l.Last() {
			t.Errorf("%v: rung %d, leader %v, leading %v, serving %v, applied %d of %d", n, l.rung, l.Leader(), l.Leading(), l.Serving(), l.Applied(), l.Last())
		}
		if got := w.node(n).disk.Record("x").Value().Str; got != "7" {
			t.Errorf("%v has x = %q", n, got)
		}
	}
}

func TestLogRefusesWhatItCantPropose(t *testing.T) {
	w := tillWorld(t, 1)
	w.partition(group(1, 2), group(3))
	w.run(time.Second)
	far, near := w.invoke("far", 3, tillCommand("PUT", "x", "1")), w.invoke("near", 3, tillCommand("PUT", "x", "1"))
	w.run(500 * time.Millisecond)
	if got := tillOf(w, 3).refused; !slices.Equal(got, []model.OpID{far.id}) || far.replies != 0 {
		t.Errorf("refused %v, replied %d times", got, far.replies)
	}
	if near.res.Outcome != model.Refused {
		t.Errorf("got %v", near.res)
	}
}

func TestLogTellsOfASnapshot(t *testing.T) {
	w := tillWorld(t, 1)
	w.partition(group(1, 2), group(3))
	for i := range logBound + 200 {
		w.at(time.Duration(i+1)*time.Millisecond, func() { w.invoke("a", 1, tillCommand("PUT", "x", "1")) })
	}
	w.run(3 * time.Second)
	w.heal()
	w.run(3 * time.Second)
	want := strconv.Itoa(logBound + 200)
	if l := tillOf(w, 3); l.restored != 1 || w.node(3).disk.Record("x").Value().Str != want {
		t.Errorf("restored %d times, x = %v", l.restored, w.node(3).disk.Record("x").Value())
	}
	w.wipe(2)
	w.restart(2)
	w.run(time.Second)
	if l := tillOf(w, 2); l.restored != 1 || !l.Serving() || w.node(2).disk.Record("x").Value().Str != want {
		t.Errorf("after a wipe: restored %d times, x = %v", l.restored, w.node(2).disk.Record("x").Value())
	}
}

// Under faults all nodes execute one sequence, each entry once in a process, and its
// result is what a plain map makes of it.
func TestLogIsOneSequence(t *testing.T) {
	for seed := range uint64(60) {
		w := tillWorld(t, seed)
		entries := map[string]string{} // by index
		w.after = func() {
			for _, h := range w.nodes {
				l, ok := h.replica.(*till)
				if !ok {
					continue
				}
				for _, line := range l.told {
					var index string
					fmt.Sscan(line, &index)
					if was, known := entries[index]; known && was != line {
						t.Fatalf("seed %d: %v executed %q, another node %q", seed, h.id, line, was)
					}
					entries[index] = line
				}
				l.told = l.told[:0]
			}
		}
		for i := range 60 {
			w.at(time.Duration(w.rng.IntN(4000))*time.Millisecond, func() {
				w.invoke([]string{"a", "far"}[i%2], model.NodeID(1+w.rng.IntN(3)), tillCommand("PUT", fmt.Sprint("k", i%3), fmt.Sprint(i)))
			})
		}
		for range 8 {
			w.at(time.Duration(w.rng.IntN(4000))*time.Millisecond, func() {
				n := model.NodeID(1 + w.rng.IntN(3))
				switch w.rng.IntN(5) {
				case 0:
					w.partition(group(n), group(n%3+1, (n+1)%3+1))
				case 1:
					w.heal()
				case 2:
					w.crash(n)
				case 3:
					w.restart(n)
				case 4:
					w.loss = float64(w.rng.IntN(3)) / 5
				}
			})
		}
		w.run(4 * time.Second)
		w.heal()
		w.loss = 0
		for n := model.NodeID(1); n <= 3; n++ {
			w.restart(n)
		}
		w.run(3 * time.Second)
		sums := map[string]int64{}
		for _, o := range w.ops {
			if o.wrote != nil {
				n, _ := strconv.ParseInt(o.command.Words()[1], 10, 64)
				sums[o.command.Words()[0]] += n
			}
			if o.res.Outcome == model.OKOutcome && o.res.Reply.Kind == model.IntReply && o.wrote == nil {
				t.Fatalf("seed %d: %v was acknowledged, and no node wrote it", seed, o.command)
			}
		}
		for _, h := range w.nodes {
			for key, sum := range sums {
				if got := h.disk.Record(key).Value().Str; got != fmt.Sprint(sum) {
					t.Fatalf("seed %d: %v has %s = %s, the log adds up to %d", seed, h.id, key, got, sum)
				}
			}
		}
	}
}
