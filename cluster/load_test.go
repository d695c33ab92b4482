package cluster_test

import (
	"strings"
	"testing"
	"time"

	"capsim/cluster"
	"capsim/model"
	"capsim/trace"
)

// TestLoadArguments: whatever the mix names, its commands have arguments that Redis
// takes, and each SET+WAIT is followed by its client's WAIT once it has returned.
func TestLoadArguments(t *testing.T) {
	w := start(t, 1)
	load := cluster.Load{Name: "load", Clients: 4, At: []model.NodeID{1, 2, 3}, Rate: 300, Keys: 2, To: model.Time(2 * time.Second)}
	for _, c := range model.Commands {
		if !c.System {
			load.Mix = append(load.Mix, cluster.Share{Verb: c.Verb, Wait: c.Verb == model.SET, Share: 1})
		}
	}
	l, err := w.NewWorkload(load)
	if err != nil {
		t.Fatal(err)
	}
	for l.Next() != model.Never {
		if err := w.RunThrough(l.Next()); err != nil {
			t.Fatal(err)
		}
		l.Fire(w.Cluster)
	}
	w.Finish()
	returned, last, made := map[model.OpID]bool{}, map[string]model.OpID{}, map[model.Verb]int{}
	commands := map[model.OpID]model.Command{}
	for _, e := range w.log.All() {
		switch e.Kind {
		case trace.Invoke:
			c := e.Call()
			made[c.Command.Verb]++
			if !c.Command.Spec().Takes(len(c.Command.Args)) {
				t.Errorf("%v: the arguments are too few or too many", c.Command)
			}
			before := last[c.Client]
			if before != 0 && commands[before].Verb == model.SET && (c.Command.String() != "WAIT 1 500" || !returned[before]) {
				t.Errorf("%v follows %s's SET", c.Command, c.Client)
			}
			last[c.Client], commands[e.Op] = e.Op, c.Command
		case trace.Return:
			returned[e.Op] = true
			if r := e.Result().Reply; r.Kind == model.ErrorReply && strings.Contains(r.Str, "ERR ") && commands[e.Op].Verb != model.INCR {
				if r.Str != model.ErrNotInteger {
					t.Errorf("%v: %v", commands[e.Op], r)
				}
			}
		}
	}
	for _, s := range load.Mix {
		if made[s.Verb] == 0 {
			t.Errorf("no %s", model.Commands[s.Verb].Name)
		}
	}
}
