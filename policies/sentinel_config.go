package policies

import (
	"capsim/model"
)

// publish says hello: to every other Sentinel, and through every Redis.
func (s *sentinel) publish() {
	s.published = s.now()
	m := sentinelHello{epoch: s.epoch, primary: s.current(), configEpoch: s.configEpoch}
	s.others(func(n model.NodeID, _ *watched) { s.env().Send(n, m) })
}

// current returns the primary that the configuration epoch speaks of: in a failover,
// from the promotion on, the new one.
func (s *sentinel) current() model.NodeID {
	if s.failover.step == reconfReplicas {
		return s.failover.promoted
	}
	return s.master
}

// hello takes what another Sentinel says: the configuration of the highest epoch
// counts. The Redis here passes it on to the Sentinels that listen to it.
func (s *sentinel) hello(from model.NodeID, m sentinelHello) {
	if !m.relayed {
		relay := m
		relay.relayed = true
		s.others(func(n model.NodeID, _ *watched) {
			if n != from {
				s.env().Send(n, relay)
			}
		})
	}
	if m.epoch > s.epoch {
		s.epoch = m.epoch
		s.save()
	}
	if m.configEpoch <= s.configEpoch {
		return
	}
	s.configEpoch = m.configEpoch
	if m.primary != s.master {
		s.switchTo(m.primary)
	}
	s.save()
}

// switchTo makes a node the primary of the configuration.
func (s *sentinel) switchTo(primary model.NodeID) {
	s.env().Note("sentinel.switch", "node", s.r.self.String(), "from", s.master.String(), "to", primary.String(), "epoch", itoa(s.configEpoch))
	s.master = primary
	s.failover = failover{start: never}
	s.watchAnew()
	s.save()
	if s.r.library != nil {
		s.r.library.switched(s.env(), primary)
	}
}

// heard takes what a Redis says of itself, and sets right what does not fit the
// configuration.
func (s *sentinel) heard(n model.NodeID, info redisInfo) {
	h, now := s.host(n), s.now()
	h.heard = now
	if (info.primary == 0) != (h.info.primary == 0) {
		h.roleAt, h.primaryAt = now, now
	}
	if info.primary != h.info.primary {
		h.primaryAt, h.told = now, never
	}
	h.info = info
	switch f := &s.failover; {
	case s.tilt, n == s.master: // a primary that says it is none counts as down, some time later
	case info.primary == 0 && n == f.promoted && f.step == waitPromotion:
		s.wasPromoted()
	case info.primary == 0:
		s.convert(n, h)
	default:
		s.fix(n, h)
		s.reconfigured(h)
	}
}

// convert makes a Redis that wrongly thinks it is a primary a replica: an old primary
// that came back. It first waits for news of a configuration in which it is one.
func (s *sentinel) convert(n model.NodeID, h *watched) {
	const wait = 4 * sentinelPublishPeriod
	if n == s.failover.promoted || !s.masterIsSane() || !s.upFor(h, wait) || s.now().Sub(h.roleAt) <= wait {
		return
	}
	if h.told == never {
		s.env().Note("sentinel.convert", "node", s.r.self.String(), "replica", n.String(), "primary", s.master.String())
	}
	s.tell(n, h)
}

// fix makes a replica of another primary follow the one of the configuration.
func (s *sentinel) fix(n model.NodeID, h *watched) {
	wait := s.r.conf.failover
	if h.info.primary == s.master || s.failover.step != noFailover && h.info.primary == s.failover.promoted ||
		!s.masterIsSane() || !s.upFor(h, wait) || s.now().Sub(h.primaryAt) <= wait {
		return
	}
	if h.told == never {
		s.env().Note("sentinel.fix", "node", s.r.self.String(), "replica", n.String(), "primary", s.master.String())
	}
	s.tell(n, h)
}

// tell says whom a Redis is to replicate, once a second until INFO shows it.
func (s *sentinel) tell(n model.NodeID, h *watched) {
	if s.now().Sub(h.told) >= sentinelPingPeriod {
		h.told = s.now()
		s.command(n, s.master)
	}
}

// masterIsSane tells whether the primary of the configuration is one, and is there.
func (s *sentinel) masterIsSane() bool {
	m := s.host(s.master)
	return m.info.primary == 0 && !m.sdown && !s.odown && s.now().Sub(m.heard) < 2*sentinelInfoPeriod
}

// reconfigured follows a replica that was told of its new primary.
func (s *sentinel) reconfigured(h *watched) {
	if h.reconf == reconfSent && h.info.primary == s.failover.promoted {
		h.reconf = reconfInProgress
	}
	if h.reconf == reconfInProgress && h.info.linkUp {
		h.reconf = reconfDone
	}
}
