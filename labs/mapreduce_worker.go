package labs

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"capsim/model"
	"capsim/policies"
)

// mrStepBytes is how much a task works on in one step.
const mrStepBytes = 16

// mrTries is how often a reduce asks a node for its lists in vain until it tells the master.
const mrTries = 4

// mrWorker is what a node does as a worker: at most one task of each kind at once. What it
// has completed is on its disk; what it is at is lost with the process.
type mrWorker struct {
	*mapReduce
	seq   uint64 // of the newest orders
	job   mrJob
	held  map[int]bool // completed maps
	out   map[int]bool // completed reduces
	works [2]*mrWork   // the map task and the reduce task at hand; nil for none
	next  uint64       // numbers works
}

// mrWork is a task at hand.
type mrWork struct {
	number   uint64
	reduce   bool
	task     int
	attempt  uint64
	left     int // bytes
	began    bool
	from, to int                  // of a map: its lines
	sources  []model.NodeID       // of a reduce: where each map's lists are
	parts    [][]string           // those that it has
	has      []bool               // which
	missing  int                  // how many it has not
	tries    map[model.NodeID]int // how often each node was asked since it last answered
}

func (w *mrWorker) start(r *mapReduce) {
	w.mapReduce, w.held, w.out = r, map[int]bool{}, map[int]bool{}
	w.job = decodeJob(string(r.env.Store().Meta("work")))
	if w.job.N == 0 {
		return
	}
	for _, item := range r.env.Store().Items(w.job.name("held")) {
		kind, task, _ := strings.Cut(item, " ")
		if kind == "map" {
			w.held[atoi(task)] = true
		} else {
			w.out[atoi(task)] = true
		}
	}
}

// name is that of a list or blob of the job.
func (j mrJob) name(parts ...string) string {
	return fmt.Sprintf("job%d.%d:%s", j.Epoch, j.N, strings.Join(parts, ":"))
}

func mapName(task int) string    { return "map" + strconv.Itoa(task) }
func reduceName(task int) string { return "reduce" + strconv.Itoa(task) }

// is tells whether a message is of the job at hand.
func (j mrJob) is(epoch, n int) bool { return j.N != 0 && j.Epoch == epoch && j.N == n }

// doing says what the worker is at.
func (w *mrWorker) doing() string {
	var words []string
	for i, kind := range []string{"map ", "reduce "} {
		if w.works[i] != nil {
			words = append(words, kind+strconv.Itoa(w.works[i].task))
		}
	}
	return strings.Join(words, ", ")
}

// ordered takes the master's orders. Older ones than those at hand are only answered.
func (w *mrWorker) ordered(m mrOrders) {
	if m.Seq >= w.seq {
		w.seq = m.Seq
		if m.Job.N != 0 && m.Job != w.job {
			w.take(m.Job)
		}
		w.obey(0, m.Map, nil)
		w.obey(1, m.Reduce, m.Sources)
	}
	held := make([]int, 0, len(w.held))
	for t := 1; t <= w.job.Maps; t++ {
		if w.held[t] {
			held = append(held, t)
		}
	}
	w.send(w.masterID, mrPong{Seq: m.Seq, Life: w.env.Incarnation(), Epoch: w.job.Epoch, N: w.job.N, Held: held})
}

// take begins with a new job: what is left of the one before goes.
func (w *mrWorker) take(j mrJob) {
	s := w.env.Store()
	for t := 1; t <= w.job.Maps; t++ {
		for p := 1; p <= w.job.Reduces && w.held[t]; p++ {
			s.DropList(w.job.name(mapName(t), strconv.Itoa(p)))
		}
	}
	for t := 1; t <= w.job.Reduces; t++ {
		if w.out[t] {
			s.DropList(w.job.name(reduceName(t)))
		}
	}
	if w.job.N != 0 {
		s.DropList(w.job.name("held"))
	}
	w.hide("map:", "reduce:")
	w.job, w.held, w.out = j, map[int]bool{}, map[int]bool{}
	w.works = [2]*mrWork{}
	s.PutMeta("work", []byte(encodeJob(j)))
}

// obey sees to it that the worker is at the task of that kind that it is to do, and at no
// other.
func (w *mrWorker) obey(kind int, o mrOrder, sources []model.NodeID) {
	at := w.works[kind]
	switch {
	case o.Task == 0:
		w.works[kind] = nil
	case at != nil && at.task == o.Task && at.attempt == o.Attempt:
		if kind == 1 {
			w.look(at, sources)
		}
	case kind == 0 && w.held[o.Task], kind == 1 && w.out[o.Task]:
		w.works[kind] = nil
		w.tell(kind == 1, o.Task, o.Attempt)
	default:
		w.next++
		at = &mrWork{number: w.next, reduce: kind == 1, task: o.Task, attempt: o.Attempt}
		w.works[kind] = at
		if kind == 0 {
			at.from, at.to, at.left = split(w.input(), o.Task, w.job.Maps)
			w.begin(at)
			return
		}
		at.parts, at.has = make([][]string, w.job.Maps), make([]bool, w.job.Maps)
		at.missing, at.tries = w.job.Maps, map[model.NodeID]int{}
		w.look(at, sources)
		if !at.began {
			w.env.After(fetchAgain*w.beat, policies.Tag{Kind: fetchTimer, N: at.number})
		}
	}
}

// begin begins to work on what a task has.
func (w *mrWorker) begin(at *mrWork) {
	at.began = true
	w.goOn(at)
}

func (w *mrWorker) goOn(at *mrWork) {
	bytes := min(at.left, mrStepBytes)
	at.left -= bytes
	w.env.After(time.Duration(max(bytes, 1))*w.work, policies.Tag{Kind: stepTimer, N: at.number})
}

// working returns the task of that number if the worker is still at it.
func (w *mrWorker) working(number uint64) *mrWork {
	for _, at := range w.works {
		if at != nil && at.number == number {
			return at
		}
	}
	return nil
}

// step goes on with a task, a step of which is done.
func (w *mrWorker) step(number uint64) {
	at := w.working(number)
	switch {
	case at == nil:
	case at.left > 0:
		w.goOn(at)
	case at.reduce:
		w.finishReduce(at)
	default:
		w.finishMap(at)
	}
}

// finishMap puts the lists of a map on disk, together with the word that it is done.
func (w *mrWorker) finishMap(at *mrWork) {
	s := w.env.Store()
	words := 0
	for p, items := range mapLines(mrFunctions[w.job.Function], w.input(), at.from, at.to, w.job.Reduces) {
		s.Push(w.job.name(mapName(at.task), strconv.Itoa(p+1)), items...)
		words += len(items)
	}
	s.Push(w.job.name("held"), "map "+strconv.Itoa(at.task))
	w.held[at.task], w.works[0] = true, nil
	w.show(w.job.Op, "map:"+strconv.Itoa(at.task), count(words, "word"))
	w.tell(false, at.task, at.attempt)
}

// finishReduce keeps the output until the next job, in case the master does not get it.
func (w *mrWorker) finishReduce(at *mrWork) {
	s := w.env.Store()
	items := reduceParts(mrFunctions[w.job.Function], at.parts)
	s.Push(w.job.name(reduceName(at.task)), items...)
	s.Push(w.job.name("held"), "reduce "+strconv.Itoa(at.task))
	w.out[at.task], w.works[1] = true, nil
	w.show(w.job.Op, "reduce:"+strconv.Itoa(at.task), count(len(items), "word"))
	w.tell(true, at.task, at.attempt)
}

// tell says to the master that a task is done, whose output is on disk.
func (w *mrWorker) tell(reduce bool, task int, attempt uint64) {
	m := mrDone{Epoch: w.job.Epoch, N: w.job.N, Reduce: reduce, Task: task, Attempt: attempt}
	if reduce {
		m.Output = w.env.Store().Items(w.job.name(reduceName(task)))
	}
	w.send(w.masterID, m)
}

// look takes in where the lists are, and asks for those that the reduce has not and that
// it did not ask there for.
func (w *mrWorker) look(at *mrWork, sources []model.NodeID) {
	if at.began || len(sources) != w.job.Maps {
		return
	}
	var ask []int
	for i, from := range sources {
		if !at.has[i] && from != 0 && (at.sources == nil || at.sources[i] != from) {
			ask = append(ask, i+1)
		}
	}
	at.sources = slices.Clone(sources)
	w.fetch(at, ask, false)
}

// fetch asks for maps' lists, each node once; its own it reads itself. Of a node that was asked
// in vain too often it complains to the master, no more often than it asks by itself.
func (w *mrWorker) fetch(at *mrWork, maps []int, complain bool) {
	for node := model.NodeID(1); int(node) <= w.env.N(); node++ {
		var ask []int
		for _, t := range maps {
			if at.sources[t-1] == node {
				ask = append(ask, t)
			}
		}
		if ask == nil {
			continue
		}
		at.tries[node]++
		if complain && at.tries[node] > mrTries {
			w.send(w.masterID, mrMissing{w.job.Epoch, w.job.N, ask, node, false})
		}
		m := mrFetch{w.job.Epoch, w.job.N, at.task, ask}
		if node == w.env.Self() {
			w.got(node, w.lists(m))
		} else {
			w.env.Send(node, m)
		}
	}
}

// fetchAgain asks again for what a reduce still has not.
func (w *mrWorker) fetchAgain(number uint64) {
	at := w.working(number)
	if at == nil || at.began {
		return
	}
	var ask []int
	for i, has := range at.has {
		if !has && at.sources != nil && at.sources[i] != 0 {
			ask = append(ask, i+1)
		}
	}
	w.env.After(fetchAgain*w.beat, policies.Tag{Kind: fetchTimer, N: at.number})
	w.fetch(at, ask, true)
}

// fetched answers another node's reduce.
func (w *mrWorker) fetched(from model.NodeID, m mrFetch) { w.env.Send(from, w.lists(m)) }

// lists reads what this node has of what a reduce asks for.
func (w *mrWorker) lists(m mrFetch) mrPart {
	part := mrPart{Epoch: m.Epoch, N: m.N, Reduce: m.Reduce}
	for _, t := range m.Maps {
		if !w.job.is(m.Epoch, m.N) || !w.held[t] {
			part.Lack = append(part.Lack, t)
			continue
		}
		part.Maps = append(part.Maps, t)
		part.Items = append(part.Items, w.env.Store().Items(w.job.name(mapName(t), strconv.Itoa(m.Reduce))))
	}
	return part
}

// got takes in lists; when all are there, the reduce begins to work on them.
func (w *mrWorker) got(from model.NodeID, m mrPart) {
	at := w.works[1]
	if at == nil || at.began || at.task != m.Reduce || !w.job.is(m.Epoch, m.N) {
		return
	}
	delete(at.tries, from)
	for i, t := range m.Maps {
		if at.has[t-1] {
			continue
		}
		at.has[t-1], at.parts[t-1] = true, m.Items[i]
		at.missing--
		at.left += size(m.Items[i])
		if from != w.env.Self() {
			w.env.Count("mapreduce.shuffled-bytes", int64(size(m.Items[i])))
		}
	}
	if len(m.Lack) > 0 {
		w.send(w.masterID, mrMissing{m.Epoch, m.N, m.Lack, from, true})
	}
	if at.missing == 0 {
		w.begin(at)
	}
}
