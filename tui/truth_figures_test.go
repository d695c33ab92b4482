package tui

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"capsim/export"
	"capsim/model"
	"capsim/scenarios"
	"capsim/trace"
)

// tally is what a reader would count who goes through the events of a run one by one.
type tally struct {
	sent, asked, ok, refused, unknown int
	waits                             []time.Duration
	open                              map[model.OpID]model.Time
	keys                              []string
	numbers                           map[string]map[model.OpID]int // by key: v1, v2, …
	asker                             map[model.OpID]model.NodeID
	ended                             map[model.OpID]model.Outcome
	nodes                             []tallyNode
	flights                           map[model.MsgID]tallyFlight
	own                               bool                  // records are no copies of each other
	apart                             map[string]model.Time // since when nodes differ
}

type tallyNode struct {
	up, paused   bool
	serves, disk map[string]*model.Record
	seen         map[string][]model.OpID
	doubt        map[string]model.OpID
}

type tallyFlight struct {
	from, to model.NodeID
	due      model.Time
	heldBy   string
}

func newTally(nodes int) *tally {
	t := &tally{
		open: map[model.OpID]model.Time{}, numbers: map[string]map[model.OpID]int{}, asker: map[model.OpID]model.NodeID{}, ended: map[model.OpID]model.Outcome{},
		nodes: make([]tallyNode, nodes), flights: map[model.MsgID]tallyFlight{}, apart: map[string]model.Time{},
	}
	for i := range t.nodes {
		t.nodes[i] = tallyNode{up: true}
		t.nodes[i].empty()
	}
	return t
}

func (n *tallyNode) empty() {
	n.serves, n.disk, n.seen, n.doubt = map[string]*model.Record{}, map[string]*model.Record{}, map[string][]model.OpID{}, map[string]model.OpID{}
}

func (t *tally) key(k string) {
	if k != "" && !slices.Contains(t.keys, k) {
		t.keys = append(t.keys, k)
	}
}

func (t *tally) take(e *trace.Event) {
	switch e.Kind {
	case trace.Invoke, trace.SystemWrite:
		if e.Kind == trace.Invoke {
			t.asked++
			t.open[e.Op] = e.At
		}
		t.asker[e.Op] = e.Node
		for _, k := range e.Call().Command.Keys() {
			t.key(k)
			if e.Call().Command.Writes() {
				if t.numbers[k] == nil {
					t.numbers[k] = map[model.OpID]int{}
				}
				t.numbers[k][e.Op] = len(t.numbers[k]) + 1
			}
		}
	case trace.Return:
		if e.N == 1 {
			return
		}
		t.ended[e.Op] = e.Result().Outcome
		switch e.Result().Outcome {
		case model.OKOutcome:
			t.ok++
			t.waits = append(t.waits, e.At.Sub(t.open[e.Op]))
		case model.Refused:
			t.refused++
		default:
			t.unknown++
		}
	case trace.Send:
		t.sent++
		t.flights[e.Msg] = tallyFlight{from: e.Node, to: e.Peer, due: model.Time(e.N)}
	case trace.Gauge:
		if e.Text == trace.SentMetric {
			t.sent = int(e.N)
		}
	case trace.Deliver, trace.Drop:
		delete(t.flights, e.Msg)
	case trace.Hold:
		f := t.flights[e.Msg]
		f.heldBy = e.Text
		t.flights[e.Msg] = f
	case trace.Release:
		f := t.flights[e.Msg]
		f.heldBy, f.due = "", model.Time(e.N)
		t.flights[e.Msg] = f
	case trace.Wrote, trace.Discarded:
		t.key(e.Key)
	case trace.Applied:
		t.key(e.Key)
		n := &t.nodes[e.Node-1]
		n.serves[e.Key] = e.Record()
		if e.Record() != nil {
			n.disk[e.Key] = e.Record()
			for _, h := range e.Record().Heads {
				n.seen[e.Key] = append(n.seen[e.Key], h.Op)
			}
		}
	case trace.Doubt:
		t.key(e.Key)
		t.nodes[e.Node-1].doubt[e.Key] = e.Op
	case trace.PolicyStart:
		t.own = e.Key == trace.ApartRecords
		for i := range t.nodes {
			t.nodes[i].doubt = map[string]model.OpID{}
		}
	case trace.NodeBoot, trace.HostChange:
		if int(e.Node) > len(t.nodes) {
			return
		}
		n := &t.nodes[e.Node-1]
		switch {
		case e.Kind == trace.NodeBoot || e.Text == "crashed":
			n.doubt = map[string]model.OpID{}
		case e.Text == "wiped":
			n.empty()
		}
		if e.Kind == trace.HostChange {
			n.up, n.paused = e.Text != "crashed" && e.Text != "wiped", e.Text == "paused"
		}
	}
	for _, k := range t.keys {
		_, was := t.apart[k]
		switch is := t.differs(k); {
		case is && !was:
			t.apart[k] = e.At
		case !is:
			delete(t.apart, k)
		}
	}
}

func (t *tally) isPaused(id model.NodeID) bool {
	return int(id) <= len(t.nodes) && t.nodes[id-1].paused
}

// writesIn lists the writes in a record, deletions left out.
func writesIn(r *model.Record) string {
	var ops []int
	for _, op := range r.Ops() {
		if !tombstone(r, op) {
			ops = append(ops, int(op))
		}
	}
	slices.Sort(ops)
	return fmt.Sprint(slices.Compact(ops))
}

func (t *tally) differs(key string) bool {
	first, any := "", false
	for i := range t.nodes {
		if t.own || !t.nodes[i].up {
			continue
		}
		w := writesIn(t.nodes[i].disk[key])
		if any && w != first {
			return true
		}
		first, any = w, true
	}
	return false
}

// cell is what the versions pane is to show of a version at a node.
func (t *tally) cell(node int, key string, op model.OpID) string {
	n, name := &t.nodes[node], "v"+itoa(t.numbers[key][op])
	end, ended := t.ended[op]
	r := n.serves[key]
	switch {
	case n.doubt[key] == op:
		return "?" + name
	case n.up && n.doubt[key] == 0 && slices.Contains(r.Ops(), op) && !tombstone(r, op):
		return "[" + name + "]"
	case slices.Contains(n.seen[key], op):
		return name
	case int(t.asker[op]) == node+1 && ended && end == model.Refused:
		return "-" + name + "-"
	case int(t.asker[op]) == node+1 && (!ended || end == model.Unknown):
		return name + "?"
	}
	return "."
}

// TestNumbersAreCounted: what the panes say at any cursor is what one counts in the events.
func TestNumbersAreCounted(t *testing.T) {
	truthRuns(t, 8, func(t *testing.T, r *scenarios.Session) {
		at := moments(r, 8)
		sort.Slice(at, func(i, j int) bool { return at[i].n < at[j].n })
		c, n := newTally(r.Script().Settings.Nodes), 0
		j := &judge{clock: time.Now}
		known := newRecord(r.Script().Settings.Nodes)
		known.extend(r.Log())
		for _, at := range at {
			for ; n < at.n; n++ {
				c.take(r.Log().At(n + 1))
			}
			s := &scene{record: known, meta: metaOf(r.Script()), cursor: at, now: r.Now(), end: r.End(), speed: normal}
			s.beside = []*scene{s}
			s.compose()
			c.compare(t, s, j.of(s.question()))
			c.compareFlights(t, s)
			c.compareVersions(t, s)
			c.compareBins(t, s)
			if t.Failed() {
				return
			}
		}
	})
}

func (c *tally) compare(t *testing.T, s *scene, v *judgement) {
	t.Helper()
	rank := func(p int) string {
		if len(c.waits) == 0 {
			return "-"
		}
		sorted := slices.Sorted(slices.Values(c.waits))
		return export.Span(sorted[(p*len(sorted)+99)/100-1])
	}
	got := fmt.Sprint(v.messages.text, v.answered.N, v.answered.Of, v.p50.text, v.p99.text, v.diverged)
	want := fmt.Sprint(itoa(c.sent), c.ok, c.asked, rank(50), rank(99), len(c.apart))
	if got != want {
		t.Errorf("event %d: messages, answered, of, p50, p99, diverged: %s, counted %s", s.n, got, want)
	}
	if keys := s.view.Keys(); !slices.Equal(keys, c.keys) {
		t.Errorf("event %d: keys %v, counted %v", s.n, keys, c.keys)
	}
}

func (c *tally) compareFlights(t *testing.T, s *scene) {
	t.Helper()
	if len(s.flights) != len(c.flights) {
		t.Errorf("event %d: %d messages under way, counted %d", s.n, len(s.flights), len(c.flights))
	}
	for _, f := range s.flights {
		want := c.flights[f.Msg]
		if got := (tallyFlight{f.From, f.To, f.Due, f.Cause}); got != want || f.Held != (want.heldBy != "") {
			t.Errorf("event %d: message %d is %+v, counted %+v", s.n, f.Msg, got, want)
		}
		if where := s.landing(&f); !f.Held && (where == "") != (f.Due > s.at || f.Due == s.at && !c.isPaused(f.To)) {
			t.Errorf("event %d at %v: message %d is to land at %v, and it is said: %q", s.n, s.at, f.Msg, f.Due, where)
		}
	}
}

// compareVersions reads the versions pane as it is drawn.
func (c *tally) compareVersions(t *testing.T, s *scene) {
	t.Helper()
	w := 26 + 17 + len(c.nodes)*70
	rows := strings.Split(ansi.Strip(drawn(int(paneNamed("versions")), s, w, len(c.keys)+2)), "\n")
	cols := columnsFor(w, len(c.nodes), s.view.Apart)
	for i, key := range c.keys {
		newest := len(c.numbers[key])
		wide := 3 + len(itoa(newest))
		if newest > (cols.node-1)/wide {
			continue // not all have room
		}
		cells := []rune(rows[i+1])
		for node := range c.nodes {
			for op, n := range c.numbers[key] {
				x := 2 + cols.key + node*cols.node + (n-1)*wide
				got := strings.TrimSpace(string(cells[x:min(x+wide, len(cells))]))
				if want := c.cell(node, key, op); got != want {
					t.Errorf("event %d: of %s n%d shows %q where %q was counted\n%s", s.n, key, node+1, got, want, rows[i+1])
				}
			}
		}
		since, apart := c.apart[key]
		got := rows[i+1]
		if strings.Contains(got, "diverged") != apart || apart && !strings.Contains(got, "diverged "+strings.TrimLeft(lasting(since, s.at), " ")) {
			t.Errorf("event %d: %s: diverged %v since %v, shown %q", s.n, key, apart, since, got)
		}
	}
}

// compareBins adds up what the charts show.
func (c *tally) compareBins(t *testing.T, s *scene) {
	t.Helper()
	if s.series.width == 0 {
		return
	}
	var all bin
	for k := range int(s.at/s.series.width) + 1 {
		b := s.binAt(k)
		all.merge(&b)
	}
	if int(all.ok) != c.ok || int(all.refused) != c.refused || int(all.unknown) != c.unknown {
		t.Errorf("event %d: the charts have %d answers, %d refused, %d without; counted %d, %d, %d", s.n, all.ok, all.refused, all.unknown, c.ok, c.refused, c.unknown)
	}
	if len(c.waits) > 0 && (all.slow != slices.Max(c.waits) || all.fast != slices.Min(c.waits)) {
		t.Errorf("event %d: the charts have answers from %v to %v, counted %v to %v", s.n, all.fast, all.slow, slices.Min(c.waits), slices.Max(c.waits))
	}
	apart := 0
	for range c.apart {
		apart++
	}
	if got := s.series.apartAt(s.n); got != apart {
		t.Errorf("event %d: the charts have %d diverged keys, counted %d", s.n, got, apart)
	}
}
