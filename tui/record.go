package tui

import (
	"sort"
	"strings"

	"capsim/export"
	"capsim/model"
	"capsim/trace"
)

// record is what the screen knows of a run: its log, and what panes need of it
// beyond the view at an instant, worked out once as the log grows. It belongs to
// the goroutine of the screen.
type record struct {
	log        *trace.Log
	index      *trace.Index
	folder     *trace.Folder
	many       bool // there are too many nodes to show each
	story      *export.Narrator
	folded     int
	marks      []mark
	marked     int     // lines of the story that were looked at for marks
	leads      []spans // by node: while it believes that it leads
	terms      []leader
	msgs       []message         // by MsgID - 1
	cuts       map[link]*spans   // one direction each
	anyCut     spans             // while any link is cut
	open       int               // directions cut now
	down       []spans           // by node
	apart      map[string]*spans // while a key is diverged
	clientRows                   // by first invocation
	series                       // for charts
	facts                        // of who holds what, and what a host said of itself
	follows    follower          // the key that is written
	partings   []parting         // of many nodes; ascending
	alone      bool              // nodes keep records of their own, and no copies
	latest     [][]followed      // by node: the key of which it kept a record last, while alone
}

// link is one direction between two nodes.
type link struct{ from, to model.NodeID }

// leader is the term that a node leads in from an event on.
type leader struct {
	event int
	node  model.NodeID
	term  string
}

// message is the event numbers of a message's sending and of its end, and of the last
// times it was held and let go; 0: not (yet).
type message struct{ sent, ended, held, released int32 }

// maxRemote is how many remote clients are looked after; a run has fewer.
const maxRemote = 32

// maxTracked is how many nodes are looked after one by one.
const maxTracked = 1 << 10

func newRecord(nodes int) *record {
	l := &trace.Log{}
	return &record{
		log: l, index: trace.NewIndex(), folder: trace.NewFolder(nodes, l), many: nodes > maxDrawn, story: export.NewNarrator(nodes),
		latest: make([][]followed, min(nodes, maxTracked)+1), cuts: map[link]*spans{}, down: make([]spans, min(nodes, maxTracked)+1+maxRemote), leads: make([]spans, min(nodes, maxTracked)+1), apart: map[string]*spans{}, facts: newFacts(nodes),
	}
}

// extend takes in a longer snapshot of the same log.
func (r *record) extend(l *trace.Log) {
	if l == nil || l.Len() <= r.folded {
		return
	}
	r.log = l
	r.index.Extend(l)
	r.folder.Extend(l)
	r.story.Extend(l, r.index)
	for r.folded < l.Len() {
		r.folded++
		r.fold(r.folded, l.At(r.folded))
	}
	lines := r.story.Lines()
	for ; r.marked < len(lines); r.marked++ {
		r.markLine(&lines[r.marked])
	}
}

func (r *record) fold(n int, e *trace.Event) {
	r.disturb(n, e)
	r.facts.fold(n, e)
	switch e.Kind {
	case trace.Invoke, trace.SystemWrite:
		r.follows.wrote(n, e)
		if op := r.index.Op(e.Op); op != nil && op.Invoked == n {
			r.invoked(op)
		}
	case trace.Send:
		r.message(e.Msg).sent = int32(n)
	case trace.Return:
		r.answered(n, r.index.Op(e.Op))
	case trace.Deliver, trace.Drop:
		r.message(e.Msg).ended = int32(n)
	case trace.Hold:
		r.message(e.Msg).held = int32(n)
	case trace.Release:
		r.message(e.Msg).released = int32(n)
	case trace.Wrote:
		r.written(n, e)
	case trace.Applied:
		r.kept(n, e)
		r.diverge(n, e.At, e.Key)
	case trace.HostChange:
		r.host(n, e)
	case trace.LinkChange:
		r.linked(n, e)
	case trace.Note:
		r.noted(n, e)
	case trace.Statement:
		if r.many {
			r.parts(n, e)
		}
	case trace.PolicyStart:
		r.alone = e.Key == trace.ApartRecords
		for i := range r.leads {
			r.leads[i].end(n, e.At)
		}
	}
}

// maxMessages bounds what is kept of messages; a trace that numbers them beyond
// belief is shown without.
const maxMessages = 50_000_000

func (r *record) message(id model.MsgID) *message {
	if id == 0 || id > maxMessages || int(id) > len(r.msgs)+r.log.Len() {
		return &message{}
	}
	for int(id) > len(r.msgs) {
		r.msgs = append(r.msgs, message{})
	}
	return &r.msgs[id-1]
}

func (r *record) diverge(n int, at model.Time, key string) {
	s := r.apart[key]
	was := s.at(n) != nil
	switch is := r.folder.Fold(n).Diverged(key); {
	case is && !was:
		if s == nil {
			s = &spans{}
			r.apart[key] = s
		}
		s.begin(n, at)
		r.setApart(n, at, 1)
	case was && !is:
		s.end(n, at)
		r.setApart(n, at, -1)
	}
}

func (r *record) host(n int, e *trace.Event) {
	if e.Node > 0 && int(e.Node) < len(r.down) {
		switch e.Text {
		case "restarted", "resumed":
			r.down[e.Node].end(n, e.At)
		case "paused":
			r.down[e.Node].begin(n, e.At)
		default: // of one that was paused it begins anew
			r.down[e.Node].end(n, e.At)
			r.down[e.Node].begin(n, e.At)
			if int(e.Node) < len(r.leads) {
				r.leads[e.Node].end(n, e.At)
			}
		}
	}
	for _, key := range r.folder.Fold(n).Keys() {
		r.diverge(n, e.At, key)
	}
}

func (r *record) linked(n int, e *trace.Event) {
	l := link{e.Node, e.Peer}
	s := r.cuts[l]
	if s == nil {
		s = &spans{}
		r.cuts[l] = s
	}
	was := s.at(n) != nil
	is := e.Link() != nil && e.Link().Cut != ""
	switch {
	case is && !was:
		s.begin(n, e.At)
		r.open++
	case !is && was:
		s.end(n, e.At)
		r.open--
	}
	if r.open > 0 {
		r.anyCut.begin(n, e.At)
	} else {
		r.anyCut.end(n, e.At)
	}
}

// noted takes in who leads: notes of the kinds leader and stepdown, whatever the
// protocol's name before them.
func (r *record) noted(n int, e *trace.Event) {
	node := e.Node
	if id, ok := model.ParseNode(e.Fields().Get("node")); ok {
		node = id
	}
	if node < 1 || int(node) >= len(r.leads) {
		return
	}
	switch kind := e.Text[strings.LastIndexByte(e.Text, '.')+1:]; kind {
	case "leader":
		r.leads[node].end(n, e.At)
		r.leads[node].begin(n, e.At)
		r.terms = append(r.terms, leader{n, node, e.Fields().Get("term")})
	case "stepdown":
		r.leads[node].end(n, e.At)
	}
}

// termOf returns the term in which a node believes after event n that it leads; ""
// if it doesn't.
func (r *record) termOf(node model.NodeID, n int) string {
	if node < 1 || int(node) >= len(r.leads) {
		return "" // the host of a remote client
	}
	sp := r.leads[node].at(n)
	if sp == nil {
		return ""
	}
	i := sort.Search(len(r.terms), func(i int) bool { return r.terms[i].event >= sp.from })
	if i == len(r.terms) {
		return ""
	}
	return r.terms[i].term
}

func (r *record) markLine(l *export.Line) {
	if l.Stale {
		r.stale = append(r.stale, staleRead{l.Event, l.Age})
		r.toldStale(l)
	}
	if kind := kindOf(r, l); kind != markNone {
		r.marks = append(r.marks, mark{l.At, l.Event, kind})
	}
}

// kindOf returns what the timeline shows of a line of the story.
func kindOf(r *record, l *export.Line) markKind {
	switch l.Tone {
	case export.Bad:
		return markBad
	case export.Good:
		if r.log.At(l.Event).Kind == trace.Statement {
			return markHeal
		}
	case export.Fault:
		if e := r.log.At(l.Event); e.Kind == trace.Statement && (hasWord(e.Text, "partition") || hasWord(e.Text, "cut")) {
			return markCut
		}
		return markFault
	}
	return markNone
}

func hasWord(statement, verb string) bool {
	return len(statement) > len(verb) && statement[:len(verb)] == verb && statement[len(verb)] == ' '
}

// version returns the number that the write is shown by: that of the key if it
// writes it, else of the first it writes; 0: none.
func (r *record) version(op model.OpID, key string) int {
	o := r.index.Op(op)
	if o == nil || len(o.Versions) == 0 {
		return 0
	}
	if n := o.Version(key); n > 0 {
		return n
	}
	return o.Versions[0].N
}

// linesAt returns how many lines of the story belong to the first n events.
func (r *record) linesAt(n int) int {
	lines := r.story.Lines()
	return sort.Search(len(lines), func(i int) bool { return lines[i].Event > n })
}

// opsAt returns the operations invoked by event n.
func (r *record) opsAt(n int) []*trace.Op {
	ops := r.index.Ops()
	return ops[:sort.Search(len(ops), func(i int) bool { return ops[i].Invoked > n })]
}
