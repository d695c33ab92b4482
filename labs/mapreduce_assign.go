package labs

import (
	"slices"
	"time"

	"capsim/model"
)

// assign hands out what can be: maps that nobody is at; once all maps are done, reduces;
// then second copies of what takes long.
func (m *mrMaster) assign() {
	m.assignKind(false)
	if m.left(m.mapTasks()) == 0 {
		m.assignKind(true)
	}
}

func (m *mrMaster) assignKind(reduce bool) {
	free := m.free(reduce)
	for _, t := range m.ofKind(reduce) {
		if t.done || len(t.runs) > 0 {
			continue
		}
		if i := m.choose(t, free); i >= 0 {
			m.hand(t, free[i], false)
			free = slices.Delete(free, i, i+1)
		}
	}
	if !m.backsUp() || m.idle(reduce) {
		return
	}
	for _, id := range free {
		if t := m.straggler(reduce, id); t != nil {
			m.tellBackup(t, id)
			m.hand(t, id, true)
		}
	}
}

// backsUp tells whether there are backup tasks: as BACKUP said last, else the parameter.
func (m *mrMaster) backsUp() bool {
	if said := m.env.Store().Meta("backup"); said != nil {
		return string(said) == "on"
	}
	return m.backup
}

// free lists the nodes that give signs of life and have no task of the kind.
func (m *mrMaster) free(reduce bool) []model.NodeID {
	var free []model.NodeID
	for i := range m.peers {
		id := model.NodeID(i + 1)
		busy := slices.ContainsFunc(m.ofKind(reduce), func(t *mrTask) bool { return t.run(id) >= 0 })
		if !busy && !m.peers[i].dead {
			free = append(free, id)
		}
	}
	return free
}

// choose returns which of the free nodes is to do the task: the one that a reduce would like
// best, and never, while there is another, the one that the reduce can't reach.
func (m *mrMaster) choose(t *mrTask, free []model.NodeID) int {
	if i := slices.Index(free, t.prefer); i >= 0 {
		return i
	}
	others := false
	for i, p := range m.peers {
		others = others || !p.dead && model.NodeID(i+1) != t.avoid
	}
	return slices.IndexFunc(free, func(id model.NodeID) bool { return id != t.avoid || !others })
}

// idle tells whether a task of the kind waits for a node.
func (m *mrMaster) idle(reduce bool) bool {
	return slices.ContainsFunc(m.ofKind(reduce), func(t *mrTask) bool { return !t.done && len(t.runs) == 0 })
}

// straggler returns the task that has run longest, at one other node, if that is longer than
// one and a half times the mean of those that were done; nil if none has. (The paper says only
// that backups begin when the job is close to completion.)
func (m *mrMaster) straggler(reduce bool, id model.NodeID) *mrTask {
	took := m.took[kindOf(reduce)]
	if took.n == 0 {
		return nil
	}
	longest := took.sum / time.Duration(took.n) * 3 / 2
	var found *mrTask
	for _, t := range m.ofKind(reduce) {
		if t.done || len(t.runs) != 1 || t.runs[0].node == id || t.avoid == id {
			continue
		}
		if ran := m.env.Monotonic().Sub(t.runs[0].since); ran > longest {
			longest, found = ran, t
		}
	}
	return found
}

// hand gives a task to a node.
func (m *mrMaster) hand(t *mrTask, id model.NodeID, backup bool) {
	switch {
	case backup:
		m.env.Count("mapreduce.backups", 1)
	case t.tries > 0:
		m.env.Count("mapreduce.re-executions", 1)
	}
	t.tries++
	t.runs = append(t.runs, mrRun{node: id, attempt: m.serial(), since: m.env.Monotonic()})
	m.save(t)
	if t.reduce {
		m.order(id, kindReduce)
	} else {
		m.order(id, kindMap)
	}
}
