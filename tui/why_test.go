package tui

import (
	"strings"
	"testing"
	"time"

	"capsim/export"
	"capsim/model"
	"capsim/tui/canvas"
)

// whyOpen returns the explanation on top; nil if there is none.
func whyOpen(d *driver) *whyView {
	if n := len(d.p.overlays); n > 0 {
		v, _ := d.p.overlays[n-1].(*whyView)
		return v
	}
	return nil
}

// Enter leads from a cause to its cause, and backspace back; g goes to the chosen event.
func TestWhyLeadsOn(t *testing.T) {
	d := newDriver(t, recorded(t, "proof"), 120, 40)
	d.goTo(3600 * time.Millisecond)
	d.do(d.p.askWhy(export.Subject{Kind: export.CheckSubject, Check: "linearizable"}))
	for _, want := range []string{"why: linearizable: no", "[A]", "[B]", "A: alice's SET cart eggs (v2) at n1", "message 18 with it was lost at 2.200 s"} {
		if !strings.Contains(d.screen(), want) {
			t.Errorf("%q is not on the screen:\n%s", want, d.screen())
		}
	}
	v := whyOpen(d)
	for range 50 {
		if of, _ := v.page().chosen(); of.Kind == export.MessageSubject {
			break
		}
		d.keys("down")
	}
	d.keys("enter")
	if got := d.screen(); len(v.pages) != 2 || !strings.Contains(got, "why: message 18 from n1 to n2") || !strings.Contains(got, "esc: back to the check linearizable") {
		t.Fatalf("enter on a message shows\n%s", got)
	}
	d.keys("backspace")
	if !strings.Contains(d.screen(), "why: linearizable: no") {
		t.Fatal("backspace does not go back")
	}
	_, n := v.page().chosen()
	d.keys("g")
	if len(d.p.overlays) != 0 || d.p.scene.n != n || d.p.scene.at != d.p.scene.log.At(n).At {
		t.Errorf("g leaves the cursor at %+v, the event is #%d", d.p.scene.cursor, n)
	}
}

// The overlay is there at once, and says so while the explanation is being made.
func TestWhyWaits(t *testing.T) {
	d := newDriver(t, recorded(t, "proof"), 80, 24)
	d.goTo(3600 * time.Millisecond)
	cmd := d.p.askWhy(opSubject(2))
	if !strings.Contains(d.screen(), "…") {
		t.Error("nothing says that it is being made")
	}
	d.keys("down", "enter", "g", "pgdown", "end")
	d.do(cmd)
	if !strings.Contains(d.screen(), "why: alice's SET cart eggs") {
		t.Errorf("it does not come:\n%s", d.screen())
	}
	d.keys("esc")
	if len(d.p.overlays) != 0 {
		t.Error("esc does not close it")
	}
}

// Every explanation fits every size, whatever its rows.
func TestWhyFits(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}, {200, 60}} {
		d := newDriver(t, recorded(t, "remote"), size[0], size[1])
		d.goTo(900 * time.Millisecond)
		d.p.common.Glyphs = &canvas.AsciiGlyphs
		for n := 1; n <= d.p.scene.n; n += 7 {
			d.do(d.p.askWhy(export.Subject{Kind: export.EventSubject, Event: n}))
			d.do(whyOpen(d).ask(d.p, export.Subject{Kind: export.MessageSubject, Msg: model.MsgID(n)}))
			for range 12 {
				checkFits(t, d.p.View(), size[0], size[1])
				d.keys("down", "pgdown")
			}
			d.keys("enter", "q")
		}
	}
}

// y puts what is shown on the clipboard.
func TestWhyCopies(t *testing.T) {
	d := newDriver(t, recorded(t, "proof"), 80, 24)
	d.goTo(3600 * time.Millisecond)
	var got string
	d.p.clip = func(text string) { got = text }
	d.do(d.p.askWhy(opSubject(2)))
	d.keys("y")
	if !strings.Contains(got, "Timeline:") || !strings.Contains(d.p.notice.text, "copied") {
		t.Errorf("copied %q, said %q", got, d.p.notice.text)
	}
}
