package cluster_test

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"capsim/cluster"
	"capsim/cluster/store"
	"capsim/labs"
	"capsim/model"
	"capsim/policies"
	"capsim/trace"
)

// jobText has words that are on several of its pieces.
const jobText = "one two\nthree one two\none\n\nfour two one\nfive one\n"

// jobCounts is what TOP says of it: counted by hand.
const jobCounts = "one 5 two 3 five 1 four 1 three 1"

// jobOn begins a small job on stores; a job that goes on is not begun again.
func jobOn(t *testing.T, stores store.Cluster, boot policies.Boot) *world {
	t.Helper()
	choice, err := labs.Catalog.Choose([]string{"mapreduce", "maps=3", "reduces=2", "work=1ms"})
	if err != nil {
		t.Fatal(err)
	}
	o := cluster.Options{Policy: choice, Seed: 7, Stores: stores, Boot: boot}
	if boot == policies.FirstBoot {
		o.Input = jobText
	}
	w := startWith(t, o)
	if boot == policies.FirstBoot {
		w.Invoke("alice", 1, call("RUN", "wordcount"))
	}
	return w
}

func call(words ...string) model.Command {
	return model.Command{Verb: model.CALL, Args: words}
}

// jobDone tells whether the job's result was written down.
func jobDone(w *world) bool {
	for _, e := range w.log.All() {
		if e.Kind == trace.Commit {
			return true
		}
	}
	return false
}

// jobCheck compares what the job found with what a reader counts, and sees to it that no
// part of it took effect twice, in any of the logs of its life.
func jobCheck(t *testing.T, when string, w *world, logs ...*trace.Log) {
	t.Helper()
	if err := w.RunThrough(w.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	w.Invoke("reader", 1, call("TOP", "100"))
	effects := map[string]int{}
	got := ""
	for _, log := range append(logs, w.log) {
		for _, e := range log.All() {
			switch e.Kind {
			case trace.Effect, trace.Commit:
				effects[e.Key+" "+e.Text]++
			case trace.Return:
				if r := e.Result(); r.Reply.Kind == model.ListReply {
					got = strings.Join(r.Reply.List, " ")
				}
			}
		}
	}
	if got != jobCounts {
		t.Errorf("%s: the job found %q, want %q", when, got, jobCounts)
	}
	if want := map[string]int{"job 1 reduce 1": 1, "job 1 reduce 2": 1, "job 1 ": 1}; fmt.Sprint(effects) != fmt.Sprint(want) {
		t.Errorf("%s: what took effect: %v", when, effects)
	}
}

func openMemory(t *testing.T) store.Cluster {
	t.Helper()
	opener, err := store.Parse("memory")
	if err != nil {
		t.Fatal(err)
	}
	stores, err := opener.Open(3, "job")
	if err != nil {
		t.Fatal(err)
	}
	return stores
}

// TestMapReduceAllCrashAnywhere: after each single step of a job all nodes crash at once, and
// start again on their disks: with each the job goes on from there, and its result is the same.
func TestMapReduceAllCrashAnywhere(t *testing.T) {
	steps := 0
	for w := jobOn(t, openMemory(t), policies.FirstBoot); !jobDone(w) && w.Step(); {
		steps++
	}
	if steps < 30 {
		t.Fatalf("the job takes %d steps", steps)
	}
	for k := range steps + 1 {
		w := jobOn(t, openMemory(t), policies.FirstBoot)
		for range k {
			w.Step()
		}
		at := time.Duration(w.Now())
		for _, do := range []string{"crash n1", "crash n2", "crash n3", "restart n2", "restart n1", "restart n3"} {
			w.fault(t, at, do)
			if do == "crash n3" {
				at += time.Duration(k%3) * 20 * time.Millisecond // what is on the wire arrives before, or is lost
			}
		}
		jobCheck(t, fmt.Sprintf("after step %d of %d", k, steps), w)
	}
}

// TestMapReduceGoesOnInAnotherProcess: the process that ran a job is gone, in the middle of it;
// another takes up the three Redis that it left, and finishes the job from what they hold.
func TestMapReduceGoesOnInAnotherProcess(t *testing.T) {
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("CAPSIM_REQUIRE_REDIS") != "" {
			t.Fatal("redis-server is missing: apt-get install redis-server")
		}
		t.Skip("no redis-server")
	}
	spawned, err := store.Parse("spawn")
	if err != nil {
		t.Fatal(err)
	}
	servers, err := spawned.Open(3, "servers")
	if err != nil {
		t.Fatal(err)
	}
	defer servers.Close()
	var urls []string
	for _, s := range store.Servers(servers) {
		urls = append(urls, "redis://"+s.Addr)
	}
	opener, err := store.Parse(strings.Join(urls, ","))
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for w := jobOn(t, openMemory(t), policies.FirstBoot); !jobDone(w) && w.Step(); {
		total++
	}
	for i, k := range []int{1, total / 5, total / 3, total / 2, total * 2 / 3, total * 4 / 5, total - 1, total} {
		run := fmt.Sprint("job", i)
		stores, err := opener.Open(3, run)
		if err != nil {
			t.Fatal(err)
		}
		first := jobOn(t, stores, policies.FirstBoot)
		for range k {
			first.Step()
		}
		if err := stores.Close(); err != nil { // the locks would last for seconds
			t.Fatal(err)
		}
		stores, err = store.Resume(opener, 3, run)
		if err != nil {
			t.Fatal(err)
		}
		second := jobOn(t, stores, policies.Restarted)
		jobCheck(t, fmt.Sprintf("resumed after step %d of %d", k, total), second, first.log)
		var parts []string
		for n := model.NodeID(1); n <= 3; n++ {
			entries, _, err := store.Entries(stores.Node(n), 1000)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				parts = append(parts, e.List)
			}
		}
		if !slices.Contains(parts, "job1.1:result") || !slices.Contains(parts, "input") {
			t.Errorf("the servers hold the lists %q", parts)
		}
		if err := stores.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
