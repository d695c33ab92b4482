package policies

import (
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"capsim/model"
)

// redisStorm throws random commands and faults at redis and watches its invariants.
type redisStorm struct {
	*storm
	states  map[redisPoint]uint64 // the records at a point of a stream
	offsets map[[2]string]int64   // node and id: the offset it had
}

// redisPoint is a place in a stream.
type redisPoint struct {
	id     string
	offset int64
}

func newRedisStorm(t *testing.T, seed uint64) *redisStorm {
	draw := rand.New(rand.NewPCG(seed, 78))
	pick := func(words ...string) string { return " " + words[draw.IntN(len(words))] }
	policy := quick + pick("", "", "quorum=1", "sentinel=off") + pick("", "min-replicas-to-write=1 min-replicas-max-lag=2") +
		pick("", "repl-timeout=3 repl-ping-replica-period=1") + pick("", "repl-backlog-size=300") + pick("", "replica-serve-stale-data=no")
	if !strings.Contains(policy, "sentinel=off") {
		policy += pick("", "client=sentinel")
	}
	commands := append(append([]string{"WAIT 1 200", "WAIT 2 0", "SET k%k v%v PX 700", "HSET h%k f v%v", "BUY i%k 1", "INCRBY i%k:stock 2"}, mergeCommands...), registerCommands...)
	s := &redisStorm{storm: newStorm(t, seed, policy, commands...), states: map[redisPoint]uint64{}, offsets: map[[2]string]int64{}}
	s.after = s.watch
	if s.choice.Params["client"] == "sentinel" {
		for c := range 4 {
			if draw.IntN(3) == 0 {
				s.remote("c" + strconv.Itoa(c))
			}
		}
	}
	return s
}

// rage goes on for d and leaves a cluster without faults.
func (s *redisStorm) rage(d time.Duration) {
	for end := s.now.Add(d); s.now < end; {
		if d := s.draw.IntN(120); d < 10 {
			s.fault()
		} else if d == 10 {
			s.node(model.NodeID(s.draw.IntN(len(s.nodes)) + 1)).skew = time.Duration(s.draw.Int64N(int64(8*time.Second))) - 4*time.Second
		} else if n := model.NodeID(s.draw.IntN(len(s.nodes)) + 1); !s.node(n).paused {
			s.ask(n)
		}
		s.run(time.Duration(s.draw.Int64N(int64(150 * time.Millisecond))))
	}
	for _, h := range s.nodes {
		s.resume(h.id)
		s.restart(h.id)
		h.skew = 0
	}
	s.heal()
	s.loss = 0
}

func (s *redisStorm) ask(n model.NodeID) {
	text := strings.NewReplacer("%k", strconv.Itoa(s.draw.IntN(3)), "%v", strconv.Itoa(len(s.ops)+1)).
		Replace(s.commands[s.draw.IntN(len(s.commands))])
	s.do("c"+strconv.Itoa(s.draw.IntN(4)), n, text)
}

// watch is called after every step.
func (s *redisStorm) watch() {
	for _, h := range s.nodes {
		if !h.up {
			continue
		}
		r, ok := h.replica.(*redis)
		if !ok || r.id == "" {
			continue
		}
		s.watchState(h, r)
		s.watchBacklog(h, r)
	}
}

// The records are a function of the point in the stream, so that those of a replica are
// what its primary's once were. Offsets of one stream only rise.
func (s *redisStorm) watchState(h *hostNode, r *redis) {
	at, sum := redisPoint{r.id, r.offset}, s.sum(h)
	if was, known := s.states[at]; known && was != sum {
		s.t.Fatalf("seed %d: at %v %v has other records than were there before\n%s", s.seed, at, h.id, s.dump())
	}
	s.states[at] = sum
	key := [2]string{h.id.String() + "/" + strconv.Itoa(h.incarnation), r.id}
	if r.offset < s.offsets[key] {
		s.t.Fatalf("seed %d: %v went back from %d to %d of %s", s.seed, h.id, s.offsets[key], r.offset, r.id)
	}
	s.offsets[key] = r.offset
}

// The backlog's commands lie end to end, end at the node's offset, and are within the
// limit.
func (s *redisStorm) watchBacklog(h *hostNode, r *redis) {
	held, bytes := r.backlog.held(), int64(0)
	for i := range held {
		bytes += held[i].size
		if i > 0 && held[i-1].end() != held[i].at {
			s.t.Fatalf("seed %d: %v's backlog has a hole at %d", s.seed, h.id, held[i].at)
		}
	}
	if bytes != r.backlog.bytes || bytes > r.backlog.limit || len(held) > 0 && held[len(held)-1].end() != r.offset {
		s.t.Fatalf("seed %d: %v's backlog of %d bytes ends elsewhere than at %d", s.seed, h.id, bytes, r.offset)
	}
}

// sum condenses the records: which writes stand where, in any order.
func (s *redisStorm) sum(h *hostNode) uint64 {
	var sum uint64
	for key, rec := range h.disk.records {
		f := fnv.New64a()
		f.Write([]byte(key))
		for i := range rec.Heads {
			f.Write([]byte{byte(rec.Heads[i].Op), byte(rec.Heads[i].Op >> 8), byte(rec.Heads[i].Op >> 16)})
		}
		sum ^= f.Sum64()
	}
	return sum
}

func (s *redisStorm) dump() string {
	return s.choice.String() + "\n" + allNotes(s.world) + s.history()
}

// oneLeaderAnEpoch: a configuration epoch has one primary.
func (s *redisStorm) oneLeaderAnEpoch() {
	leads := map[string]string{}
	for _, h := range s.nodes {
		for _, n := range h.notes {
			if n.kind != "redis.leader" {
				continue
			}
			node, term := n.fields[1], n.fields[3]
			if was, known := leads[term]; known && was != node {
				s.t.Fatalf("seed %d: %s and %s lead in epoch %s\n%s", s.seed, was, node, term, s.dump())
			}
			leads[term] = node
		}
	}
}

// mustSettle fails unless there are one primary and its replicas, all alike.
func (s *redisStorm) mustSettle(d time.Duration) {
	s.t.Helper()
	s.run(d)
	if got := primaries(s.world); len(got) != 1 {
		s.t.Fatalf("seed %d: primaries %v\n%s", s.seed, got, s.dump())
	}
	if diff := s.diverged(); diff != nil {
		s.t.Fatalf("seed %d: diverged %v\n%s", s.seed, diff, s.dump())
	}
	s.check()
}

// accounted fails unless every write that is lost was said to be dropped, or was
// superseded by one that was.
func (s *redisStorm) accounted() {
	dropped := map[writeOf]bool{}
	var drop func(w writeOf)
	drop = func(w writeOf) {
		if !dropped[w] {
			dropped[w] = true
			for _, over := range s.ops[w.op-1].over[w.key] {
				drop(writeOf{w.key, over})
			}
		}
	}
	for _, h := range s.nodes {
		for _, d := range h.discarded {
			drop(writeOf{d.key, d.op})
		}
	}
	for _, op := range s.lost() {
		said := false
		for key := range s.ops[op-1].over {
			said = said || dropped[writeOf{key, op}]
		}
		if !said {
			s.t.Fatalf("seed %d: operation %d is lost, and nobody said so\n%s", s.seed, op, s.dump())
		}
	}
}

// writeOf is a write as its key has it.
type writeOf struct {
	key string
	op  model.OpID
}

func TestTortureRedis(t *testing.T) {
	for seed := range seeds(40) {
		s := newRedisStorm(t, uint64(seed))
		s.watchAll()
		s.rage(12 * time.Second)
		s.mustSettle(specRedis.Within)
		s.oneLeaderAnEpoch()
		s.accounted()
	}
}

// Wiped disks and toggles break no invariant of the streams, and all are alike in the end.
func TestTortureRedisWipesAndToggles(t *testing.T) {
	for seed := range seeds(20) {
		s := newRedisStorm(t, uint64(seed)+1_000_000)
		mine := s.choice.String()
		s.wipes = seed%2 == 0
		if seed%3 > 0 && s.choice.Params["client"] == "direct" {
			s.toggles = []string{mine, "ap", mine, "ap conflict=siblings", "base", "redis sentinel=off", "cp"}
		}
		s.watchAll()
		s.rage(12 * time.Second)
		if s.choice.Spec.Name != "redis" {
			s.states = map[redisPoint]uint64{}
			s.toggle(mine)
		}
		s.mustSettle(specRedis.Within)
	}
}

// watchAll watches the dots as well as what redis's storm watches.
func (s *redisStorm) watchAll() {
	s.watchDots()
	dots := s.after
	s.after = func() { dots(); s.watch() }
}

// Two runs with one seed are the same.
func TestRedisIsDeterministic(t *testing.T) {
	for seed := range uint64(5) {
		var logs [2][]string
		for i := range logs {
			s := newRedisStorm(t, seed)
			s.logging = true
			s.rage(5 * time.Second)
			logs[i] = s.log
		}
		if !slices.Equal(logs[0], logs[1]) {
			t.Fatalf("seed %d: two runs differ", seed)
		}
	}
}
