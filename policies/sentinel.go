package policies

import (
	"time"

	"capsim/model"
)

// sentinel watches the Redis on every host, and fails over. It follows sentinel.c; what
// differs: it knows all other Sentinels from the start, and INFO comes with each pong.
type sentinel struct {
	r *redis

	epoch       int64        // the highest that it has heard of
	master      model.NodeID // the primary, as its configuration says
	configEpoch int64        // of that configuration
	leader      model.NodeID // its vote …
	leaderEpoch int64        // … and the epoch of that

	hosts    []watched // by node-1
	odown    bool
	failover failover
	commands uint64   // number of the last SLAVEOF sent
	obeyed   []uint64 // by node-1: the last of theirs that was done

	ticked, published model.Time
	tilt              bool // its clock jumped, or it was stopped: it only looks
	tiltedAt          model.Time
}

// watched is a host as a Sentinel sees it: its Redis, and the other Sentinel there.
type watched struct {
	seq       uint64 // of the last ping
	pending   bool   // a ping waits for its pong …
	since     model.Time
	pinged    model.Time // when it was sent last
	heard     model.Time // the last pong
	sdown     bool
	sdownAt   model.Time // of the last time that it was taken for down
	everDown  bool
	info      redisInfo
	roleAt    model.Time // since when it has reported this role
	primaryAt model.Time // since when it has reported this primary

	says   bool // the Sentinel there takes the primary for down
	saysAt model.Time
	vote   model.NodeID
	voteIn int64
	asked  model.Time
	reconf reconfState
	told   model.Time // the last SLAVEOF outside of a failover
}

// Sentinel's periods, as sentinel.c has them.
const (
	sentinelPingPeriod    = time.Second
	sentinelInfoPeriod    = 10 * time.Second
	sentinelAskPeriod     = time.Second
	sentinelPublishPeriod = 2 * time.Second
	sentinelTiltTrigger   = 2 * time.Second
	sentinelTiltPeriod    = 30 * time.Second
	sentinelMaxDesync     = time.Second
	sentinelElection      = 10 * time.Second
)

func newSentinel(r *redis) *sentinel { return &sentinel{r: r} }

func (s *sentinel) env() Env        { return s.r.env }
func (s *sentinel) now() model.Time { return s.r.env.Now() }

// host returns what is known of a node.
func (s *sentinel) host(n model.NodeID) *watched { return &s.hosts[n-1] }

// others calls f for every other host.
func (s *sentinel) others(f func(n model.NodeID, h *watched)) {
	for i := range s.hosts {
		if n := model.NodeID(i + 1); n != s.r.self {
			f(n, &s.hosts[i])
		}
	}
}

// start takes up sentinel.conf; as installed, n1 is the primary.
func (s *sentinel) start() {
	s.hosts, s.obeyed = make([]watched, s.r.n), make([]uint64, s.r.n)
	s.master, s.failover.start = 1, never
	if s.env().Boot() == Restarted {
		s.load()
	}
	s.save()
	s.commands = uint64(s.env().Incarnation()) << 32
	s.ticked, s.published = s.now(), s.now()
	s.watchAnew()
	s.arm()
}

// never is long before every instant.
const never = model.Time(-1 << 62)

// watchAnew forgets what was known of the hosts, as sentinelResetMasterAndChangeAddress
// does: each counts as just heard.
func (s *sentinel) watchAnew() {
	for i := range s.hosts {
		h, now := &s.hosts[i], s.now()
		*h = watched{seq: h.seq, heard: now, pinged: now, roleAt: now, primaryAt: now, saysAt: never, asked: never, told: never}
		if model.NodeID(i+1) != s.master {
			h.info.primary = s.master
		}
	}
	s.odown = false
}

// arm sets the next tick: 10 to 19 times a second, drawn anew each time, so that
// Sentinels don't act at one instant.
func (s *sentinel) arm() {
	hz := 10 + s.env().Rand().IntN(10)
	s.env().After(time.Second/time.Duration(hz), Tag{Kind: redisTick})
}

// tick is sentinelTimer.
func (s *sentinel) tick() {
	now := s.now()
	if d := now.Sub(s.ticked); d < 0 || d > sentinelTiltTrigger {
		s.tilt, s.tiltedAt = true, now
		s.env().Note("sentinel.tilt", "node", s.r.self.String())
	}
	s.ticked = now
	s.ping()
	if d := now.Sub(s.published); d < 0 || d > sentinelPublishPeriod {
		s.publish()
	}
	if s.tilt && now.Sub(s.tiltedAt) >= sentinelTiltPeriod {
		s.tilt = false
	}
	if !s.tilt {
		s.act()
	}
	s.arm()
}

func (s *sentinel) act() {
	for i := range s.hosts {
		s.checkDown(model.NodeID(i+1), &s.hosts[i])
	}
	s.checkObjectively()
	if s.startFailover() {
		s.askOthers(true)
	}
	s.runFailover()
	s.askOthers(false)
}

// pingPeriod is how often a host is asked for a sign of life.
func (s *sentinel) pingPeriod() time.Duration { return min(sentinelPingPeriod, s.r.conf.downAfter) }

// ping asks every host for a sign of life; one that is not answered is sent again, as
// TCP would.
func (s *sentinel) ping() {
	now := s.now()
	s.heard(s.r.self, s.r.info())
	s.others(func(n model.NodeID, h *watched) {
		switch {
		case h.pending && now.Sub(h.pinged) >= rto:
		case !h.pending && now.Sub(h.pinged) >= s.pingPeriod():
			h.seq++
			h.pending, h.since = true, now
		default:
			return
		}
		h.pinged = now
		s.env().Send(n, sentinelPing{seq: h.seq})
	})
}

// info is what this node's Redis says of itself.
func (r *redis) info() redisInfo {
	return redisInfo{run: r.run, primary: r.primary, linkUp: r.up.up, linkDown: r.linkDownFor(), offset: r.offset}
}

func (s *sentinel) receive(from model.NodeID, msg sentinelMessage) {
	switch m := msg.(type) {
	case sentinelPing:
		s.env().Send(from, sentinelPong{seq: m.seq, info: s.r.info()})
	case sentinelPong:
		if h := s.host(from); h.pending && m.seq == h.seq {
			h.pending = false
			s.heard(from, m.info)
		}
	case sentinelHello:
		s.hello(from, m)
	case sentinelAsk:
		s.asked(from, m)
	case sentinelAnswer:
		s.answered(from, m)
	case sentinelReplicaOf:
		if m.id > s.obeyed[from-1] {
			s.obeyed[from-1] = m.id
			s.r.replicaOf(m.primary)
		}
	case sentinelWhere:
		s.env().Send(from, sentinelAddress{primary: s.master})
	}
}

// checkDown decides whether a Redis is subjectively down: it does not answer, or the
// primary has said for long that it is none.
func (s *sentinel) checkDown(n model.NodeID, h *watched) {
	now := s.now()
	down := h.pending && now.Sub(h.since) > s.r.conf.downAfter
	if n == s.master && h.info.primary != 0 && now.Sub(h.roleAt) > s.r.conf.downAfter+2*sentinelInfoPeriod {
		down = true
	}
	if down && !h.sdown {
		h.sdownAt, h.everDown = now, true
	}
	if down != h.sdown && n == s.master {
		word := "no"
		if down {
			word = "yes"
		}
		s.env().Note("sentinel.sdown", "node", s.r.self.String(), "primary", n.String(), "down", word, "for", s.r.conf.downAfter.String())
	}
	h.sdown = down
}

// upFor tells whether a host has not been taken for down for so long.
func (s *sentinel) upFor(h *watched, d time.Duration) bool {
	return !h.everDown || s.now().Sub(h.sdownAt) > d
}

// checkObjectively decides whether enough Sentinels take the primary for down.
func (s *sentinel) checkObjectively() {
	count := 0
	if s.host(s.master).sdown {
		count = 1
		s.others(func(_ model.NodeID, h *watched) {
			if h.says {
				count++
			}
		})
	}
	down := count >= s.r.conf.quorum
	if down && !s.odown {
		s.env().Note("sentinel.odown", "node", s.r.self.String(), "primary", s.master.String(), "count", itoa(count), "quorum", itoa(s.r.conf.quorum))
	}
	s.odown = down
}
