package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"capsim/model"
	"capsim/tui/canvas"
)

const filtering = `use store memory
use latency const(50ms)
at 0.1s  alice@n1 SET cart milk
at 0.2s  bob@n2 SET stock 5
at 0.3s  carol@n3 GET cart
at 1s    alice@n1 SET cart eggs
at 1s    bob@n2 SET stock 6
at 2s    end
`

// The filter leaves out of lists what does not match, while it is typed; enter keeps it, esc
// ends it, and the titles say it.
func TestFilter(t *testing.T) {
	tests := []struct {
		pane, filter string
		stays, goes  string
	}{
		{"versions", "CAR", "cart ", "stock "},
		{"operations", "stock", "SET stock 6", "SET cart eggs"},
		{"operations", "Carol", "GET cart", "SET cart eggs"},
		{"wire", "cart", "SET cart eggs", "SET stock 6"},
		{"wire", "n2->n3", "SET stock 6", "SET cart eggs"},
		{"story", "bob", "bob sets", "alice sets"},
	}
	for _, tt := range tests {
		t.Run(tt.pane+" "+tt.filter, func(t *testing.T) {
			d := showing(t, filtering, tt.pane, 120, 40, 1020*time.Millisecond)
			d.sees(tt.stays, tt.goes)
			d.keys("/")
			d.typed(tt.filter)
			d.sees("/"+tt.filter, tt.stays)
			d.seesNot(tt.goes)
			d.keys("enter")
			d.sees(tt.pane, " /"+strings.ToLower(tt.filter)+" ", tt.stays)
			d.seesNot(tt.goes)
			d.keys("/", "esc")
			d.sees(tt.stays, tt.goes)
			d.keys("/")
			d.typed("xyz")
			d.keys("enter")
			d.sees("filter; / changes it")
			d.seesNot(tt.stays)
			d.keys("/", "ctrl+u", "enter")
			d.sees(tt.stays, tt.goes)
		})
	}
	d := newDriver(t, opener(t, filtering), 120, 40)
	d.goTo(1020 * time.Millisecond)
	d.keys("/")
	d.typed("cart")
	d.keys("enter", "z", "esc")
	if d.p.scene.filter == "" {
		t.Error("esc ends more than the zoom")
	}
	if d.keys("esc"); d.p.scene.filter != "" {
		t.Error("esc does not end the filter")
	}
}

// Up and down go only through what passes.
func TestFilteredSelection(t *testing.T) {
	d := showing(t, filtering, "operations", 120, 40, 1020*time.Millisecond)
	d.keys("/")
	d.typed("stock")
	d.keys("enter")
	for range 4 {
		d.keys("down")
		if op := d.p.scene.index.Op(d.p.scene.picked.Op); op == nil || op.Client != "bob" {
			t.Fatalf("%+v is selected", d.p.scene.picked)
		}
	}
	d.p.showPane(paneNamed("story"))
	d.keys("up", "up")
	if at := d.p.scene.at; at != model.Time(250*time.Millisecond) {
		t.Errorf("the sentence before the last of the stock is at %v", at)
	}
}

// Tabs that don't fit are counted; the one that shows always has its title.
func TestTabsThatDontFit(t *testing.T) {
	titles := []string{"story", "versions", "space-time: 1.0 s", "operations: 2.0 s", "charts", "wire"}
	cm := testCommon(0, &canvas.UnicodeGlyphs)
	for w := 20; w <= 90; w++ {
		for shown := range titles {
			var c canvas.Canvas
			c.Reset(w, 3)
			ends := cm.Border(&c, canvas.R(0, 0, w, 3), titles, shown, true)
			line := strings.Split(ansi.Strip(c.Render(cm.Theme)), "\n")[0]
			if got := ansi.StringWidth(line); got != w || !strings.HasSuffix(line, "─╮") {
				t.Fatalf("%d columns: %q", w, line)
			}
			seen := 0
			for _, title := range titles {
				if strings.Contains(line, " "+title+" ") {
					seen++
				}
			}
			want := titles[shown][:min(len(titles[shown]), w-13)]
			if !strings.Contains(line, want) {
				t.Errorf("%d columns: %q does not show %q", w, line, titles[shown])
			}
			if hidden := len(titles) - seen; hidden > 0 && seen > 0 && !strings.Contains(line, " +"+itoa(hidden)+" ") && !strings.Contains(line, "…") {
				t.Errorf("%d columns: %q hides %d", w, line, hidden)
			}
			if len(ends) != len(titles) || ends[len(ends)-1] >= w {
				t.Errorf("%d columns: ends %v", w, ends)
			}
		}
	}
}
