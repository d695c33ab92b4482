package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"capsim/export"
	"capsim/tui/canvas"
)

// TestPictureFollows: the picture turns to the key that is written last, until the reader
// picks one, and again when asked to.
func TestPictureFollows(t *testing.T) {
	d := newDriver(t, opener(t, `use store memory
at 0.1s alice@n1 SET cart milk
at 0.5s alice@n1 SET stock 3
at 0.9s bob@n2 GET cart
at 1.5s bob@n2 SET user ann
at 3s   end
`), 120, 40)
	shows := func(at time.Duration, key, how string) {
		t.Helper()
		d.goTo(at)
		if got := ansi.Strip(d.p.View()); !strings.Contains(got, "cluster: "+key+", "+how) {
			t.Errorf("at %v it does not show %s, %s:\n%s", at, key, how, got[:600])
		}
	}
	shows(200*time.Millisecond, "cart", "written last")
	shows(time.Second, "stock", "written last") // a read turns nothing
	shows(2*time.Second, "user", "written last")
	shows(200*time.Millisecond, "cart", "written last")
	shows(time.Second, "stock", "written last")
	d.keys("up")
	shows(time.Second, "cart", "picked")
	shows(2*time.Second, "cart", "picked")
	d.keys("F")
	shows(2*time.Second, "user", "written last")
}

// TestPictureUnderLoad: the picture does not flicker from key to key.
func TestPictureUnderLoad(t *testing.T) {
	d := newDriver(t, opener(t, "use store memory\nworkload w clients=3 at=n1,n2,n3 rate=100/s keys=9 ops=SET:100% from 0s to 8s\nat 9s end\n"), 80, 24)
	d.goTo(9 * time.Second)
	if n := len(d.p.scene.follows.keys); n < 3 || n > 3+8/2+1 {
		t.Errorf("it turned %d times in 8 s", n)
	}
}

// TestWalkOnWire: e goes through every link and message, and E back.
func TestWalkOnWire(t *testing.T) {
	d := newDriver(t, opener(t, `use store memory
use latency const(100ms)
client dora remote
at 0s    alice@n1 SET cart milk
at 50ms  dora@n2 GET cart
at 1s    end
`), 120, 40)
	d.goTo(60 * time.Millisecond)
	var seen []export.Subject
	for range 20 {
		d.keys("e")
		if len(seen) > 0 && d.p.scene.picked == seen[0] {
			break
		}
		seen = append(seen, d.p.scene.picked)
	}
	links, messages := 0, 0
	for _, of := range seen {
		switch of.Kind {
		case export.LinkSubject:
			links++
		case export.MessageSubject:
			messages++
			if !strings.Contains(ansi.Strip(d.p.View()), "n1") {
				t.Error("the picture is gone")
			}
		}
	}
	if links != 3+3 || messages != len(d.p.scene.flights) || messages < 3 {
		t.Errorf("%d links, %d messages of %d: %v", links, messages, len(d.p.scene.flights), seen)
	}
	d.keys("E")
	if got := d.p.scene.picked; got != seen[len(seen)-1] {
		t.Errorf("E after the first link selects %v", got)
	}
	if got := ansi.Strip(d.p.View()); !strings.Contains(got, "m"+itoa(int(d.p.scene.picked.Msg))+" ") {
		t.Errorf("the selected message is not named:\n%s", got)
	}
}

// TestHostsDoNotOverlap places every number of hosts in rooms of many sizes.
func TestHostsDoNotOverlap(t *testing.T) {
	for nodes := 1; nodes <= 9; nodes++ {
		for clients := range 7 {
			for w := 42; w < 120; w += 3 {
				for h := 8; h < 40; h++ {
					area := canvas.R(1, 1, w, h)
					p := draft(nodes, clients, area)
					for _, b := range p.boxes {
						if b.Within(area) != b {
							t.Fatalf("%d nodes, %d clients in %dx%d: %v is outside", nodes, clients, w, h, b)
						}
					}
					if !apart(p.boxes, 0, 0) {
						t.Fatalf("%d nodes, %d clients in %dx%d: boxes overlap: %v", nodes, clients, w, h, p.boxes)
					}
				}
			}
		}
	}
}
