package labs

import (
	"fmt"
	"slices"

	"capsim/model"
	"capsim/policies"
)

// pong compares what a worker has with what the master believes.
func (m *mrMaster) pong(from model.NodeID, p mrPong) {
	peer := &m.peers[from-1]
	back := peer.dead
	peer.heard, peer.dead = m.beats, false
	if !m.job.is(p.Epoch, p.N) {
		return
	}
	var again, lost, kept []*mrTask
	for _, t := range m.mapTasks() {
		switch held := slices.Contains(p.Held, t.number); {
		case t.done && t.at == from && !held && p.Seq > t.seq:
			m.lose(t)
			lost = append(lost, t)
		case !t.done && held && t.avoid != from && t.run(from) < 0:
			m.complete(t, from)
			kept = append(kept, t)
		}
	}
	for _, t := range m.tasks {
		i := t.run(from)
		if i < 0 || p.Seq < t.runs[i].attempt {
			continue
		}
		if run := &t.runs[i]; p.Life > run.life {
			if run.life != 0 { // what it was at went with its process
				m.env.Count("mapreduce.re-executions", 1)
				again = append(again, t)
			}
			run.life = p.Life
		}
	}
	m.tellBack(from, back, again, lost, kept)
	if back || len(lost) > 0 || len(kept) > 0 {
		m.goOn()
	}
}

// done takes a completion. The first of a task counts.
func (m *mrMaster) done(from model.NodeID, d mrDone) {
	most := m.job.Maps
	if d.Reduce {
		most = m.job.Reduces
	}
	m.order(from, kindPing) // what it is to do now; it need not say so again
	if !m.job.is(d.Epoch, d.N) || d.Task < 1 || d.Task > most {
		return
	}
	t := m.ofKind(d.Reduce)[d.Task-1]
	switch {
	case t.done:
		if t.at != from {
			m.env.Count("mapreduce.duplicates", 1)
			m.tellDuplicate(from, t)
		}
		return
	case !t.reduce && t.avoid == from && t.run(from) < 0:
		return // a reduce can't get at the lists there; if it is told to do it all the same, it counts
	}
	if t.reduce {
		m.env.Store().Push(m.job.name("part", fmt.Sprint(t.number)), d.Output...)
		m.env.Fact(policies.Fact{Kind: policies.Effect, Op: m.job.Op, Key: m.job.title(), Text: t.name(), N: 1})
	}
	m.complete(t, from)
	m.goOn()
}

// complete takes a task as done by a node: of the others at it none need go on.
func (m *mrMaster) complete(t *mrTask, from model.NodeID) {
	var others []model.NodeID
	for _, run := range t.runs {
		if run.node != from {
			others = append(others, run.node)
			m.order(run.node, kindPing)
			continue
		}
		if took := &m.took[kindOf(t.reduce)]; !run.before {
			took.sum += m.env.Monotonic().Sub(run.since)
			took.n++
		}
	}
	t.done, t.at, t.runs, t.seq = true, from, nil, uint64(m.env.Incarnation())<<32|m.count
	t.avoid, t.prefer = 0, 0
	m.save(t)
	m.tellDone(t, from, others)
}

func kindOf(reduce bool) int {
	if reduce {
		return 1
	}
	return 0
}

// goOn does what follows from a change of the tasks.
func (m *mrMaster) goOn() {
	if m.left(m.mapTasks()) == 0 && !m.reducing {
		m.reducing = true
		m.tellReducing()
	}
	if m.left(m.tasks) == 0 {
		m.finish()
		return
	}
	for _, t := range m.reduceTasks() { // where lists are may have changed
		for _, run := range t.runs {
			m.order(run.node, kindPing)
		}
	}
	m.assign()
}

// missing takes back a map whose lists a reduce can't get.
func (m *mrMaster) missing(from model.NodeID, x mrMissing) {
	if !m.job.is(x.Epoch, x.N) {
		return
	}
	var lost []*mrTask
	for _, n := range x.Maps {
		if n < 1 || n > m.job.Maps {
			continue
		}
		t := m.mapTasks()[n-1]
		if !t.done || t.at != x.At {
			continue
		}
		m.lose(t)
		if !x.Gone {
			t.avoid, t.prefer = x.At, from
		}
		lost = append(lost, t)
	}
	if lost != nil {
		m.tellMissing(from, x, lost)
	}
	m.goOn()
}
