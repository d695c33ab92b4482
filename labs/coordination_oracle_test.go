package labs_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"capsim/labs"
	"capsim/model"
	"capsim/policies"
	"capsim/scenarios"
	"capsim/trace"
)

// TestMachineIsTheOracles: random commands on records come out as on a plain tree, and
// leave what the tree has.
func TestMachineIsTheOracles(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 7))
		records := map[string]model.Value{}
		read := func(key string) model.Value { return records[key] }
		naive := newNaiveZK()
		paths := []string{"/", "/a", "/b", "/a/x", "/a/y", "/a/x/deep", "/a/s0000000001"}
		pick := func(s ...string) string { return s[r.IntN(len(s))] }
		for i := range uint64(300) {
			session := pick("c-1", "c-2", "d-1", "d-2")
			conn := pick("k1", "k2")
			if r.IntN(2) == 0 && naive.conn[session] != "" {
				conn = naive.conn[session] // else nearly nothing would be honoured
			}
			words := [][]string{
				{"OPEN", session[:1], pick("", "*", "*"+session, session), pick("k1", "k2"), pick("n1", "n2"), pick("", "stay")},
				{"CREATE", session, conn, pick(paths...), fmt.Sprint("d", i), pick("", "", "e", "s", "es")},
				{"CREATE", session, conn, pick(paths...), fmt.Sprint("d", i), pick("", "", "e", "s", "es")},
				{"SETDATA", session, conn, pick(paths...), fmt.Sprint("d", i), pick("", "0", "1")},
				{"DELETE", session, conn, pick(paths...), pick("", "0", "1")},
				{pick("CLOSE", "EXPIRESESSION", "SYNC"), session, conn, "/a"},
			}[r.IntN(6)]
			if words[0] == "CLOSE" || words[0] == "EXPIRESESSION" {
				words = words[:3]
			}
			out := model.Effects{}
			e := policies.Entry{Command: model.Command{Verb: model.CALL, Args: words}, At: 1<<32 | i + 1}
			reply := labs.ExecuteZK(e, read, &out)
			for _, f := range out.List {
				if records[f.Key] = f.Value; f.Kind == model.Delete {
					delete(records, f.Key)
				}
			}
			if got, want := code(reply), naive.do(words[0], words[1:]); strings.Trim(got, `"`) != want {
				t.Fatalf("seed %d, command %d: %q is %s, on a plain tree %s", seed, i, words, got, want)
			}
			for _, p := range paths {
				for _, name := range []string{"GETDATA", "CHILDREN", "STAT"} {
					if got, want := code(labs.ReadZK(name, p, read)), naive.read(name, p); got != want {
						t.Fatalf("seed %d, after %q: %s %s is %s, on a plain tree %s", seed, words, name, p, got, want)
					}
				}
			}
		}
	}
}

// TestMachineOfStrangeEntries: what no server proposes is an error, and changes nothing.
func TestMachineOfStrangeEntries(t *testing.T) {
	for _, words := range [][]string{{"CREATE"}, {"CREATE", "a", "b", "c"}, {"OPEN", "x"}, {"NOSUCH", "a"}, {"DELETE", "", "", "", "", "", ""}} {
		out := model.Effects{}
		e := policies.Entry{Command: model.Command{Verb: model.CALL, Args: words}}
		reply := labs.ExecuteZK(e, func(string) model.Value { return model.Value{} }, &out)
		if reply.Kind != model.ErrorReply || len(out.List) > 0 {
			t.Errorf("%q: %v, changes %v", words, reply, out.List)
		}
	}
}

func zkSeeds(t *testing.T) int {
	if n, err := strconv.Atoi(os.Getenv("CAPSIM_SEEDS")); err == nil {
		return n
	}
	if testing.Short() {
		return 20
	}
	return 60
}

// TestCoordinationAgainstOracle runs random commands under random faults and holds what
// happened against one machine that executes the log: all nodes execute the same
// entries; every reply is the state at its zxid; what a session is shown never gets
// older; a watch fires once at most, for a change that there was, and before its client
// is shown anything newer of the node.
func TestCoordinationAgainstOracle(t *testing.T) {
	was := labs.Catalog
	t.Cleanup(func() { labs.Catalog = was })
	totals := map[string]int{}
	for seed := range zkSeeds(t) {
		h := &zkHistory{entries: map[uint64]policies.Entry{}, replies: map[uint64]string{}}
		var taken []labs.ZKTaken
		var split error
		spec := labs.ProbedCoordination("probed", func(e policies.Entry, reply model.Reply) {
			old, known := h.entries[e.Index()]
			if known && (old.Op != e.Op || h.replies[e.Index()] != code(reply)) {
				split = fmt.Errorf("entry %d is %v (%s) at one node and %v (%s) at another", e.Index(), old.Command, h.replies[e.Index()], e.Command, code(reply))
			}
			h.entries[e.Index()], h.replies[e.Index()] = e, code(reply)
		}, func(m labs.ZKTaken) { taken = append(taken, m) })
		labs.Catalog = append(slices.Clone(was), spec)
		src := zkScript(uint64(seed))
		script, err := scenarios.Parse("oracle.capsim", []byte(src))
		if err != nil {
			t.Fatal(err)
		}
		s, err := scenarios.Open(script, scenarios.Options{Memory: true})
		if err != nil {
			t.Fatal(err)
		}
		err = s.Run()
		if err == nil {
			err = judgeBeside(s)
		}
		s.Close()
		if err == nil {
			err = split
		}
		if err == nil {
			err = h.judge(taken, totals)
		}
		if err == nil {
			err = judgeWatches(taken, totals)
		}
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, src)
		}
	}
	for _, what := range []string{"entries", "GETDATA", "CHILDREN", "STAT", "CREATE", "watches", "fired", "EXPIRESESSION", "moved"} {
		if totals[what] == 0 {
			t.Errorf("no %s in all runs: %v", what, totals)
		}
	}
	t.Log(totals)
}

// judge holds replies against the oracle's states, and sessions against going back.
func (h *zkHistory) judge(taken []labs.ZKTaken, totals map[string]int) error {
	at := map[string]uint64{} // by session
	byZxid := map[uint64][]labs.ZKTaken{}
	for _, m := range taken {
		if m.What != "" {
			continue
		}
		if m.Client[0] == 'c' { // beside a node: what counts is what it got in time
			byZxid[m.Zxid] = append(byZxid[m.Zxid], m)
			continue
		}
		if m.Zxid < at[m.Session] {
			return fmt.Errorf("session %s was shown %d and then %d, by %v", m.Session, at[m.Session], m.Zxid, m.Command)
		}
		at[m.Session] = m.Zxid
		byZxid[m.Zxid] = append(byZxid[m.Zxid], m)
	}
	reads := func(from, to uint64, n *naiveZK) error {
		for z := from; z < to; z++ {
			for _, m := range byZxid[z] {
				totals[m.Command.Name()]++
				switch name := m.Command.Name(); name {
				case "GETDATA", "CHILDREN", "STAT":
					if want := n.read(name, m.Command.Words()[0]); want != code(m.Reply) {
						return fmt.Errorf("%s's %v is %s, and was %s after entry %d", m.Client, m.Command, code(m.Reply), want, z)
					}
				}
			}
		}
		return nil
	}
	servers := map[string]string{}
	return h.states(func(i uint64, n *naiveZK) error {
		totals["entries"]++
		if e := h.entries[i]; e.Command.Name() == "EXPIRESESSION" && h.replies[i] == "OK" {
			totals["EXPIRESESSION"]++
		} else if e.Command.Name() == "OPEN" && h.replies[i] != "SESSIONEXPIRED" {
			if was := servers[h.replies[i]]; was != "" && was != e.Command.Words()[3] {
				totals["moved"]++
			}
			servers[h.replies[i]] = e.Command.Words()[3]
		}
		next := i + 1
		for h.entries[next].Command.Args == nil && next < i+1000 {
			next++ // entries without a command: those of raft's own
		}
		return reads(i, next, n)
	})
}

// judgeBeside: what a client beside nodes is shown never gets older, whichever it asks.
func judgeBeside(s *scenarios.Session) error {
	at := map[string]int64{}
	ops := slices.Clone(s.Index().Ops())
	slices.SortFunc(ops, func(a, b *trace.Op) int { return a.Returned - b.Returned })
	for _, op := range ops {
		if op.System || op.Client[0] != 'c' || op.Result == nil || len(op.Result.Past) == 0 {
			continue
		}
		if n := op.Result.Past[0].N; n < at[op.Client] {
			return fmt.Errorf("%s was shown %d and then %d, by %v", op.Client, at[op.Client], n, op.Command)
		}
		at[op.Client] = op.Result.Past[0].N
	}
	return nil
}

// judgeWatches follows each client's watches.
func judgeWatches(taken []labs.ZKTaken, totals map[string]int) error {
	type key struct{ session, path, kind string }
	set := map[key]string{} // the reply that the watch was set with
	for _, m := range taken {
		if m.Client[0] == 'c' {
			continue // beside a node: it leaves its watches behind when it asks another
		}
		if m.What != "" {
			k := key{m.Session, m.Path, m.Kind}
			if _, waits := set[k]; !waits {
				return fmt.Errorf("%s is told of %s (%s), which it does not watch", m.Client, m.Path, m.Kind)
			}
			delete(set, k)
			totals["fired"]++
			continue
		}
		name, w := m.Command.Name(), m.Command.Words()
		if name != "GETDATA" && name != "CHILDREN" && name != "STAT" {
			continue
		}
		kinds := map[string]string{"GETDATA": "data", "CHILDREN": "children", "STAT": "data"}
		k := key{m.Session, w[0], kinds[name]}
		if name == "STAT" && m.Reply.Kind == model.NilReply {
			k.kind = "exists"
		}
		shown := name + " " + code(m.Reply)
		if was, waits := set[k]; waits && strings.HasPrefix(was, name) && was != shown && name != "STAT" {
			return fmt.Errorf("%s is shown %s of %s, has a watch from when it was %s, and was not told", m.Client, shown, w[0], was)
		}
		if len(w) > 1 && m.Reply.Kind != model.ErrorReply {
			if _, waits := set[k]; !waits {
				set[k] = shown
				totals["watches"]++
			}
		}
	}
	return nil
}

// zkScript writes a random script: clients beside nodes and remote ones, faults of all
// kinds but those of disks.
func zkScript(seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 0xc0))
	var b strings.Builder
	fmt.Fprintf(&b, "use policy probed session=%s sync=%s\nuse seed %d\nuse store memory\nuse loss %d%%\n",
		[]string{"2s", "1s"}[r.IntN(2)], []string{"leader", "quorum"}[r.IntN(2)], seed, []int{0, 0, 10}[r.IntN(3)])
	b.WriteString("client alice remote\nclient bob remote\n")
	down, stuck := map[string]bool{}, map[string]bool{}
	at := 0
	for i := range 80 {
		at += r.IntN(160)
		if r.IntN(7) == 0 {
			fmt.Fprintf(&b, "at %dms %s\n", at, zkFault(r, down, stuck))
			continue
		}
		client := []string{"alice", "bob", "c1", "c2"}[r.IntN(4)]
		path := []string{"/a", "/b", "/a/x"}[r.IntN(3)]
		command := []string{
			"CREATE " + path + fmt.Sprint(" d", i), "SETDATA " + path + fmt.Sprint(" d", i), "SETDATA " + path + fmt.Sprint(" d", i),
			"GETDATA " + path + " watch", "GETDATA " + path, "GETDATA " + path, "CHILDREN /a watch", "CHILDREN /a", "STAT " + path + " watch", "STAT " + path,
			"DELETE " + path, "CREATE /a/s- x ephemeral sequential", "SYNC /a", "ELECT /e", "CLOSE",
		}[r.IntN(15)]
		fmt.Fprintf(&b, "at %dms %s@n%d %s\n", at, client, 1+r.IntN(3), command)
	}
	at += 100
	fmt.Fprintf(&b, "at %dms heal all\n", at)
	for _, host := range []string{"n1", "n2", "n3", "alice", "bob"} {
		if down[host] {
			fmt.Fprintf(&b, "at %dms restart %s\n", at, host)
		} else if stuck[host] {
			fmt.Fprintf(&b, "at %dms resume %s\n", at, host)
		}
	}
	fmt.Fprintf(&b, "at %dms end\n", at+8000)
	return b.String()
}

func zkFault(r *rand.Rand, down, stuck map[string]bool) string {
	host := []string{"n1", "n2", "n3", "alice", "bob"}[r.IntN(5)]
	n := r.IntN(3)
	link := fmt.Sprintf("n%d-n%d", 1+n, 1+(n+1)%3)
	switch r.IntN(9) {
	case 0:
		return "partition " + host + " | *"
	case 1:
		return "cut " + link + []string{"", " hold"}[r.IntN(2)]
	case 2:
		return "cut alice-n1"
	case 3, 4:
		return "heal"
	case 5:
		return fmt.Sprintf("delay %s +%dms", link, 1+r.IntN(300))
	case 6:
		return fmt.Sprintf("duplicate *-* %d%%", 1+r.IntN(60))
	case 7:
		if down[host] {
			return "heal"
		}
		stuck[host] = !stuck[host]
		return map[bool]string{true: "pause ", false: "resume "}[stuck[host]] + host
	}
	if stuck[host] {
		return "heal"
	}
	down[host] = !down[host]
	return map[bool]string{true: "crash ", false: "restart "}[down[host]] + host
}
