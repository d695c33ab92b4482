package labs

import (
	"maps"
	"slices"
	"strings"

	"capsim/model"
	"capsim/policies"
)

// zkTracker is what a leader keeps of all sessions: when each ends if nothing more is
// heard of it, in ticks of the leader's own monotonic clock; and how sure it is that it
// still leads.
//
// In each tick the leader sends every follower a beat, and gets back the sessions that
// the follower has heard (as ZooKeeper's leader and learners do). A touch is confirmed
// once a majority has answered a beat that left after the touch came: so the leader led
// when it came, and whoever leads next begins later and gives every session a whole
// timeout again. A client that counts its session from the newest ping that is confirmed
// so believes in it for no longer than it lives, whatever becomes of messages.
type zkTracker struct {
	term     uint64
	ready    uint64 // nothing counts before this entry is executed: it is of the leader's term
	began    bool
	deadline map[string]int64 // by session: the tick in which it ends
	closing  map[string]bool  // their EXPIRESESSION is under way
	round    uint64
	rounds   []zkRound
	peers    []zkFollower // n1, n2, …
}

// zkRound is a beat that a majority has not answered yet.
type zkRound struct {
	n        uint64
	answered []bool
	seen     []uint64 // of each server: the newest touch that had come before the beat left
}

// zkFollower is what the leader knows of a server.
type zkFollower struct {
	seen      uint64 // its newest touch
	confirmed uint64
	refused   []string
}

// mostRounds is how many beats without a majority's answers are kept.
const mostRounds = 64

func newZKTracker(s *zkServer, n int) *zkTracker {
	return &zkTracker{
		term: s.log.Term(), ready: s.log.Last(), deadline: map[string]int64{}, closing: map[string]bool{}, peers: make([]zkFollower, n),
	}
}

// reload gives all sessions that the records have a whole timeout.
func (t *zkTracker) reload(s *zkServer, env policies.Env) {
	clear(t.deadline)
	clear(t.closing)
	for _, key := range env.Store().Keys() {
		if id, is := strings.CutPrefix(key, "session:"); is && env.Store().Record(key).Value().Type != model.None {
			t.touch(s, id)
		}
	}
}

// touch gives a session its timeout from now on. A tick has begun already, so one more
// is given: never less than the timeout, up to a tick more, as ZooKeeper's buckets do.
func (t *zkTracker) touch(s *zkServer, id string) { t.deadline[id] = s.ticks + s.p.ticks + 1 }

// executed follows sessions that begin, move and end.
func (t *zkTracker) executed(s *zkServer, e policies.Entry, reply model.Reply) {
	if !t.began || reply.Kind == model.ErrorReply || len(e.Command.Words()) == 0 {
		return
	}
	switch e.Command.Name() {
	case "OPEN":
		delete(t.closing, reply.Str)
		t.touch(s, reply.Str)
	case "CLOSE", "EXPIRESESSION":
		delete(t.closing, e.Command.Words()[0])
		delete(t.deadline, e.Command.Words()[0])
	}
}

// tick sends the beats, and ends the sessions whose time is over.
func (t *zkTracker) tick(s *zkServer, env policies.Env) {
	if !t.began {
		if s.log.Applied() < t.ready {
			return
		}
		t.began = true
		t.reload(s, env)
	}
	t.round++
	r := zkRound{n: t.round, answered: make([]bool, len(t.peers)), seen: make([]uint64, len(t.peers))}
	r.answered[s.self-1] = true
	s.report(t.touched(s, s.self))
	for i := range t.peers {
		r.seen[i] = t.peers[i].seen
	}
	if t.rounds = append(t.rounds, r); len(t.rounds) > mostRounds {
		t.rounds = t.rounds[1:]
	}
	for i := range t.peers {
		if p := model.NodeID(i + 1); p != s.self {
			f := &t.peers[i]
			env.Send(p, &zkBeat{term: s.log.Term(), round: t.round, confirmed: f.confirmed, refused: f.refused})
		}
	}
	t.count(s, env)
	for _, id := range slices.Sorted(maps.Keys(t.deadline)) {
		if t.deadline[id] <= s.ticks && !t.closing[id] {
			t.closing[id] = true
			session, _ := sessionOf(env.Store().Record(sessionKey(id)).Value())
			s.log.System(env, zkCommand("EXPIRESESSION", id, session.conn), 0)
		}
	}
}

// touched takes what a server has heard, and returns what takes it from the server's own
// connections.
func (t *zkTracker) touched(s *zkServer, from model.NodeID) func(m *zkTouch) {
	return func(m *zkTouch) {
		f := &t.peers[from-1]
		if m.n <= f.seen {
			return
		}
		f.seen, f.refused = m.n, nil
		for _, id := range m.sessions {
			if _, lives := t.deadline[id]; !lives || t.closing[id] {
				f.refused = append(f.refused, id)
				continue
			}
			t.touch(s, id)
		}
	}
}

// answered takes a follower's answer to a beat.
func (t *zkTracker) answered(s *zkServer, env policies.Env, from model.NodeID, m *zkTouch) {
	if !t.began {
		return
	}
	t.touched(s, from)(m)
	for i := range t.rounds {
		if t.rounds[i].n == m.round {
			t.rounds[i].answered[from-1] = true
		}
	}
	t.count(s, env)
}

// count finds the newest beat that a majority has answered: what had come before it
// left is confirmed.
func (t *zkTracker) count(s *zkServer, env policies.Env) {
	for i := len(t.rounds) - 1; i >= 0; i-- {
		r, n := t.rounds[i], 0
		for _, yes := range r.answered {
			if yes {
				n++
			}
		}
		if n <= len(t.peers)/2 {
			continue
		}
		for j := range t.peers {
			t.peers[j].confirmed = r.seen[j]
		}
		t.rounds = t.rounds[i+1:]
		me := t.peers[s.self-1]
		s.confirm(env, me.confirmed, me.refused)
		return
	}
}
