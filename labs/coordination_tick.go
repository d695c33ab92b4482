package labs

import (
	"fmt"
	"slices"

	"capsim/policies"
)

// tick is what a server does in each of its ticks.
func (s *zkServer) tick(env policies.Env) {
	env.After(s.p.tick, policies.Tag{Kind: tagZKTick})
	s.ticks++
	switch leads := s.log.Leading(); {
	case !leads:
		s.lead = nil
	case s.lead == nil || s.lead.term != s.log.Term():
		s.lead = newZKTracker(s, env.N())
	}
	s.newTerm(env)
	if s.lead != nil {
		s.heard = s.ticks
		s.lead.tick(s, env)
	}
	if s.ticks-s.heard > s.p.patience() && s.hangUpAll(env, func(*zkConn) bool { return true }) {
		env.Note("zk.looking", "says", fmt.Sprintf("%v has heard no leader for too long: it serves nobody until it does, and ends the connections of its clients. Their sessions live on, as long as the leader hears of them in time.", s.self), "tone", "bad")
	}
	for _, c := range slices.Clone(s.conns) {
		switch {
		case s.ticks-c.heard > s.p.ticks:
			s.drop(c) // its client is gone, or has another
		case c.sync != 0 && c.upTo == 0:
			s.askSync(env, c)
		}
	}
	s.show(env)
}

// newTerm ends the connections with a command under way when the leader changes: whether
// it is in the log that counts is open, and its client must be told so.
func (s *zkServer) newTerm(env policies.Env) {
	if s.term == s.log.Term() {
		return
	}
	s.term = s.log.Term()
	clear(s.ops)
	for _, c := range s.conns {
		c.opening = false // its client repeats it
	}
	s.hangUpAll(env, func(c *zkConn) bool { return c.began && !c.done })
}

// show marks what the server is, in ZooKeeper's words.
func (s *zkServer) show(env policies.Env) {
	mark := "looking"
	switch {
	case s.lead != nil:
		mark = "leading"
	case s.serving():
		mark = "following"
	}
	if mark != s.mark {
		s.mark = mark
		if s.unmarked {
			return
		}
		env.Fact(policies.Fact{Kind: policies.Mark, Text: mark})
	}
}

// report tells the leader which sessions the server has heard of and does not know to be
// confirmed.
func (s *zkServer) report(deliver func(m *zkTouch)) {
	s.touches++
	m := &zkTouch{term: s.log.Term(), n: s.touches}
	for _, c := range s.conns {
		if c.session != "" && c.stamp > c.confirmed {
			m.sessions = append(m.sessions, c.session)
			c.reported = append(c.reported, zkStamp{s.touches, c.stamp})
		}
	}
	deliver(m)
}

// beat takes the leader's beat.
func (s *zkServer) beat(env policies.Env, m *zkBeat, answer func(m *zkTouch)) {
	if !s.log.Serving() || m.term != s.log.Term() || s.log.Leading() {
		return
	}
	s.heard = s.ticks
	s.confirm(env, m.confirmed, m.refused)
	s.report(func(t *zkTouch) {
		t.round = m.round
		answer(t)
	})
}

// confirm takes what the leader says of this server's touches, and passes it on to the
// clients whose pings they covered.
func (s *zkServer) confirm(env policies.Env, upTo uint64, refused []string) {
	s.hangUpAll(env, func(c *zkConn) bool { return c.session != "" && slices.Contains(refused, c.session) })
	for _, c := range s.conns {
		was := c.confirmed
		c.reported = slices.DeleteFunc(c.reported, func(r zkStamp) bool {
			if r.touch > upTo {
				return false
			}
			c.confirmed = max(c.confirmed, r.stamp)
			return true
		})
		if c.confirmed > was {
			s.send(env, c.peer, &zkDown{kind: zkPong, conn: c.id, stamp: c.confirmed})
		}
	}
}
