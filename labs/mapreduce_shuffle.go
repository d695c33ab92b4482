package labs

import (
	"slices"
	"strconv"

	"capsim/model"
	"capsim/policies"
)

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
