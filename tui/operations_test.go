package tui

import (
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"capsim/export"
	"capsim/tui/canvas"
)

// showing opens a script, with one pane alone on the screen.
func showing(t testing.TB, script, pane string, w, h int, at time.Duration) *driver {
	t.Helper()
	d := newDriver(t, opener(t, script), w, h)
	d.goTo(at)
	d.p.showPane(paneNamed(pane))
	d.keys("z")
	return d
}

func (d *driver) sees(want ...string) {
	d.t.Helper()
	d.p.dirty = true
	got := d.screen()
	for _, w := range want {
		if !strings.Contains(got, w) {
			d.t.Errorf("%q is not on\n%s", w, got)
		}
	}
}

func (d *driver) seesNot(words ...string) {
	d.t.Helper()
	d.p.dirty = true
	got := d.screen()
	for _, w := range words {
		if strings.Contains(got, w) {
			d.t.Errorf("%q is on\n%s", w, got)
		}
	}
}

// outcomes has an operation of each outcome.
const outcomes = `use policy cp
use seed 3
use store memory
at 0.2s   alice@n2 SET account 100
at 1s     cut n1->n2
at 1.01s  alice@n2 INCRBY account 50
at 2.2s   bob@n1 GET account
at 3s     heal
at 4s     partition n1 n2 | n3
at 4.5s   carol@n3 SET account 7
at 6s     end
`

// How an operation ended is told in words and by the sign at the end of its box; what is to
// come is not shown.
func TestOperations(t *testing.T) {
	d := showing(t, outcomes, "operations", 120, 40, 1900*time.Millisecond)
	d.keys("}")
	d.sees("alice", "SET account 100 → OK", "INCRBY account 50 waiting", "[━")
	d.seesNot("bob", "carol", "refused", "no answer")
	d.goTo(2900 * time.Millisecond)
	d.sees("INCRBY account 50 ? no answer", "bob", "GET account → 150")
	d.goTo(4900 * time.Millisecond)
	d.sees("carol", "SET account 7 ✗ refused NOQUORUM")
	d.keys("shift+left", "shift+left", "shift+left")
	d.sees("INCRBY account 50 waiting")
	d.seesNot("bob", "carol", "refused", "no answer")
}

// operationsOf is the pane.
func operationsOf(d *driver) *operationsPane {
	return d.p.panes[paneNamed("operations")].(*operationsPane)
}

// Up and down go through the clients, < and > through what one asked for: selected
// everywhere, and enter asks why of it.
func TestOperationsSelect(t *testing.T) {
	d := showing(t, outcomes, "operations", 120, 40, 2900*time.Millisecond)
	s := d.p.scene
	picked := func() (string, string) {
		t.Helper()
		if s.picked.Kind != export.OpSubject {
			t.Fatalf("no operation is selected: %+v", s.picked)
		}
		op := s.index.Op(s.picked.Op)
		return op.Client, op.Command.String()
	}
	steps := []struct{ key, client, command string }{
		{"down", "alice", "INCRBY account 50"},
		{"<", "alice", "SET account 100"},
		{"<", "alice", "SET account 100"},
		{">", "alice", "INCRBY account 50"},
		{"down", "bob", "GET account"},
		{"down", "bob", "GET account"},
		{"up", "alice", "INCRBY account 50"},
	}
	for i, step := range steps {
		d.keys(step.key)
		if client, command := picked(); client != step.client || command != step.command {
			t.Errorf("step %d, %s: %s %s is selected, not %s %s", i, step.key, client, command, step.client, step.command)
		}
	}
	d.sees("▸ alice at n2 v2 INCRBY account 50 ? no answer")
	d.keys("<", "<")
	d.sees("this is the first that alice asked for")
	z := d.zoneOf(opSubject(s.index.Ops()[2].ID))
	d.send(tea.MouseMsg{X: z.X, Y: z.Y, Action: tea.MouseActionPress, Button: tea.MouseButtonLeft})
	if client, _ := picked(); client != "bob" {
		t.Error("a click does not select the operation")
	}
}

// zoneOf returns the zone that selects something.
func (d *driver) zoneOf(of export.Subject) canvas.Rect {
	d.t.Helper()
	d.p.dirty = true
	_ = d.p.View()
	for _, z := range d.p.zones.all {
		if z.of == of {
			return z.Rect
		}
	}
	d.t.Fatalf("no zone selects %+v", of)
	return canvas.Rect{}
}

// Forty clients don't fit; the selected one is always in sight.
func TestManyClients(t *testing.T) {
	var script strings.Builder
	script.WriteString("use store memory\n")
	for i := range 40 {
		script.WriteString("at " + itoa(10*i) + "ms  c" + itoa(i) + "@n1 SET k" + itoa(i) + " v\n")
	}
	script.WriteString("at 1s end\n")
	for _, size := range [][2]int{{80, 24}, {120, 40}, {200, 60}} {
		d := showing(t, script.String(), "operations", size[0], size[1], 900*time.Millisecond)
		for i := range 40 {
			d.keys("down")
			if name := operationsOf(d).client; name != "c"+itoa(i) {
				t.Fatalf("press %d selects %s", i, name)
			}
			d.sees("▸ c" + itoa(i) + " ")
			checkFits(t, d.p.View(), size[0], size[1])
		}
	}
}
