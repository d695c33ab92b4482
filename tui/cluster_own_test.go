package tui

import (
	"strings"
	"testing"
	"time"

	"capsim/scenarios"
)

// Nodes that keep records of their own show each its last, of whatever key: with the key of one
// of them the others would seem to hold nothing. One that is gone is passed over, and a picked
// key shows at all.
func TestOwnRecords(t *testing.T) {
	const order = `use nodes 4
use policy transactions by=3pc
use store memory
use latency const(10ms)
at 0s     shop@n1 STOCK lamp 9
at 1s     alice@n4 ORDER o1 lamp 2
at 1.025s partition n4 n1 | n2 n3
at 8s     end
`
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		d := newDriver(t, opener(t, order), size[0], size[1])
		d.goTo(1100 * time.Millisecond)
		d.shows("cluster: what each wrote last")
		if got := d.screen(); strings.Count(got, "log:o1@n4")+strings.Count(got, "…") < 4 || strings.Contains(got, "│nothing") {
			t.Errorf("%v: the nodes' logs are not shown\n%s", size, got)
		}
		d.goTo(3 * time.Second)
		d.shows("stock:lamp 7")
		d.goTo(1100 * time.Millisecond)
		d.show("pane cluster", "up")
		if got := d.screen(); !strings.Contains(got, ", picked") || !strings.Contains(got, "nothing") {
			t.Errorf("%v: a picked key does not show at all nodes\n%s", size, got)
		}
	}
}

// What a lab's command writes becomes the key of the picture when it is written.
func TestFollowsALab(t *testing.T) {
	d := newDriver(t, opener(t, "use policy gossip\nuse nodes 9\nuse store memory\nat 0.5s alice@n1 RUMOUR fire\nat 2s bob@n2 RUMOUR flood\nat 9s end\n"), 80, 24)
	d.goTo(time.Second)
	d.shows("cluster: rumour:1, written last", "infe")
	d.goTo(4 * time.Second)
	d.shows("cluster: rumour:2, written last")
}

// A lesson on a lab has the diagram of who held what in sight, the others the versions.
func TestLessonOnALab(t *testing.T) {
	for name, want := range map[string]string{"redlock-clock": "╭─ space-time", "ap-converge": "╭─ versions"} {
		item, err := scenarios.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		d := newDriver(t, lessonOpener(t, item.File, string(item.Source)), 120, 40)
		d.goTo(5 * time.Second)
		d.shows(want)
	}
}
