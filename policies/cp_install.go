package policies

import "capsim/model"

// collection is how a leader makes the state that a stretch begins with, out of the
// records that a majority has from the stretch before. Nobody changes those until
// it is installed.
type collection struct {
	records  [][]keyRecord // of n1, n2, …
	have     []bool
	count    int
	ticks    int // heartbeats since it began
	proposed bool
}

// switched begins a stretch on the records of another policy. Until the log says
// otherwise the node serves nothing.
func (r *cp) switched() {
	if forgot(r.env) {
		r.wiped() // the toggle came before it knew again what the stretch before had left
		return
	}
	settle(r.env)
	r.begin()
	for _, key := range r.store.Keys() {
		r.env.Applied(key, nil)
	}
	r.build()
	r.armCampaign()
}

func (r *cp) startCollecting() {
	for _, e := range r.log.entries {
		if len(e.GetData()) > 0 && e.GetData()[0] == installEntry {
			return // a leader before has done it; to commit it is enough
		}
	}
	r.collect = &collection{records: make([][]keyRecord, r.n), have: make([]bool, r.n)}
	r.collected(r.self, &recordsMessage{records: r.capture().records})
	r.peers(func(p model.NodeID) { r.send(p, &collectMessage{r.state.lives}) })
}

// keepCollecting asks again those who did not answer, and does without them once a
// majority has and the others had the time that an election would have taken.
func (r *cp) keepCollecting() {
	c := r.collect
	if c.proposed {
		return
	}
	if c.ticks++; c.ticks%3 == 0 {
		r.peers(func(p model.NodeID) {
			if !c.have[p-1] {
				r.send(p, &collectMessage{r.state.lives})
			}
		})
	}
	r.mayInstall()
}

// sendRecords answers collectMessage.
func (r *cp) sendRecords(to model.NodeID) {
	if !r.state.installed {
		r.send(to, &recordsMessage{r.state.lives, r.capture().records})
	}
}

func (r *cp) collected(from model.NodeID, m *recordsMessage) {
	c := r.collect
	if c == nil || c.have[from-1] {
		return
	}
	c.records[from-1], c.have[from-1] = m.records, true
	c.count++
	r.mayInstall()
}

func (r *cp) mayInstall() {
	c := r.collect
	late := c.ticks >= r.deaf()
	if c.proposed || c.count <= r.n/2 || c.count < r.n && !late {
		return
	}
	c.proposed = true
	state := mergeRecords(c.records)
	_ = r.raft().Propose(state.encode())
}

// applyInstall executes an install entry. Two leaders may each have made one: the
// first in the log counts.
func (r *cp) applyInstall(data []byte) {
	if r.state.installed {
		return
	}
	s, err := decodeInstall(data)
	if err != nil {
		fail("the installed state: ", err)
	}
	r.collect = nil
	r.adopt(&s)
}

// adopt makes the records be the ones given, says which of the node's own writes
// they leave out, and serves from here on.
func (r *cp) adopt(s *install) {
	first := !r.state.installed
	r.state.stamp = r.state.stamp.Later(adoptRecords(r.env, s, first))
	r.deadlines.reload(r.store)
	if first {
		r.state.installed, r.dirty = true, true
		r.lost = s.lost
		if len(s.lost) > 0 {
			r.store.PutMeta(lostMeta, appendLost(nil, s.lost))
		}
		if r.state.stretch == r.env.Stretch() {
			r.env.Note("raft.installed", "node", r.self.String())
			r.env.Serving()
		}
	}
	r.tellRestored()
}
