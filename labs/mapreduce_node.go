package labs

import (
	"strings"
	"time"

	"capsim/model"
	"capsim/policies"
)

// mapReduce is a node: a worker, the master if it is that, and for clients the way to the
// master. What must survive a crash is in its Redis:
//
//	list input              the text, a line an item
//	meta work               the job that the worker knows
//	list jobE.N:held        "map 3", "reduce 1": what the worker has completed of it
//	list jobE.N:map3:2      the lists of its maps, for each reduce
//	list jobE.N:reduce1     the output of its reduces
//
// and at the master, beside it, what mapreduce_state.go says.
type mapReduce struct {
	masterID         model.NodeID
	maps, reduces    int
	backup           bool
	work, beat, dead time.Duration

	env    policies.Env
	lines  []string // the input, once it was needed
	local  []policies.Message
	worker mrWorker
	master *mrMaster // nil: another node is
	asks   map[model.OpID]*mrPending
	mark   string
}

// mrPending is a client's command that waits for the master's reply.
type mrPending struct {
	ask  mrAsk
	wait time.Duration // until it is sent again
}

// The timers.
const (
	tickTimer  uint8 = iota // the master's beat. N: the timer's number
	stepTimer               // a step of a task is done. N: the work's number
	fetchTimer              // it is time to ask again for lists. N: the work's number
	askTimer                // and for a reply. N: the operation
)

// The waits before something is sent again, in beats, and the longest.
const (
	askAgain   = 4
	fetchAgain = 2
	longestAsk = 5 * time.Second
)

func (r *mapReduce) Start(env policies.Env) {
	r.env, r.asks = env, map[model.OpID]*mrPending{}
	s := env.Store()
	if s.Len("input") == 0 {
		text := env.Input()
		if text == "" {
			text = gettysburg
		}
		s.Push("input", inputLines(text)...)
	}
	for _, key := range s.Keys() {
		env.Applied(key, s.Record(key))
	}
	r.worker.start(r)
	if env.Self() == r.masterID {
		r.master = &mrMaster{mapReduce: r}
		r.master.start()
	}
	env.Serving()
	r.end()
}

// end does what the node has to tell itself, and says what it is at.
func (r *mapReduce) end() {
	for len(r.local) > 0 {
		msg := r.local[0]
		r.local = r.local[1:]
		r.receive(r.env.Self(), msg)
	}
	var words []string
	if r.master != nil {
		if w := r.master.progress(); w != "" {
			words = append(words, w)
		}
	}
	if w := r.worker.doing(); w != "" {
		words = append(words, w)
	}
	if mark := strings.Join(words, ", "); mark != r.mark {
		r.mark = mark
		r.env.Fact(policies.Fact{Kind: policies.Mark, Text: mark})
	}
}

// send sends a message; one to itself takes no way.
func (r *mapReduce) send(to model.NodeID, msg policies.Message) {
	if to == r.env.Self() {
		r.local = append(r.local, msg)
		return
	}
	r.env.Send(to, msg)
}

func (r *mapReduce) Request(env policies.Env, req policies.Request) {
	r.env = env
	ask := mrAsk{Op: req.Op, Words: append([]string{req.Command.Name()}, req.Command.Words()...)}
	if ask.Words[0] == "RUN" || ask.Words[0] == "BACKUP" {
		env.Begun(req.Op)
	}
	if r.master == nil {
		r.asks[req.Op] = &mrPending{ask, askAgain * r.beat}
		r.askMaster(req.Op)
	} else {
		r.master.asked(env.Self(), ask)
	}
	r.end()
}

// askMaster sends a client's command to the master, again and again until there is a reply,
// each time after a longer wait.
func (r *mapReduce) askMaster(op model.OpID) {
	p := r.asks[op]
	if p == nil {
		return
	}
	r.env.Send(r.masterID, p.ask)
	r.env.After(p.wait, policies.Tag{Kind: askTimer, N: uint64(op)})
	p.wait = min(2*p.wait, longestAsk)
}

func (r *mapReduce) Receive(env policies.Env, from model.NodeID, msg policies.Message) {
	r.env = env
	r.receive(from, msg)
	r.end()
}

func (r *mapReduce) receive(from model.NodeID, msg policies.Message) {
	switch m := msg.(type) {
	case mrOrders:
		r.worker.ordered(m)
	case mrFetch:
		r.worker.fetched(from, m)
	case mrPart:
		r.worker.got(from, m)
	case mrAnswer:
		if r.asks[m.Op] != nil {
			delete(r.asks, m.Op)
			r.env.Reply(m.Op, model.Answered(m.Reply))
		}
	default:
		if r.master != nil {
			r.master.receive(from, msg)
		}
	}
}

func (r *mapReduce) Timer(env policies.Env, tag policies.Tag) {
	r.env = env
	switch tag.Kind {
	case tickTimer:
		r.master.tick(tag.N)
	case stepTimer:
		r.worker.step(tag.N)
	case fetchTimer:
		r.worker.fetchAgain(tag.N)
	case askTimer:
		r.askMaster(model.OpID(tag.N))
	}
	r.end()
}

// reply answers a client's command, at the node that it was given to.
func (r *mapReduce) reply(node model.NodeID, op model.OpID, reply model.Reply) {
	if node == r.env.Self() {
		r.env.Reply(op, model.Answered(reply))
		return
	}
	r.env.Send(node, mrAnswer{op, reply})
}

// input returns the lines of the text.
func (r *mapReduce) input() []string {
	if r.lines == nil {
		r.lines = r.env.Store().Items("input")
	}
	return r.lines
}

// show keeps a record that says what the node holds, made on behalf of a job's RUN.
func (r *mapReduce) show(cause model.OpID, key, text string) {
	s := r.env.Store()
	op := r.env.SystemWrite(model.Command{Verb: model.SET, Args: []string{key, text}}, cause)
	next, over := nextRecord(r.env, key, s.Record(key), model.Text(text), op)
	s.PutRecord(key, next)
	r.env.Wrote(op, key, over)
	r.env.Applied(key, next)
}

// hide forgets the records of an earlier job.
func (r *mapReduce) hide(prefixes ...string) {
	s := r.env.Store()
	for _, key := range s.Keys() {
		for _, p := range prefixes {
			if strings.HasPrefix(key, p) {
				s.DropRecord(key)
				r.env.Applied(key, nil)
			}
		}
	}
}
