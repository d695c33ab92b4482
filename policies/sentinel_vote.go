package policies

import (
	"strconv"
	"strings"
	"time"

	"capsim/model"
)

func itoa[T int | int64](n T) string { return strconv.FormatInt(int64(n), 10) }

// askOthers asks the other Sentinels whether the primary is down, once this one
// thinks so; and for their votes, if it has begun a failover. forced: at once.
func (s *sentinel) askOthers(forced bool) {
	now := s.now()
	s.others(func(n model.NodeID, h *watched) {
		if now.Sub(h.saysAt) > 5*sentinelAskPeriod {
			h.says, h.vote = false, 0
		}
		if !s.host(s.master).sdown || !forced && (now.Sub(h.saysAt) < sentinelAskPeriod || now.Sub(h.asked) < rto) {
			return
		}
		h.asked = now
		ask := sentinelAsk{primary: s.master, epoch: s.epoch}
		if s.failover.step != noFailover {
			ask.candidate = s.r.self
		}
		s.env().Send(n, ask)
	})
}

// asked answers another Sentinel, and votes. A Sentinel that has another primary in
// its configuration knows nothing of the one asked for.
func (s *sentinel) asked(from model.NodeID, m sentinelAsk) {
	a := sentinelAnswer{primary: m.primary}
	if m.primary == s.master {
		a.down = s.host(s.master).sdown && !s.tilt
		if m.candidate != 0 {
			a.leader, a.epoch = s.voteFor(m.candidate, m.epoch)
		}
	}
	s.env().Send(from, a)
}

func (s *sentinel) answered(from model.NodeID, m sentinelAnswer) {
	if m.primary != s.master {
		return
	}
	h := s.host(from)
	h.says, h.saysAt = m.down, s.now()
	if m.leader != 0 {
		h.vote, h.voteIn = m.leader, m.epoch
	}
}

// voteFor gives the vote of an epoch to who asks first, and returns the vote that it
// gave last. It is on disk before anybody hears of it.
func (s *sentinel) voteFor(candidate model.NodeID, epoch int64) (model.NodeID, int64) {
	if epoch > s.epoch {
		s.epoch = epoch
		s.save()
	}
	if s.leaderEpoch < epoch && s.epoch <= epoch {
		s.leader, s.leaderEpoch = candidate, s.epoch
		s.save()
		s.env().Note("sentinel.vote", "node", s.r.self.String(), "for", candidate.String(), "epoch", itoa(epoch))
		if candidate != s.r.self {
			s.failover.start = s.now().Add(s.desync())
		}
	}
	return s.leader, s.leaderEpoch
}

func (s *sentinel) desync() time.Duration { return within(s.env(), sentinelMaxDesync) }

// elected returns who leads in the epoch: a majority of all Sentinels, and quorum at
// least, voted for it. 0: nobody. Who has not voted votes now: with the most, or for
// itself.
func (s *sentinel) elected(epoch int64) (model.NodeID, int) {
	votes := make([]int, len(s.hosts)+1)
	most := func() model.NodeID {
		best := 0
		for n := range votes {
			if votes[n] > votes[best] {
				best = n
			}
		}
		return model.NodeID(best)
	}
	s.others(func(_ model.NodeID, h *watched) {
		if h.vote != 0 && h.voteIn == s.epoch {
			votes[h.vote]++
		}
	})
	mine := most()
	if mine == 0 {
		mine = s.r.self
	}
	if vote, in := s.voteFor(mine, epoch); vote != 0 && in == epoch {
		votes[vote]++
	}
	winner := most()
	if n := votes[winner]; winner != 0 && n > len(s.hosts)/2 && n >= s.r.conf.quorum {
		return winner, n
	}
	return 0, 0
}

// confMeta keeps what Sentinel writes to sentinel.conf.
const confMeta = "redis/sentinel"

func (s *sentinel) save() {
	var b []byte
	for _, n := range []int64{s.epoch, int64(s.current()), s.configEpoch, int64(s.leader), s.leaderEpoch} {
		b = append(strconv.AppendInt(b, n, 10), ' ')
	}
	s.env().Store().PutMeta(confMeta, b)
}

func (s *sentinel) load() {
	var nums [5]int64
	i := 0
	for _, w := range strings.Fields(string(s.env().Store().Meta(confMeta))) {
		n, err := strconv.ParseInt(w, 10, 64)
		if err != nil || i == len(nums) {
			return // not what a Sentinel wrote: as installed
		}
		nums[i], i = n, i+1
	}
	if i == len(nums) && nums[1] >= 1 && nums[1] <= int64(len(s.hosts)) {
		s.epoch, s.master, s.configEpoch = nums[0], model.NodeID(nums[1]), nums[2]
		s.leader, s.leaderEpoch = model.NodeID(nums[3]), nums[4]
	}
}
