package policies

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"capsim/model"
)

// storm throws random commands and faults at a world, within the limits of the
// claims: 100ms one way, 20 % of messages lost.
type storm struct {
	*world
	draw     *rand.Rand
	commands []string // %k: one of three; %v: unique
	toggles  []string
	wipes    bool
}

func newStorm(t *testing.T, seed uint64, policy string, commands ...string) *storm {
	s := &storm{draw: rand.New(rand.NewPCG(seed, 77)), commands: commands}
	c, err := Specs.Choose(strings.Fields(policy))
	if err != nil {
		t.Fatal(err)
	}
	s.world = newWorldOf(t, 3+int(seed%7/6)*2, seed, c)
	most := []time.Duration{time.Millisecond, 20 * time.Millisecond, 100 * time.Millisecond}[s.draw.IntN(3)]
	s.latency = func(r *rand.Rand) time.Duration { return time.Duration(r.Int64N(int64(most) + 1)) }
	s.loss = []float64{0, 0.05, 0.2}[s.draw.IntN(3)]
	s.hold = s.draw.IntN(3) == 0
	s.start()
	return s
}

// rage goes on for d and leaves a cluster without faults.
func (s *storm) rage(d time.Duration) {
	for end := s.now.Add(d); s.now < end; {
		if s.draw.IntN(8) == 0 {
			s.fault()
		} else {
			s.command()
		}
		s.run(time.Duration(s.draw.Int64N(int64(30 * time.Millisecond))))
	}
	for _, h := range s.nodes {
		s.resume(h.id)
		s.restart(h.id)
	}
	s.heal()
}

func (s *storm) command() {
	text := strings.NewReplacer("%k", strconv.Itoa(s.draw.IntN(3)), "%v", strconv.Itoa(len(s.ops)+1)).
		Replace(s.commands[s.draw.IntN(len(s.commands))])
	n := model.NodeID(s.draw.IntN(len(s.nodes)) + 1)
	h := s.node(n)
	if h.paused {
		return
	}
	client := "c" + strconv.Itoa(s.draw.IntN(4))
	causal := s.choice.Params["sessions"] == "causal"
	if causal && s.waits(client) {
		return
	}
	o := s.do(client, n, text)
	if h.up && s.choice.Spec.Name != "cp" && !causal && o.res.Outcome != model.OKOutcome {
		s.t.Fatalf("seed %d: %v at %v was not answered at once: %v", s.seed, o.command, n, o.res)
	}
}

// waits tells whether the client has an operation under way.
func (s *storm) waits(client string) bool {
	for _, o := range s.ops {
		if o.client == client && o.open() {
			return true
		}
	}
	return false
}

func (s *storm) fault() {
	n := model.NodeID(s.draw.IntN(len(s.nodes)) + 1)
	switch s.draw.IntN(9) {
	case 0, 1:
		s.partition(group(n))
	case 2:
		s.cutLink(n, n%model.NodeID(len(s.nodes))+1)
	case 3:
		s.heal()
	case 4:
		s.crash(n)
	case 5:
		if s.wipes && s.draw.IntN(2) == 0 {
			s.wipe(n)
		}
	case 6:
		for _, h := range s.nodes {
			s.restart(h.id)
		}
	case 7:
		s.pause(n)
		m := model.NodeID(s.draw.IntN(len(s.nodes)) + 1)
		s.resume(m)
	case 8:
		if len(s.toggles) > 0 {
			s.toggle(s.toggles[s.draw.IntN(len(s.toggles))])
		}
	}
}

// lost lists the acknowledged writes with an effect of which, for one of their
// keys, no record holds them or anything that superseded them.
func (s *storm) lost() []model.OpID {
	type write struct {
		key string
		op  model.OpID
	}
	safe := map[write]bool{}
	var keep func(w write)
	keep = func(w write) {
		if safe[w] {
			return
		}
		safe[w] = true
		for _, over := range s.ops[w.op-1].over[w.key] {
			keep(write{w.key, over})
		}
	}
	for _, h := range s.nodes {
		for _, k := range h.disk.Keys() {
			for _, head := range h.disk.Record(k).Heads {
				keep(write{k, head.Op})
			}
		}
	}
	var out []model.OpID
	for _, o := range s.ops {
		for key := range o.over {
			if o.res.Outcome == model.OKOutcome && !safe[write{key, o.id}] {
				out = append(out, o.id)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (s *storm) check() {
	s.t.Helper()
	for _, h := range s.nodes {
		for _, k := range h.disk.Keys() {
			rec := h.disk.Record(k)
			if _, err := model.ParseRecord(model.AppendRecord(nil, rec)); err != nil {
				s.t.Fatalf("seed %d: %v has a broken %s: %v", s.seed, h.id, k, err)
			}
			if !sameServed(h.applied[k], rec) {
				s.t.Fatalf("seed %d: %v stores another %s than it applied\n%s", s.seed, h.id, k, s.records([]string{k}))
			}
		}
	}
}

var (
	registerCommands = []string{"SET k%k v%v", "GET k%k", "CAS k%k v1 v%v", "APPEND k%k x%v", "DEL k%k", "SET k%k w%v NX"}
	mergeCommands    = []string{"INCR n%k", "DECR n%k", "SADD s%k m%v", "SADD s%k a b", "SREM s%k a", "SMEMBERS s%k", "TAKE n%k 1"}
)

func TestTortureAP(t *testing.T) {
	for seed := range seeds(150) {
		s := newStorm(t, uint64(seed), "ap", append(mergeCommands, registerCommands...)...)
		s.wipes = seed%3 == 0
		s.rage(2 * time.Second)
		s.mustConverge(2 * time.Second)
		s.check()
	}
}

func TestTortureSiblings(t *testing.T) {
	for seed := range seeds(150) {
		s := newStorm(t, uint64(seed), "ap conflict=siblings", append(mergeCommands, registerCommands...)...)
		s.rage(2 * time.Second)
		s.mustConverge(2 * time.Second)
		s.check()
		if lost := s.lost(); len(lost) > 0 {
			t.Fatalf("seed %d: lost %v\n%s", seed, lost, s.history())
		}
	}
}

// Counters are the sum of what was acknowledged, sets what was added and not
// removed by someone who had seen it.
func TestTortureLosesNoSetsAndCounters(t *testing.T) {
	for seed := range seeds(150) {
		s := newStorm(t, uint64(seed), []string{"base", "ap conflict=crdt"}[seed%2], mergeCommands...)
		s.rage(2 * time.Second)
		s.mustConverge(2 * time.Second)
		s.check()
		if lost := s.lost(); len(lost) > 0 {
			t.Fatalf("seed %d: lost %v\n%s", seed, lost, s.history())
		}
		s.mustCount()
	}
}

// mustCount compares the counters with the acknowledged changes, refunds included.
func (s *storm) mustCount() {
	s.t.Helper()
	sums := map[string]int64{}
	for _, o := range s.ops {
		if len(o.wrote) == 0 {
			continue
		}
		switch o.command.Verb {
		case model.INCR:
			sums[o.command.Key()]++
		case model.DECR:
			sums[o.command.Key()]--
		case model.TAKE:
			sums[o.command.Key()]--
		case model.REFUND:
			n, _ := strconv.ParseInt(o.command.Args[1], 10, 64)
			sums[o.command.Key()] += n
		}
	}
	for key, sum := range sums {
		if got := s.node(1).disk.Record(key).Value().String(); got != strconv.FormatInt(sum, 10) {
			s.t.Fatalf("seed %d: %s is %s, the acknowledged changes make %d\n%s%s", s.seed, key, got, sum, s.records([]string{key}), s.history())
		}
	}
}

func TestTortureToggles(t *testing.T) {
	all := append(append([]string{"BUY i%k 1", "INCRBY i%k:stock 2"}, mergeCommands...), registerCommands...)
	for seed := range seeds(150) {
		s := newStorm(t, uint64(seed), "base", all...)
		s.toggles = []string{"ap", "base", "ap conflict=siblings", "ap conflict=crdt"}
		if seed%3 == 0 {
			s.toggles = append(s.toggles, "cp")
		}
		s.wipes = seed%2 == 0
		s.watchDots()
		s.rage(3 * time.Second)
		if s.choice.Spec.Name == "cp" {
			s.toggle("ap")
		}
		s.mustConverge(2 * time.Second)
		s.check()
	}
}

// watchDots sees to it that no dot ever names two writes to a key.
func (s *storm) watchDots() {
	type name struct {
		key string
		dot model.Dot
	}
	writes := map[name]model.OpID{}
	last := map[*model.Record]bool{}
	s.after = func() {
		for _, h := range s.nodes {
			for key, rec := range h.applied {
				if rec == nil || last[rec] {
					continue
				}
				last[rec] = true
				for _, head := range rec.Heads {
					n := name{key, head.Dot}
					if was, known := writes[n]; known && was != head.Op {
						s.t.Fatalf("seed %d: %v of %s names operations %d and %d", s.seed, head.Dot, key, was, head.Op)
					}
					writes[n] = head.Op
				}
			}
		}
	}
}
