package check

import (
	"time"

	"capsim/model"
	"capsim/trace"
)

// Options say how a log is to be judged.
type Options struct {
	Nodes   int           // of the cluster: n1 … nN
	Timeout time.Duration // how long a client waits
	Until   int           // judge the events up to this number; 0 for all there are
	End     model.Time    // the instant that the run has reached; 0 for that of the last event
	Over    bool          // nothing will follow
	Init    model.Value   // what every key holds at first
	Steps   int           // that the search for an order may take; 0 for half a million
}

// History is what checks look at: the events of a run up to one of them. What
// checks need of it is worked out once, when one first asks. Making one is cheap.
// It is to be used by the goroutine that owns its Folder.
type History struct {
	log   *trace.Log
	x     *trace.Index
	f     *trace.Folder
	o     Options
	until int
	end   model.Time

	ops       []*trace.Op // as they were after event until
	digest    *digest
	keys      map[string]*keyHistory
	homes     []home // by number
	sights    []sight
	sightAt   []int32 // by number: place in sights, from 1; 0 for none
	staleness *staleSum
	servers   *servers
	weather   []weather
	fair      *calm
	txns      *transactionsOf
	steps     int // budget of a linearizability check; 0 for the default
}

// NewHistory judges the log, of which x and f must have taken in all events up to
// o.Until.
func NewHistory(l *trace.Log, x *trace.Index, f *trace.Folder, o Options) *History {
	h := &History{log: l, x: x, f: f, o: o, until: l.Len(), steps: o.Steps * stepWork}
	if o.Until > 0 {
		h.until = min(o.Until, h.until)
	}
	h.end = o.End
	if h.until > 0 {
		h.end = max(h.end, l.At(h.until).At)
	}
	return h
}

// Nodes returns how many nodes the cluster has.
func (h *History) Nodes() int { return h.o.Nodes }

// Until returns the number of the last event that is judged.
func (h *History) Until() int { return h.until }

// End returns the instant up to which the run is judged.
func (h *History) End() model.Time { return h.end }

// view returns the cluster at the end of the history.
func (h *History) view() *trace.View { return h.f.View(h.until) }

// at returns when an event happened.
func (h *History) at(event int) model.Time {
	if event < 1 || event > h.until {
		return 0
	}
	return h.log.At(event).At
}

// operations returns the operations invoked by the end of the history, ascending
// by their invocation, as they stood then: what came later is not in them.
func (h *History) operations() []*trace.Op {
	if h.ops != nil {
		return h.ops
	}
	all := h.x.Ops()
	h.ops = make([]*trace.Op, 0, len(all))
	for _, o := range all {
		if o.Invoked > h.until || !sound(o.Command) {
			continue
		}
		h.ops = append(h.ops, h.asOf(o))
	}
	sortByInvocation(h.ops)
	return h.ops
}

// asOf returns the operation as it stood at the end of the history.
func (h *History) asOf(o *trace.Op) *trace.Op {
	if o.Returned <= h.until && o.Wrote <= h.until {
		return o
	}
	c := *o
	if c.Returned > h.until {
		c.Returned, c.Done, c.Result = 0, 0, nil
	}
	if c.Wrote > h.until {
		c.Wrote = 0
	}
	return &c
}

// sound tells whether the command can be executed; only a log made by hand holds
// others.
func sound(c model.Command) bool {
	return int(c.Verb) < len(model.Commands) && len(c.Args) >= c.Spec().Min
}

// home is where an operation belongs.
type home struct {
	key    *keyHistory // of its first key; nil for none
	client int32       // from 1, in the order of their first operations; 0 for the system
}

// keyHistory is what happened to one key.
type keyHistory struct {
	name  string
	id    int32
	init  model.Value // what it held at first
	ops   []*trace.Op // that may touch it, ascending by invocation
	acked []*trace.Op // its acknowledged writes with an effect, ascending by their return

	// Of those that may have changed it, by isRegister: by what they leave.
	texts     map[string][]*trace.Op
	puts      []*trace.Op
	deletions []*trace.Op
	opaque    bool // some write does not say what it leaves
}

// key returns what happened to a key; never nil.
func (h *History) key(name string) *keyHistory {
	h.sortOut()
	if k := h.keys[name]; k != nil {
		return k
	}
	return &keyHistory{name: name, init: h.o.Init}
}

// homeOf returns where an operation of the history belongs.
func (h *History) homeOf(o *trace.Op) home {
	h.sortOut()
	return h.homes[h.number(o.ID)]
}

func (h *History) sortOut() {
	if h.keys != nil {
		return
	}
	h.keys = map[string]*keyHistory{}
	h.homes = make([]home, len(h.x.Ops()))
	clients := map[string]int32{}
	for _, o := range h.operations() {
		at := &h.homes[h.number(o.ID)]
		if !o.System {
			if at.client = clients[o.Client]; at.client == 0 {
				at.client = int32(len(clients) + 1)
				clients[o.Client] = at.client
			}
		}
		acked := acknowledged(o)
		for _, key := range o.Command.Keys() {
			k := h.keys[key]
			if k == nil {
				k = &keyHistory{name: key, id: int32(len(h.keys)), init: h.o.Init}
				h.keys[key] = k
			}
			if at.key == nil {
				at.key = k
			}
			k.ops = append(k.ops, o)
			if acked && h.wrote(o.ID, key) {
				k.acked = append(k.acked, o)
			}
		}
	}
	for _, k := range h.keys { // each by itself: the order does not matter
		sortByReturn(k.acked)
	}
}

// acknowledged tells whether the operation is a client's write that was answered ok
// and changed something.
func acknowledged(o *trace.Op) bool {
	return !o.System && o.Command.Writes() && answeredOK(o) && o.Wrote != 0
}

func answeredOK(o *trace.Op) bool { return o.Result != nil && o.Result.Outcome == model.OKOutcome }

func refused(o *trace.Op) bool { return o.Result != nil && o.Result.Outcome == model.Refused }

// isRead tells whether the operation only reads one key.
func isRead(o *trace.Op) bool {
	s := o.Command.Spec()
	return !s.Write && s.Reads && o.Command.Key() != ""
}
