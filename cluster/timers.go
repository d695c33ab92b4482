package cluster

import (
	"time"

	"capsim/model"
	"capsim/netsim"
	"capsim/policies"
)

// timers are the replicas' timers: the network keeps a reference and the time, this
// keeps whose it is and what it means.
type timers struct {
	slots []timerSlot
	free  []uint32
}

type timerSlot struct {
	net  netsim.TimerID
	tag  policies.Tag
	node model.NodeID // 0: the slot is free
	use  uint32       // rises at every use, so that an old id cancels nothing
}

func (t *timers) set(c *Cluster, host model.NodeID, d time.Duration, tag policies.Tag) policies.TimerID {
	var i uint32
	if k := len(t.free); k > 0 {
		i, t.free = t.free[k-1], t.free[:k-1]
	} else {
		i = uint32(len(t.slots))
		t.slots = append(t.slots, timerSlot{})
	}
	s := &t.slots[i]
	s.tag, s.node, s.use = tag, host, s.use+1
	s.net = c.net.After(host, d, i)
	return policies.TimerID(s.use)<<32 | policies.TimerID(i)
}

func (t *timers) cancel(c *Cluster, id policies.TimerID) {
	i := uint32(id)
	if int(i) >= len(t.slots) || t.slots[i].use != uint32(id>>32) || t.slots[i].node == 0 {
		return
	}
	c.net.Cancel(t.slots[i].net)
	t.release(i)
}

// cancelAll ends the timers of a node whose process is gone or whose policy is.
func (t *timers) cancelAll(c *Cluster, id model.NodeID) {
	for i := range t.slots {
		if t.slots[i].node == id {
			c.net.Cancel(t.slots[i].net)
			t.release(uint32(i))
		}
	}
}

// take returns the node and the tag of a timer that fired.
func (t *timers) take(ref uint32) (model.NodeID, policies.Tag) {
	s := t.slots[ref]
	t.release(ref)
	return s.node, s.tag
}

func (t *timers) release(i uint32) {
	t.slots[i].node = 0
	t.free = append(t.free, i)
}
