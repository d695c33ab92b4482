package policies

import (
	"slices"
	"time"

	"capsim/model"
)

// failover is what a Sentinel has under way.
type failover struct {
	step     failoverStep
	epoch    int64
	start    model.Time // of the last attempt, its own or of one that it voted for
	changed  model.Time // when the step began
	promoted model.NodeID
	command  uint64     // number of the SLAVEOF NO ONE …
	sentAt   model.Time // … and when it was sent last
}

type failoverStep uint8

const (
	noFailover failoverStep = iota
	waitStart
	waitPromotion
	reconfReplicas
)

// reconfState is how far a replica is with its new primary.
type reconfState uint8

const (
	reconfNone reconfState = iota
	reconfSent
	reconfInProgress
	reconfDone
)

// reconfTimeout is how long a replica may take until it is told again.
const reconfTimeout = 10 * time.Second

// startFailover begins an attempt, if the primary is objectively down and none began
// lately.
func (s *sentinel) startFailover() bool {
	f := &s.failover
	if !s.odown || f.step != noFailover || s.now().Sub(f.start) < 2*s.r.conf.failover {
		return false
	}
	s.epoch++
	f.step, f.epoch, f.changed = waitStart, s.epoch, s.now()
	f.start = s.now().Add(s.desync())
	s.save()
	s.env().Note("sentinel.try", "node", s.r.self.String(), "primary", s.master.String(), "epoch", itoa(f.epoch))
	s.env().Count("sentinel.failovers", 1)
	return true
}

func (s *sentinel) runFailover() {
	switch f := &s.failover; f.step {
	case waitStart:
		s.standForElection()
	case waitPromotion:
		switch {
		case s.now().Sub(f.changed) > s.r.conf.failover:
			s.abort(f.promoted.String() + " did not become a primary in time")
		case s.now().Sub(f.sentAt) >= rto:
			f.sentAt = s.now()
			s.replicaOf(f.promoted, 0, f.command)
		}
	case reconfReplicas:
		s.reconfigure()
	}
}

// standForElection waits for the votes. Only the leader goes on.
func (s *sentinel) standForElection() {
	f := &s.failover
	leader, votes := s.elected(f.epoch)
	if leader != s.r.self {
		if s.now().Sub(f.start) > min(sentinelElection, s.r.conf.failover) {
			s.abort("it was not elected")
		}
		return
	}
	s.env().Note("sentinel.elected", "node", s.r.self.String(), "epoch", itoa(f.epoch), "votes", itoa(votes), "of", itoa(len(s.hosts)))
	best := s.bestReplica()
	if best == 0 {
		s.abort("no replica is fit to be promoted")
		return
	}
	s.commands++
	f.command = s.commands
	f.step, f.promoted, f.changed, f.sentAt = waitPromotion, best, s.now(), s.now()
	s.env().Note("sentinel.selected", "node", s.r.self.String(), "replica", best.String(), "offset", itoa(s.host(best).info.offset))
	s.replicaOf(best, 0, f.command)
}

func (s *sentinel) abort(why string) {
	s.env().Note("sentinel.abort", "node", s.r.self.String(), "epoch", itoa(s.failover.epoch), "why", why)
	s.failover.step, s.failover.promoted = noFailover, 0
	for i := range s.hosts {
		s.hosts[i].reconf = reconfNone
	}
}

// bestReplica selects whom to promote: of those that answer, and were not without
// their primary for too long, the one with the greatest offset; of several, the one
// with the smallest run id. All have the same priority.
func (s *sentinel) bestReplica() model.NodeID {
	now, master := s.now(), s.host(s.master)
	longest := 10 * s.r.conf.downAfter
	if master.sdown {
		longest += now.Sub(master.sdownAt)
	}
	var fit []model.NodeID
	for i := range s.hosts {
		n, h := model.NodeID(i+1), &s.hosts[i]
		if n != s.master && !h.sdown && now.Sub(h.heard) <= 5*sentinelPingPeriod && h.info.linkDown <= longest {
			fit = append(fit, n)
		}
	}
	if len(fit) == 0 {
		return 0
	}
	return slices.MinFunc(fit, func(a, b model.NodeID) int {
		x, y := s.host(a).info, s.host(b).info
		if x.offset != y.offset {
			return int(min(max(y.offset-x.offset, -1), 1))
		}
		if x.run < y.run {
			return -1
		}
		return 1
	})
}

// wasPromoted goes on once the replica says that it is a primary: the configuration is
// of this epoch from here on, and the other Sentinels hear of it at once.
func (s *sentinel) wasPromoted() {
	f := &s.failover
	s.configEpoch = f.epoch
	f.step, f.changed = reconfReplicas, s.now()
	s.save()
	s.env().Note("redis.leader", "node", f.promoted.String(), "term", itoa(f.epoch))
	s.publish()
}

// reconfigure tells the replicas of their new primary, one after the other
// (parallel-syncs 1); when all have it, or the time is over, the configuration changes.
func (s *sentinel) reconfigure() {
	f := &s.failover
	late := s.now().Sub(f.changed) > s.r.conf.failover
	busy, open := 0, false
	for i := range s.hosts {
		h := &s.hosts[i]
		if h.reconf == reconfSent && s.now().Sub(h.asked) > reconfTimeout {
			h.reconf = reconfNone
		}
		if h.reconf == reconfSent || h.reconf == reconfInProgress {
			busy++
		}
	}
	for i := range s.hosts {
		n, h := model.NodeID(i+1), &s.hosts[i]
		if n == s.master || n == f.promoted || h.reconf == reconfDone || h.sdown && !late {
			continue
		}
		open = true
		if h.reconf == reconfNone && !h.sdown && (busy == 0 || late) {
			busy++
			h.reconf, h.asked = reconfSent, s.now()
			s.command(n, f.promoted)
		}
	}
	if !open || late {
		s.switchTo(f.promoted)
	}
}

// command makes a Redis the replica of another, once.
func (s *sentinel) command(n, primary model.NodeID) {
	s.commands++
	s.replicaOf(n, primary, s.commands)
}

func (s *sentinel) replicaOf(n, primary model.NodeID, id uint64) {
	if n == s.r.self {
		s.r.replicaOf(primary)
		return
	}
	s.env().Send(n, sentinelReplicaOf{id: id, primary: primary})
}
