package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"capsim/export"
)

// openVersions opens a script with the versions pane alone on the screen.
func openVersions(t *testing.T, script string, w, h int, at time.Duration) *driver {
	t.Helper()
	d := newDriver(t, opener(t, script), w, h)
	d.goTo(at)
	d.p.showPane(paneNamed("versions"))
	d.keys("z")
	return d
}

// TestVersionsSelection: ↑ ↓ go through keys, n and N through the nodes of a key, and the
// column is kept from key to key.
func TestVersionsSelection(t *testing.T) {
	d := openVersions(t, "use store memory\nat 0.1s alice@n1 SET cart milk\nat 0.2s alice@n1 SET stock 3\nat 1s end\n", 80, 24, time.Second)
	for _, step := range []struct {
		key  string
		want export.Subject
	}{
		{"up", keySubject("cart")},
		{"n", cellSubject(1, "cart")},
		{"n", cellSubject(2, "cart")},
		{"down", cellSubject(2, "stock")},
		{"down", cellSubject(2, "stock")},
		{"n", cellSubject(3, "stock")},
		{"n", keySubject("stock")},
		{"N", cellSubject(3, "stock")},
		{"up", cellSubject(3, "cart")},
	} {
		if d.keys(step.key); d.p.scene.picked != step.want {
			t.Fatalf("%s selects %+v, not %+v", step.key, d.p.scene.picked, step.want)
		}
		if !strings.Contains(ansi.Strip(d.p.View()), d.p.Glyphs.Here) {
			t.Error("the selection can't be seen")
		}
	}
}

// TestVersionsZones: a click finds the version, the cell and the key.
func TestVersionsZones(t *testing.T) {
	d := openVersions(t, proof, 120, 40, 3*time.Second)
	d.p.View()
	found := map[export.Subject]bool{}
	for _, z := range d.p.zones.all {
		found[z.of] = true
	}
	for _, of := range []export.Subject{
		keySubject("cart"), cellSubject(1, "cart"), cellSubject(3, "cart"),
		{Kind: export.VersionSubject, Node: 1, Key: "cart", Op: 2},
		{Kind: export.VersionSubject, Node: 2, Key: "cart", Op: 1},
	} {
		if !found[of] {
			t.Errorf("%+v can't be clicked", of)
		}
	}
	if found[export.Subject{Kind: export.VersionSubject, Node: 2, Key: "cart", Op: 2}] {
		t.Error("a version can be clicked where it is not")
	}
}

// TestNarrowCells: where a cell has room for one version, it shows what the node serves and
// not a dot, however old that is.
func TestNarrowCells(t *testing.T) {
	script := "use nodes 9\nuse store memory\nat 0.1s alice@n1 SET cart milk\nat 1s partition n1 | *\nat 1.1s alice@n1 SET cart eggs\nat 1.2s alice@n1 SET cart tea\nat 2s end\n"
	d := openVersions(t, script, 80, 24, 1500*time.Millisecond)
	for _, line := range strings.Split(ansi.Strip(d.p.View()), "\n") {
		if strings.Contains(line, " cart") && strings.Contains(line, "[") {
			if strings.Count(line, "[v1]") != 8 || strings.Count(line, "[v3]") != 1 || !strings.Contains(line, "diverged") {
				t.Errorf("the row is %q", line)
			}
			return
		}
	}
	t.Errorf("there is no row of cart:\n%s", ansi.Strip(d.p.View()))
}

// TestManyKeys: 500 keys scroll; the chosen one is in sight, and the filter leaves out the
// others.
func TestManyKeys(t *testing.T) {
	var b strings.Builder
	b.WriteString("use store memory\n")
	for i := range 500 {
		b.WriteString("at " + itoa(i+1) + "ms alice@n1 SET key" + itoa(i) + " x\n")
	}
	b.WriteString("at 1s end\n")
	d := openVersions(t, b.String(), 80, 24, time.Second)
	d.p.pick(keySubject("key0"))
	for range 300 {
		d.keys("down")
	}
	got := ansi.Strip(d.p.View())
	if !strings.Contains(got, "▸ key300 ") || !strings.Contains(got, " above, ") || !strings.Contains(got, " below ") {
		t.Errorf("after 300 steps it shows\n%s", got)
	}
	d.p.setFilter("key49")
	d.p.dirty = true
	if got := ansi.Strip(d.p.View()); strings.Contains(got, "key300 ") || !strings.Contains(got, "key499 ") || !strings.Contains(got, "/key49") {
		t.Errorf("filtered it shows\n%s", got)
	}
	if d.keys("down"); d.p.scene.key != "key49" {
		t.Errorf("↓ goes to %s", d.p.scene.key)
	}
	d.p.setFilter("nothing like it")
	d.p.dirty = true
	if got := ansi.Strip(d.p.View()); !strings.Contains(got, "No key passes the filter") {
		t.Errorf("an empty pane does not say why:\n%s", got)
	}
}
