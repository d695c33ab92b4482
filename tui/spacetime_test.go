package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"capsim/export"
)

// diagram opens a script with the space-time pane alone on the screen.
func diagram(t *testing.T, script string, w, h int, at time.Duration) *driver {
	t.Helper()
	d := newDriver(t, opener(t, script), w, h)
	d.goTo(at)
	d.p.showPane(paneNamed("space-time"))
	d.keys("z")
	return d
}

// rowsOf returns the rows of the screen without colours.
func (d *driver) rowsOf() []string {
	d.p.dirty = true
	return strings.Split(ansi.Strip(d.p.View()), "\n")
}

// TestWindowStands: while the cursor moves on within a quarter of the window, the instants
// and marks stand where they were.
func TestWindowStands(t *testing.T) {
	d := diagram(t, proof, 100, 30, 3760*time.Millisecond)
	before := d.rowsOf()
	d.goTo(3990 * time.Millisecond)
	after := d.rowsOf()
	if before[4] != after[4] || !strings.Contains(after[4], "3.5 s") {
		t.Errorf("the axis has moved:\n%s\n%s", before[4], after[4])
	}
	d.goTo(4010 * time.Millisecond)
	if next := d.rowsOf(); next[4] == after[4] {
		t.Errorf("the axis has not moved on: %s", next[4])
	}
}

// TestPan: < and > move the window and not the cursor, and F goes back to it.
func TestPan(t *testing.T) {
	d := diagram(t, proof, 100, 30, 3700*time.Millisecond)
	at, followed := d.p.scene.cursor, d.rowsOf()[4]
	d.keys("<", "<", "<", "<")
	rows := d.rowsOf()
	if d.p.scene.cursor != at {
		t.Error("the cursor has moved")
	}
	if rows[4] == followed || !strings.Contains(strings.Join(rows, "\n"), "F follows") {
		t.Errorf("the window has not moved, or does not say how to go back:\n%s", strings.Join(rows, "\n"))
	}
	stood := rows[4]
	d.goTo(4500 * time.Millisecond)
	if got := d.rowsOf()[4]; got != stood {
		t.Errorf("the window moves with the cursor: %s, was %s", got, stood)
	}
	d.keys(">", ">", "F")
	d.goTo(3700 * time.Millisecond)
	if got := d.rowsOf()[4]; got != followed {
		t.Errorf("F does not follow: %s, was %s", got, followed)
	}
	for range 100 {
		d.keys("<")
	}
	if got := d.rowsOf()[4]; !strings.Contains(got, "0 ms") {
		t.Errorf("it does not stop at the beginning: %s", got)
	}
	for range 100 {
		d.keys(">", "up")
	}
	d.keys("down")
	checkFits(t, d.p.View(), 100, 30)
}

// TestDiagramTells: what the diagram is to show of a run can be found in it, by sign and
// word.
func TestDiagramTells(t *testing.T) {
	const script = `use store memory
use latency const(20ms)
at 0.2s  alice@n1 SET cart milk
at 0.4s  partition n1 | n2 n3%s
at 0.5s  alice@n1 SET cart eggs
at 0.6s  bob@n2 GET cart
at 0.65s pause n3
at 0.75s resume n3
at 0.8s  crash n3
at 0.9s  heal
at 1.5s  end
`
	lost := strings.Join(diagram(t, strings.Replace(script, "%s", "", 1), 120, 40, 880*time.Millisecond).rowsOf(), "\n")
	for _, want := range []string{"alice writes v1", "alice writes v2", "bob reads v1 ✗ stale", "paused", "down", "✗", "●", "✂", "▲"} {
		if !strings.Contains(lost, want) {
			t.Errorf("%q is not in\n%s", want, lost)
		}
	}
	d := diagram(t, strings.Replace(script, "%s", " hold", 1), 120, 40, 880*time.Millisecond)
	held := strings.Join(d.rowsOf(), "\n")
	if strings.Count(held, "‖") < 2+1 { // two copies, and the pause
		t.Errorf("held messages can't be seen:\n%s", held)
	}
	d.goTo(time.Second)
	if m := d.p.scene.record.message(d.p.scene.log.At(d.sendOf(t, "0.5")).Msg); m.held == 0 || m.released <= m.held {
		t.Errorf("a message that was held and let go is %+v", *m)
	}
}

// sendOf returns the event that sends the first write after an instant in seconds.
func (d *driver) sendOf(t *testing.T, after string) int {
	t.Helper()
	for n := 1; n <= d.p.scene.log.Len(); n++ {
		if e := d.p.scene.log.At(n); len(e.Ops) > 0 && e.Msg != 0 && strings.TrimSpace(seconds(e.At)) >= after {
			return n
		}
	}
	t.Fatal("no message carries a write")
	return 0
}

// TestWalkDiagram: E goes back over all that can be selected, e forward again.
func TestWalkDiagram(t *testing.T) {
	d := diagram(t, proof, 120, 40, 450*time.Millisecond)
	kinds := map[export.SubjectKind]int{}
	var back []export.Subject
	for range 40 {
		d.keys("E")
		of := d.p.scene.picked
		if len(back) > 0 && of == back[len(back)-1] {
			break
		}
		back = append(back, of)
		kinds[of.Kind]++
		checkFits(t, d.p.View(), 120, 40)
	}
	if kinds[export.OpSubject] != 1 || kinds[export.VersionSubject] != 3 || kinds[export.MessageSubject] < 2 {
		t.Errorf("E selects %v", back)
	}
	for i := len(back) - 2; i >= 0; i-- {
		if d.keys("e"); d.p.scene.picked != back[i] {
			t.Fatalf("e selects %+v, not %+v", d.p.scene.picked, back[i])
		}
	}
	d.p.scene.picked = export.Subject{}
	d.goTo(2 * time.Millisecond)
	if d.keys("e"); !strings.Contains(d.p.notice.text, "nothing") {
		t.Errorf("where nothing has happened it says %q", d.p.notice.text)
	}
}

// TestCrowdedDiagram: with more hosts than rows each is still named.
func TestCrowdedDiagram(t *testing.T) {
	script := "use nodes 9\nuse store memory\nclient dora remote\nclient erin remote\nat 0.1s dora@n1 SET cart milk\nat 1s end\n"
	d := newDriver(t, opener(t, script), 80, 24)
	d.goTo(500 * time.Millisecond)
	d.p.showPane(paneNamed("space-time"))
	got := strings.Join(d.rowsOf()[12:], "\n")
	for _, want := range []string{"n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9", "dora", "erin", "●"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in\n%s", want, got)
		}
	}
}

// TestDiagramZones: what is drawn can be clicked: dots, operations, messages.
func TestDiagramZones(t *testing.T) {
	d := diagram(t, proof, 120, 40, 450*time.Millisecond)
	d.rowsOf()
	kinds := map[export.SubjectKind]int{}
	for _, z := range d.p.zones.all {
		kinds[z.of.Kind]++
	}
	for _, k := range []export.SubjectKind{export.OpSubject, export.VersionSubject, export.MessageSubject, export.NodeSubject} {
		if kinds[k] == 0 {
			t.Errorf("nothing of kind %d can be clicked", k)
		}
	}
}

// TestGatherAgain: what a window holds is the same, whether the cursor came from before or
// from behind.
func TestGatherAgain(t *testing.T) {
	d := diagram(t, proof, 120, 40, 8*time.Second)
	for _, at := range []time.Duration{300, 3600, 2300, 2100, 2300, 5200, 300} {
		d.goTo(at * time.Millisecond)
		got := d.p.View()
		fresh := diagram(t, proof, 120, 40, at*time.Millisecond)
		if want := fresh.p.View(); strings.Join(strings.Split(got, "\n")[3:39], "") != strings.Join(strings.Split(want, "\n")[3:39], "") {
			t.Errorf("at %d ms it shows\n%s\nand afresh\n%s", at, ansi.Strip(got), ansi.Strip(want))
		}
	}
}
