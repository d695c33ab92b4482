package labs

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"capsim/model"
	"capsim/policies"
)

// mrMaster hands out the tasks. Invariants:
//
//  1. A task is idle, or running at one node, or at two, of which the later is the backup's;
//     or it is done.
//  2. A reduce is handed out only once all maps were done.
//  3. What is known of a task is on disk before any worker hears of it.
type mrMaster struct {
	*mapReduce
	epoch    int
	finished int   // the last job that is done; they are done in their order
	job      mrJob // the one at hand; N is 0 for none
	began    model.Time
	tasks    []*mrTask // of the job at hand: maps first, then reduces
	reducing bool      // all maps have been done
	took     [2]mrTook
	peers    []mrPeer // of n1 at 0
	beats    int
	ticking  bool
	count    uint64 // of messages and attempts in this life
	tell     map[model.NodeID]string
	waiting  map[model.OpID]model.NodeID // RUNs not answered, and who asked
}

// mrPeer is what the master knows of a worker.
type mrPeer struct {
	heard int // at which beat it gave a sign of life last
	dead  bool
}

// mrTook is how long tasks took that were done.
type mrTook struct {
	sum time.Duration
	n   int
}

func (m *mrMaster) start() {
	s := m.env.Store()
	m.waiting, m.tell = map[model.OpID]model.NodeID{}, map[model.NodeID]string{}
	m.peers = make([]mrPeer, m.env.N())
	if m.epoch = atoi(string(s.Meta("epoch"))); m.epoch == 0 {
		m.epoch = m.env.Incarnation()
		s.PutMeta("epoch", fmt.Append(nil, m.epoch))
	}
	m.finished = atoi(string(s.Meta("finished")))
	m.next()
	m.flush()
}

// serial numbers messages and attempts through all lives of the master.
func (m *mrMaster) serial() uint64 {
	m.count++
	return uint64(m.env.Incarnation())<<32 | m.count
}

// next takes up the job after the last that is done, if there is one.
func (m *mrMaster) next() {
	s := m.env.Store()
	m.job, m.tasks, m.reducing, m.took = mrJob{}, nil, false, [2]mrTook{}
	jobs := s.Items("jobs")
	if m.finished >= len(jobs) {
		return
	}
	if m.job = decodeJob(jobs[m.finished]); m.job.N == 0 {
		return
	}
	for i := range m.job.Maps + m.job.Reduces {
		t := &mrTask{reduce: i >= m.job.Maps, number: i + 1}
		if t.reduce {
			t.number -= m.job.Maps
		}
		t.decode(string(s.Meta(t.meta())), m.env.N())
		for j := range t.runs {
			t.runs[j].since, t.runs[j].before = m.env.Monotonic(), true
		}
		m.tasks = append(m.tasks, t)
	}
	var n int
	if _, err := fmt.Sscan(string(s.Meta("current")), &n, &m.began); err != nil || n != m.job.N {
		m.began = m.env.Monotonic()
		s.PutMeta("current", fmt.Append(nil, m.job.N, " ", int64(m.began)))
		m.tellBegun()
	} else {
		m.tellResumed()
	}
	m.reducing = m.left(m.mapTasks()) == 0
	for i := range m.peers {
		m.peers[i].heard, m.peers[i].dead = m.beats, false
	}
	m.assign()
	if !m.ticking {
		m.ticking = true
		m.env.After(m.beat, policies.Tag{Kind: tickTimer})
	}
}

// maps and reduces return the tasks of the kind.
func (m *mrMaster) mapTasks() []*mrTask    { return m.tasks[:m.job.Maps] }
func (m *mrMaster) reduceTasks() []*mrTask { return m.tasks[m.job.Maps:] }

func (m *mrMaster) ofKind(reduce bool) []*mrTask {
	if reduce {
		return m.reduceTasks()
	}
	return m.mapTasks()
}

// left counts those that are not done.
func (m *mrMaster) left(tasks []*mrTask) int {
	n := 0
	for _, t := range tasks {
		if !t.done {
			n++
		}
	}
	return n
}

func (m *mrMaster) save(t *mrTask) { m.env.Store().PutMeta(t.meta(), []byte(t.encode())) }

// progress says how far the job is.
func (m *mrMaster) progress() string {
	switch {
	case m.job.N == 0:
		return ""
	case m.left(m.mapTasks()) > 0:
		return fmt.Sprintf("%d of %s", m.job.Maps-m.left(m.mapTasks()), counted(m.job.Maps, "map"))
	}
	return fmt.Sprintf("%d of %s", m.job.Reduces-m.left(m.reduceTasks()), counted(m.job.Reduces, "reduce"))
}

// tick is the beat: who is silent has failed, and all are asked for a sign of life.
func (m *mrMaster) tick(uint64) {
	if m.job.N == 0 {
		m.ticking = false
		return
	}
	m.beats++
	for i := range m.peers {
		p := &m.peers[i]
		if id := model.NodeID(i + 1); id != m.env.Self() && !p.dead && time.Duration(m.beats-p.heard)*m.beat > m.dead {
			m.fail(id)
		}
	}
	m.assign()
	for i := range m.peers {
		m.order(model.NodeID(i+1), kindPing)
	}
	m.env.After(m.beat, policies.Tag{Kind: tickTimer})
	m.flush()
}

// fail takes a silent worker's tasks from it, and has the maps run again whose lists only it
// has.
func (m *mrMaster) fail(id model.NodeID) {
	m.peers[id-1].dead = true
	var running, lost []*mrTask
	for _, t := range m.tasks {
		if i := t.run(id); i >= 0 {
			t.runs = slices.Delete(t.runs, i, i+1)
			running = append(running, t)
			m.save(t)
		}
		if t.done && !t.reduce && t.at == id {
			m.lose(t)
			lost = append(lost, t)
		}
		if t.prefer == id {
			t.prefer, t.avoid = 0, 0
		}
	}
	m.tellFailed(id, running, lost)
}

// run returns which of the task's runs is the node's; -1: none.
func (t *mrTask) run(node model.NodeID) int {
	return slices.IndexFunc(t.runs, func(r mrRun) bool { return r.node == node })
}

// lose takes a map as not done: its lists can't be had.
func (m *mrMaster) lose(t *mrTask) {
	t.done, t.at = false, 0
	m.save(t)
}

// order remembers that a worker is to be told what it is to do; a task that is handed out
// gives the message its name.
func (m *mrMaster) order(id model.NodeID, kind string) {
	if m.tell[id] == "" || kind != kindPing {
		m.tell[id] = kind
	}
}

// flush sends each worker its orders.
func (m *mrMaster) flush() {
	for i := range m.peers {
		id := model.NodeID(i + 1)
		if kind := m.tell[id]; kind != "" {
			delete(m.tell, id)
			m.send(id, m.ordersOf(id, kind))
		}
	}
}

func (m *mrMaster) ordersOf(id model.NodeID, kind string) mrOrders {
	o := mrOrders{kind: kind, Seq: m.serial(), Job: m.job}
	for _, t := range m.tasks {
		i := t.run(id)
		switch {
		case t.done || i < 0:
		case t.reduce:
			o.Reduce = mrOrder{t.number, t.runs[i].attempt}
			for _, t := range m.mapTasks() {
				o.Sources = append(o.Sources, t.at)
			}
		default:
			o.Map = mrOrder{t.number, t.runs[i].attempt}
		}
	}
	return o
}

func (m *mrMaster) receive(from model.NodeID, msg policies.Message) {
	switch msg := msg.(type) {
	case mrPong:
		m.pong(from, msg)
	case mrDone:
		m.done(from, msg)
	case mrMissing:
		m.missing(from, msg)
	case mrAsk:
		m.asked(from, msg)
	}
	m.flush()
}

// asked takes a client's command, from the node that was given it.
func (m *mrMaster) asked(from model.NodeID, a mrAsk) {
	switch a.Words[0] {
	case "RUN":
		m.run(from, a)
	case "BACKUP":
		m.env.Store().PutMeta("backup", []byte(a.Words[1]))
		m.reply(from, a.Op, model.OK)
	case "PROGRESS":
		m.reply(from, a.Op, model.Bulk(m.howFar()))
	default:
		m.reply(from, a.Op, m.look(a.Words))
	}
	m.flush()
}

// run takes up a job, once however often it is asked for.
func (m *mrMaster) run(from model.NodeID, a mrAsk) {
	s := m.env.Store()
	ran := fmt.Sprintf("run:%d", a.Op)
	if known := s.Meta(ran); known != nil {
		n, summary, _ := strings.Cut(string(known), " ")
		if atoi(n) > m.finished {
			m.waiting[a.Op] = from
			return
		}
		m.reply(from, a.Op, model.Bulk(summary))
		return
	}
	j := mrJob{Epoch: m.epoch, N: s.Len("jobs") + 1, Op: a.Op, Function: a.Words[1], Maps: m.maps, Reduces: m.reduces}
	if len(a.Words) > 2 {
		j.Maps = atoi(a.Words[2])
	}
	if len(a.Words) > 3 {
		j.Reduces = atoi(a.Words[3])
	}
	s.Push("jobs", encodeJob(j))
	s.PutMeta(ran, fmt.Append(nil, j.N))
	m.waiting[a.Op] = from
	if m.job.N == 0 {
		m.next()
	}
}
