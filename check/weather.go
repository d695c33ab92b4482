package check

import (
	"slices"
	"sort"
	"strings"
	"time"

	"capsim/model"
	"capsim/trace"
)

// weather is which faults are in force, from an event on.
type weather struct {
	event int
	at    model.Time
	calm  bool             // none is
	sides [][]model.NodeID // of the partition in force, each ascending, the largest first; nil for none
}

// forecast lists how the weather changed, from event 0 on.
func (h *History) forecast() []weather {
	if h.weather != nil {
		return h.weather
	}
	h.weather = []weather{{calm: true}}
	f := faults{links: map[[2]model.NodeID]trace.Link{}, hosts: map[model.NodeID]bool{}, other: map[string]bool{}}
	for n := 1; n <= h.until; n++ {
		if e := h.log.At(n); f.take(e) {
			h.weather = append(h.weather, weather{event: n, at: e.At, calm: f.none(), sides: f.sides(h.o.Nodes)})
		}
	}
	return h.weather
}

// weatherAt returns the weather at an event.
func (h *History) weatherAt(event int) *weather {
	all := h.forecast()
	return &all[sort.Search(len(all), func(i int) bool { return all[i].event > event })-1]
}

// calmBetween tells whether no fault was in force from one event to another.
func (h *History) calmBetween(from, to int) bool {
	for _, w := range h.forecast() {
		if w.event > to {
			break
		}
		if !w.calm && (w.event >= from || h.weatherAt(from).event == w.event) {
			return false
		}
	}
	return true
}

// faults are those in force.
type faults struct {
	links map[[2]model.NodeID]trace.Link // that differ from the default
	hosts map[model.NodeID]bool          // down or paused
	other map[string]bool                // of statements that no event of a link or host tells of
}

// take tells whether the event changed something.
func (f *faults) take(e *trace.Event) bool {
	switch e.Kind {
	case trace.LinkChange:
		id := [2]model.NodeID{e.Node, e.Peer}
		if l := e.Link(); l != nil && *l != (trace.Link{}) {
			f.links[id] = *l
		} else {
			delete(f.links, id)
		}
		return true
	case trace.HostChange:
		f.hosts[e.Node] = e.Text == "crashed" || e.Text == "wiped" || e.Text == "paused"
		return true
	case trace.Statement:
		return f.statement(strings.Fields(e.Text))
	}
	return false
}

// statement takes in the faults that only their statement tells of.
func (f *faults) statement(words []string) bool {
	if len(words) < 2 {
		return false
	}
	switch words[0] {
	case "duplicate", "reorder", "bandwidth", "slow", "skew", "drift":
		f.other[words[0]+" "+words[1]] = words[len(words)-1] != "off"
		return true
	case "heal":
		for name := range f.other { // each by itself: the order does not matter
			if kind, _, _ := strings.Cut(name, " "); words[1] == "all" && kind != "slow" && kind != "skew" && kind != "drift" {
				delete(f.other, name)
			}
		}
		return true
	}
	return false
}

func (f *faults) none() bool {
	for _, down := range f.hosts {
		if down {
			return false
		}
	}
	for _, on := range f.other {
		if on {
			return false
		}
	}
	return len(f.links) == 0
}

// maxSides bounds the clusters whose sides are looked for.
const maxSides = 64

// sides returns the groups of nodes between which no link is open both ways; nil if that
// is one.
func (f *faults) sides(nodes int) [][]model.NodeID {
	cut := false
	for _, l := range f.links {
		cut = cut || l.Cut != ""
	}
	if !cut || nodes > maxSides {
		return nil
	}
	open := func(a, b model.NodeID) bool {
		return f.links[[2]model.NodeID{a, b}].Cut == "" && f.links[[2]model.NodeID{b, a}].Cut == ""
	}
	placed := make([]bool, nodes+1)
	var sides [][]model.NodeID
	for a := model.NodeID(1); int(a) <= nodes; a++ {
		if placed[a] {
			continue
		}
		placed[a] = true
		side := []model.NodeID{a}
		for k := 0; k < len(side); k++ {
			for b := model.NodeID(1); int(b) <= nodes; b++ {
				if !placed[b] && open(side[k], b) {
					placed[b] = true
					side = append(side, b)
				}
			}
		}
		slices.Sort(side)
		sides = append(sides, side)
	}
	if len(sides) < 2 {
		return nil
	}
	slices.SortStableFunc(sides, func(a, b []model.NodeID) int { return len(b) - len(a) })
	return sides
}

// percentile returns the p of the durations by nearest rank; they are sorted.
func percentile(ds []time.Duration, p Percent) time.Duration {
	return ds[(int64(p)*int64(len(ds))+999_999)/1_000_000-1]
}
