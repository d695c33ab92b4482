package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"capsim/model"
	"capsim/trace"
)

// rumour is a scene of so many nodes of which more and more are in one state, at its end.
func rumour(nodes int) *scene {
	l := &trace.Log{}
	for i := range 101 {
		known := nodes * i / 100
		heat := [2][]uint16{make([]uint16, trace.Buckets(nodes)), make([]uint16, trace.Buckets(nodes))}
		for b := range heat[0] {
			if trace.Bucket(model.NodeID(max(known, 1)), nodes) >= b && known > 0 {
				heat[1][b] = 1000
			} else {
				heat[0][b] = 1000
			}
		}
		l.Append(trace.Event{At: model.Time(i) * model.Time(trace.LevelsEvery), Kind: trace.Levels, Body: trace.Census{
			{State: "susceptible", Nodes: nodes - known, Heat: heat[0]}, {State: "known", Nodes: known, Heat: heat[1]},
		}})
	}
	s := &scene{record: newRecord(nodes), meta: meta{nodes: nodes, title: "rumour"}, speed: normal}
	s.extend(l)
	s.now, s.end = l.At(l.Len()).At, l.At(l.Len()).At
	s.cursor = cursor{l.Len(), s.now}
	s.beside = []*scene{s}
	s.compose()
	return s
}

// Many nodes are counted, drawn as curves and mapped, at every cursor; panes that would show
// each say why they don't. No frame takes long.
func TestCrowdIsCounted(t *testing.T) {
	for _, nodes := range []int{10, 1000, 1_000_000} {
		s := rumour(nodes)
		s.cursor = cursor{51, s.log.At(51).At}
		s.compose()
		for _, size := range [][2]int{{40, 10}, {58, 15}, {118, 30}} {
			got := ansi.Strip(drawn(int(paneNamed("cluster")), s, size[0], size[1]))
			for _, want := range []string{"susceptible " + itoa(nodes/2), "100%", "sss"} {
				if !strings.Contains(got, want) {
					t.Errorf("%d nodes, %v: %q is not in\n%s", nodes, size, want, got)
				}
			}
			if half := strings.Count(got, "k"); half < 3 {
				t.Errorf("%d nodes, %v: no curve or map of those that know\n%s", nodes, size, got)
			}
		}
		for _, pane := range []string{"versions", "space-time"} {
			if got := ansi.Strip(drawn(int(paneNamed(pane)), s, 100, 10)); !strings.Contains(got, "too many to show each") {
				t.Errorf("%d nodes: %s shows\n%s", nodes, pane, got)
			}
		}
		if _, bold, _ := strings.Cut(ansi.Strip(drawn(int(paneNamed("cluster")), s, 58, 15)), "n1 first"); strings.Count(bold, "k") < strings.Count(bold, "s")*4/5 || strings.Count(bold, "s") < strings.Count(bold, "k")*4/5 {
			t.Errorf("%d nodes: half of them know, and the map has\n%s", nodes, bold)
		}
		began := time.Now()
		for range 20 {
			drawn(int(paneNamed("cluster")), s, 118, 30)
		}
		if took := time.Since(began) / 20; took > 20*time.Millisecond {
			t.Errorf("%d nodes: a frame takes %v", nodes, took)
		} else {
			t.Logf("%d nodes: a frame takes %v", nodes, took)
		}
	}
}

// Where the nodes of each place are in several states, the map's letters are about as many as
// the nodes.
func TestMapKeepsShares(t *testing.T) {
	for _, share := range []int{0, 30, 250, 500, 970, 1000} {
		const cells = 400
		drawn := 0
		for k := range cells {
			drawn += drawnState([]int{1000 - share, share}, 1000, k)
		}
		if want := cells * share / 1000; drawn < want-2 || drawn > want+2 {
			t.Errorf("%d of 1000 are drawn as %d of %d letters, want some %d", share, drawn, cells, want)
		}
	}
}

// A partition of many nodes is told while it lasts, and their messages are counted.
func TestCrowdIsParted(t *testing.T) {
	d := newDriver(t, opener(t, "use nodes 200\nuse store memory\nuse policy gossip mode=anti-entropy\nat 0.2s partition n7 n9 | *\nat 0.5s alice@n1 RUMOUR fire\nat 5s heal\nat 9s end\n"), 80, 24)
	d.goTo(4 * time.Second)
	d.shows("✂ partition n7 n9 | *", "partition now ✂ n7 n9 | *")
	if got := d.p.scene.verdict.messages.text; got == "0" {
		t.Error("no message is counted while they run")
	}
	d.goTo(6 * time.Second)
	d.shows("partition now ✓ none", "the nodes, n1 first")
	d.goTo(4 * time.Second)
	d.shows("partition now ✂ n7 n9 | *")
}
