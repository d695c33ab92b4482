package tui

import (
	"sort"
	"time"

	"capsim/export"
	"capsim/model"
	"capsim/scenarios"
	"capsim/trace"
)

// meta is what doesn't change while a run is shown.
type meta struct {
	title   string
	policy  string // at the start
	seed    string
	store   string
	latency string // of a link, as the script has it
	nodes   int
	timeout time.Duration
	lab     string                    // its name, if the run is one of a lab; "" of a policy
	toggles bool                      // its parameters can be changed while it runs
	judged  []scenarios.AskedCheck    // what its runs are judged by
	own     bool                      // … is the lab's own list: C, A and P mean nothing to it
	offers  []scenarios.ClientCommand // what clients may ask for
	says    []scenarios.Saying        // ascending
	asks    []model.Time              // where the script asks, ascending
	course  *course
}

// metaOf reads what a script says of itself.
func metaOf(s *scenarios.Script) meta {
	m := meta{title: s.Name, seed: "1", nodes: 3, timeout: time.Second}
	if s.Lesson != nil && s.Lesson.Title != "" {
		m.title = s.Lesson.Title
	}
	set := s.Settings
	m.nodes, m.timeout, m.seed, m.store = set.Nodes, set.Timeout, itoa(int(set.Seed)), set.Store
	if set.Latency != nil {
		m.latency = set.Latency.String()
	}
	if set.Policy.Spec != nil {
		m.policy = set.Policy.String()
		m.offers = set.Commands()
		m.judged, m.own = scenarios.JudgedBy(set.Policy), set.Policy.Spec.Checks != nil
		if set.Policy.Spec.Lab {
			m.lab, m.toggles = set.Policy.Spec.Name, set.Policy.Spec.Switches
		}
	}
	m.says, m.asks, m.course = s.Sayings(), questionsOf(s), courseOf(s)
	return m
}

// cursor is where the reader stands in the run: after event n, at an instant from
// its own to that of the next.
type cursor struct {
	n  int
	at model.Time
}

// scene is the run as it was at the cursor: all that panes draw from. It is put
// together when the cursor or the run moves, never while drawing.
type scene struct {
	*record
	meta
	cursor
	now, end model.Time // how far the run is, and where it would end
	over     bool
	playing  bool
	showing  bool // an anomaly is being made: no text is waited for
	speed    speed
	view     *trace.View
	flights  []trace.Flight
	landed   []*trace.Event // while playing: the Sends of what arrived a moment ago
	key      string         // the key that the cluster pane shows
	pinned   bool           // it was picked; else it follows what is written
	picked   export.Subject // what is selected
	filter   string         // what list-like panes leave out the rest for; lower case, "" for nothing
	node     model.NodeID   // chosen for reads and writes; 0: none
	lastDisk *diskView      // the last reading of a node's disk; see disk
	verdict  *judgement     // of this instant or one shortly before; nil before the first
	told     []export.Line  // the story so far
	tree     *tree          // the runs that are open
	name     string         // of a side of several; "" if there is one
	side     int            // which of them
	beside   []*scene       // all of them
	pairs    *pairing       // their operations; nil if there is one
	said     int            // sayings so far
	saying   string         // the last of them, while it is news
	study    *study
	asking   *scenarios.Question // what the run waits for, once the cursor is there
}

// compose puts the scene together.
func (s *scene) compose() {
	s.n = min(s.n, s.log.Len()) // a run that took the place of another may be shorter
	s.view = s.folder.View(s.n)
	s.flights = s.view.Flight()
	s.told = s.story.Lines()[:s.linesAt(s.n)]
	s.said = sort.Search(len(s.says), func(i int) bool { return s.says[i].At > s.at })
	s.saying = ""
	if s.said > 0 && s.isNews(s.says[s.said-1].At) {
		s.saying = s.says[s.said-1].Text
	}
	keys := s.view.Keys()
	if !s.pinned {
		s.key = s.follows.at(s.n)
		if s.key == "" && len(keys) > 0 {
			s.key = keys[0]
		}
	}
	if int(s.node) > s.nodes {
		s.node = 0
	}
	s.glow()
}

// afterglow is how long, in wall time, a message that arrived can still be seen
// while playing: most are faster than a frame.
const afterglow = 250 * time.Millisecond

// maxGlow is how long in virtual time: what was long ago is no longer on the wire.
const maxGlow = 500 * time.Millisecond

// glow collects the messages of operations that arrived a moment ago.
func (s *scene) glow() {
	s.landed = s.landed[:0]
	if !s.playing {
		return
	}
	since := s.at - model.Time(min(s.speed.of(afterglow), maxGlow))
	for n := s.n; n > max(s.n-200, 0) && s.log.At(n).At > since; n-- {
		e := s.log.At(n)
		if e.Kind != trace.Deliver {
			continue
		}
		sent := int(s.record.message(e.Msg).sent)
		if sent == 0 || !carries(s.log.At(sent)) {
			continue
		}
		from := s.log.At(sent) // over a link that was cut since, it would seem to pass the cut
		if s.cuts[link{from.Node, from.Peer}].at(s.n) == nil {
			s.landed = append(s.landed, from)
		}
	}
}

// carries tells whether a message carries writes, or is a remote client's.
func carries(sent *trace.Event) bool { return len(sent.Ops) > 0 || sent.Op != 0 }

// live tells whether the cursor stands where the run is.
func (s *scene) live() bool { return s.n >= s.log.Len() && s.at >= s.now }

// caption returns what the script says to the audience now.
func (s *scene) caption() string { return s.saying }

// sayingTime is how long, in virtual time, what the script says stands at least.
const sayingTime = 3 * time.Second

// isNews tells whether what was said at an instant still stands: it does for a while,
// and until something is done to the cluster that may make it untrue.
func (s *scene) isNews(said model.Time) bool {
	if s.at < said.Add(sayingTime) {
		return true
	}
	after := sort.Search(len(s.told), func(i int) bool { return s.told[i].At > said })
	for i := range s.told[after:] {
		e := s.log.At(s.told[after+i].Event)
		if e.Kind == trace.PolicyStart || e.Kind == trace.Statement && e.Text != "end" {
			return false
		}
	}
	return true
}

// served returns what a node would serve of a key.
func (s *scene) served(n model.NodeID, key string) *model.Record {
	return s.view.Cell(n, key).Serves()
}

// versionsOf returns the numbers of the writes that a record holds, ascending.
func (s *scene) versionsOf(rec *model.Record, key string) []int {
	ops := rec.Ops()
	ns := make([]int, len(ops))
	for i, op := range ops {
		ns[i] = s.index.Version(op, key)
	}
	sort.Ints(ns)
	return ns
}

// version is record's, but that a lab's own command has a number only once it has written.
func (s *scene) version(op model.OpID, key string) int {
	o := s.index.Op(op)
	if o == nil || o.Command.Verb != model.CALL {
		return s.record.version(op, key)
	}
	first := 0
	for _, v := range o.Versions {
		switch known := s.index.WriterBy(v.Key, v.N, s.n) != nil; {
		case known && v.Key == key:
			return v.N
		case known && first == 0:
			first = v.N
		}
	}
	return first
}

// valueText prints what a record serves, as a person would: "milk", [a b], nil.
func valueText(rec *model.Record) string {
	values := rec.Values()
	switch len(values) {
	case 0:
		return "nil"
	case 1:
		if values[0].Type == model.String {
			return string(model.AppendQuoted(nil, values[0].Str))
		}
		return values[0].String()
	}
	text := "["
	for i, v := range values {
		if i > 0 {
			text += " "
		}
		text += v.String()
	}
	return text + "]"
}

// cutBetween returns the span of the cut between two nodes, in either direction,
// and whether both directions are cut.
func (s *scene) cutBetween(a, b model.NodeID) (cut *span, both bool) {
	there, back := s.cuts[link{a, b}].at(s.n), s.cuts[link{b, a}].at(s.n)
	switch {
	case there == nil:
		return back, false
	case back == nil:
		return there, false
	}
	if back.since < there.since {
		return back, true
	}
	return there, true
}
