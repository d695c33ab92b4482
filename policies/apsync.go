package policies

import (
	"time"

	"capsim/model"
)

// Anti-entropy: a node sends a peer the digest of what it has; the peer sends back
// its records of the keys that differ, and asks for those that it lacks (Demers et
// al. 1987). Differences of the last moment are left alone: they are on their way.

// settled is how long a key must be unchanged for a difference to count.
const settled = 250 * time.Millisecond

func (a *ap) compare(env Env, from model.NodeID, m apDigest) {
	a.asking = a.asking.without(from)
	ours := a.keys.digest(env.Store())
	if m.hello {
		env.Send(from, apDigest{digest: ours})
	}
	if ours.sum == m.sum {
		for _, slot := range a.out.dirty {
			a.out.has(from, slot)
		}
		return
	}
	var slots []int32
	differences(ours, m.digest, func(key string, _, _ uint64) {
		slot := a.keys.slot(key)
		late := env.Now().Sub(a.keys.pages[slot].change)
		if a.out.inFlight(from, slot) || !m.hello && late >= 0 && late < settled {
			return
		}
		slots = append(slots, slot)
	})
	if len(slots) == 0 {
		return
	}
	for _, slot := range slots {
		a.out.post(slot, setOf(from), false)
	}
	a.send(env, from, slots, true)
	env.Count("ap.repairs", int64(len(slots)))
	a.arm(env)
}

// peerRing gives a node's peers in turn, each round in another order.
type peerRing struct {
	all  []model.NodeID // ascending
	turn []model.NodeID
}

func newPeerRing(env Env) peerRing {
	var r peerRing
	for n := range env.N() {
		if id := model.NodeID(n + 1); id != env.Self() {
			r.all = append(r.all, id)
		}
	}
	return r
}

// next returns the peer whose turn it is. There must be one.
func (r *peerRing) next(env Env) model.NodeID {
	if len(r.turn) == 0 {
		r.turn = append(r.turn, r.all...)
		env.Rand().Shuffle(len(r.turn), func(i, j int) { r.turn[i], r.turn[j] = r.turn[j], r.turn[i] })
	}
	n := r.turn[len(r.turn)-1]
	r.turn = r.turn[:len(r.turn)-1]
	return n
}

// within draws a duration below d, around one from three quarters to five quarters
// of it, so that nodes don't keep step.
func within(env Env, d time.Duration) time.Duration {
	return time.Duration(env.Rand().Int64N(int64(d)))
}

func around(env Env, d time.Duration) time.Duration {
	return d - d/4 + time.Duration(env.Rand().Int64N(int64(d)/2+1))
}
