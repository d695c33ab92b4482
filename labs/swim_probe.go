package labs

import (
	"slices"

	"capsim/model"
	"capsim/policies"
)

// swimProbe is the ping of a period.
type swimProbe struct {
	id     swimProbeID
	target model.NodeID // 0: none
	asked  int          // members, after the timeout
	acked  bool
}

// The timers. N is the period that they are of.
const (
	swimPeriodTimer uint8 = iota
	swimTimeoutTimer
)

// begin ends a period and begins the next.
func (m *swimMember) begin() {
	m.env.After(m.p.period, policies.Tag{Kind: swimPeriodTimer})
	m.judge()
	m.round++
	m.expire()
	m.env.Count(countSwimPeriods, 1)
	m.probe = swimProbe{id: swimProbeID{m.env.Incarnation(), m.round}, target: m.choose()}
	if m.probe.target != 0 {
		m.send(m.probe.target, &swimMessage{kind: swimPing, about: m.probe.target, asker: m.self, probe: m.probe.id})
		m.env.After(m.p.timeout, policies.Tag{Kind: swimTimeoutTimer, N: m.round})
	}
	if m.p.reconnect > 0 && m.round%m.p.reconnect == 0 && m.faulty > 0 {
		gone := m.others(func(s swimNews) bool { return s.state == swimFaulty })
		to := gone[m.env.Rand().IntN(len(gone))]
		m.send(to, &swimMessage{kind: swimPing, about: to, asker: m.self}) // no probe: nobody waits for the ack
	}
}

// judge holds a target that has not acked suspect, or without suspicion faulty.
func (m *swimMember) judge() {
	t := m.probe.target
	if t == 0 {
		return
	}
	m.env.Count(countSwimPinged, 1)
	if m.probe.acked {
		return
	}
	m.env.Count(countSwimUnanswered, 1)
	if m.of(t).state != swimAlive {
		return
	}
	s := *m.of(t)
	s.state = swimSuspect
	how := "no ack from " + t.String()
	if m.probe.asked > 0 {
		how += ", nor by way of " + counted(m.probe.asked, "other")
	}
	if m.p.suspicion == 0 {
		s.state = swimFaulty
		m.env.Count(countSwimDeclared, 1)
		m.hold(s)
		m.say("swim.faulty", "bad", "%v has %s by the period's end: it declares %v faulty, and removes it from its members.", m.self, how, t)
		return
	}
	m.hold(s)
	m.say("swim.suspects", "", "%v has %s by the period's end: it suspects %v (incarnation %d).", m.self, how, t, s.number)
}

// expire declares those faulty that have been suspect for too long.
func (m *swimMember) expire() {
	if m.suspects == 0 {
		return
	}
	for i, s := range m.holds {
		if s.state != swimSuspect || m.round-m.since[i] <= m.p.suspicion {
			continue
		}
		s.state = swimFaulty
		m.env.Count(countSwimDeclared, 1)
		m.hold(s)
		m.say("swim.faulty", "bad", "%v has suspected %v for %s: it declares it faulty, and removes it from its members.",
			m.self, s.about, counted(int(m.p.suspicion), "period"))
	}
}

// others lists those of the others of whom it is so.
func (m *swimMember) others(is func(swimNews) bool) []model.NodeID {
	var list []model.NodeID
	for _, s := range m.holds {
		if s.about != m.self && is(s) {
			list = append(list, s.about)
		}
	}
	return list
}

func isSwimMember(s swimNews) bool { return s.state != swimFaulty }

// choose draws whom to ping in this period; 0 if there is no other member.
func (m *swimMember) choose() model.NodeID {
	if m.p.inTurn {
		return m.inTurn()
	}
	if m.faulty == 0 && len(m.holds) > 1 {
		return partner(m.env)
	}
	list := m.others(isSwimMember)
	if len(list) == 0 {
		return 0
	}
	return list[m.env.Rand().IntN(len(list))]
}

// inTurn takes the next of the list, which is shuffled anew when all were pinged (section 4.3).
// Who comes back has its place in it already.
func (m *swimMember) inTurn() model.NodeID {
	for range 2 * len(m.holds) {
		if len(m.order) == 0 {
			m.order = m.others(func(swimNews) bool { return true })
			m.env.Rand().Shuffle(len(m.order), func(i, j int) { m.order[i], m.order[j] = m.order[j], m.order[i] })
		}
		if len(m.order) == 0 {
			return 0
		}
		to := m.order[0]
		m.order = m.order[1:]
		if isSwimMember(*m.of(to)) {
			return to
		}
	}
	return 0
}

// timeout asks others to ping the target.
func (m *swimMember) timeout(round uint64) {
	if round != m.round || m.probe.acked {
		return
	}
	helpers := m.others(func(s swimNews) bool { return isSwimMember(s) && s.about != m.probe.target })
	m.env.Rand().Shuffle(len(helpers), func(i, j int) { helpers[i], helpers[j] = helpers[j], helpers[i] })
	helpers = helpers[:min(m.p.k, len(helpers))]
	slices.Sort(helpers)
	m.probe.asked = len(helpers)
	for _, to := range helpers {
		m.send(to, &swimMessage{kind: swimPingReq, about: m.probe.target, asker: m.self, probe: m.probe.id})
	}
}

// send adds to a message what rides on it.
func (m *swimMember) send(to model.NodeID, msg *swimMessage) {
	msg.number, msg.news = m.own().number, m.news(to)
	m.env.Count(countSwimSent, 1)
	m.env.Send(to, msg)
}

// receive takes in a message.
func (m *swimMember) receive(from model.NodeID, msg *swimMessage) {
	m.learn(from, swimNews{about: from, number: msg.number})
	for _, s := range msg.news {
		m.learn(from, s)
	}
	switch msg.kind {
	case swimPing, swimForward:
		m.send(from, &swimMessage{kind: swimAck, about: m.self, asker: msg.asker, probe: msg.probe})
	case swimPingReq:
		m.send(msg.about, &swimMessage{kind: swimForward, about: msg.about, asker: from, probe: msg.probe})
	case swimAck:
		switch {
		case msg.asker != m.self:
			m.send(msg.asker, &swimMessage{kind: swimAck, about: msg.about, asker: msg.asker, probe: msg.probe})
		case msg.probe == m.probe.id && msg.about == m.probe.target:
			m.probe.acked = true
		}
	}
}
