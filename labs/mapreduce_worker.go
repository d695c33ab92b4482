package labs

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"capsim/model"
	"capsim/policies"
)

// mrStepBytes is how much a task works on in one step.
const mrStepBytes = 16

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
	w.show(w.job.Op, "map:"+strconv.Itoa(at.task), counted(words, "word"))
	w.tell(false, at.task, at.attempt)
}

// finishReduce keeps the output until the next job, in case the master does not get it.
func (w *mrWorker) finishReduce(at *mrWork) {
	s := w.env.Store()
	items := reduceParts(mrFunctions[w.job.Function], at.parts)
	s.Push(w.job.name(reduceName(at.task)), items...)
	s.Push(w.job.name("held"), "reduce "+strconv.Itoa(at.task))
	w.out[at.task], w.works[1] = true, nil
	w.show(w.job.Op, "reduce:"+strconv.Itoa(at.task), counted(len(items), "word"))
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
