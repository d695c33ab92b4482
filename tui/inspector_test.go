package tui

import (
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"capsim/export"
)

// inspecting shows the inspector alone, with something selected.
func inspecting(t *testing.T, w, h int, at time.Duration, of export.Subject) *driver {
	t.Helper()
	d := newDriver(t, opener(t, proof), w, h)
	d.goTo(at)
	d.p.showPane(paneNamed("inspector"))
	d.p.zoomed = true
	d.send(pickMsg{of})
	return d
}

// pickMsg selects something, as a click does.
type pickMsg struct{ of export.Subject }

func (m pickMsg) arrive(p *program) tea.Cmd { return p.request(request{pick: m.of}) }

// The inspector reads the run's own Redis where the run stands, and what it held then
// where the cursor stands in the past, whatever was done by hand in between.
func TestInspectorReadsTheDisk(t *testing.T) {
	d := inspecting(t, 80, 24, 3600*time.Millisecond, nodeSubject(1))
	holds := func(words ...string) {
		t.Helper()
		for _, w := range words {
			if !strings.Contains(d.screen(), w) {
				t.Errorf("%q is not shown:\n%s", w, d.screen())
			}
		}
	}
	holds("Redis, as it is now", "capsim:run:n1:key:cart", `{"value":"eggs"`, "capsim:run:n1:meta:ap/life")
	d.goTo(2100 * time.Millisecond)
	holds("Redis, as it was at 2.1 s", `{"value":"milk"`)
	d.goTo(3600 * time.Millisecond)
	d.give("alice@n1 SET cart figs")
	holds("Redis, as it is now", `{"value":"figs"`)
	d.goTo(3800 * time.Millisecond)
	d.give("alice@n1 SET cart nuts")
	d.goTo(3700 * time.Millisecond)
	holds("Redis, as it was at 3.6 s", `{"value":"figs"`) // nothing has happened since
	if d.p.busy || d.p.disks.reading {
		t.Error("a job is still at work")
	}
}

// Without the inspector on the screen no disk is read.
func TestNoDiskUnlessShown(t *testing.T) {
	d := newDriver(t, opener(t, proof), 80, 24)
	d.goTo(time.Second)
	d.keys("1")
	if len(d.p.disks.read) > 0 {
		t.Error("a disk was read that nobody looks at")
	}
}

// Every subject of a run has facts that fit, and none leaves the screen.
func TestInspectorOfEverything(t *testing.T) {
	for _, name := range []string{"proof", "cp", "remote", "doubt"} {
		d := newDriver(t, recorded(t, name), 80, 24)
		d.goTo(950 * time.Millisecond)
		d.p.showPane(paneNamed("inspector"))
		s := d.p.scene
		var all []export.Subject
		for n := 1; n <= s.n; n++ {
			all = append(all, export.Subject{Kind: export.EventSubject, Event: n})
			if e := s.log.At(n); e.Msg != 0 {
				all = append(all, export.Subject{Kind: export.MessageSubject, Msg: e.Msg})
			}
		}
		for _, op := range s.index.Ops() {
			all = append(all, opSubject(op.ID))
			for _, v := range op.Versions {
				all = append(all, export.Subject{Kind: export.VersionSubject, Op: op.ID, Key: v.Key, Node: 2}, keySubject(v.Key),
					export.Subject{Kind: export.CellSubject, Key: v.Key, Node: 2})
			}
		}
		for _, of := range all {
			d.send(pickMsg{of})
			checkFits(t, d.p.View(), 80, 24)
			if !strings.Contains(d.screen(), printable(of.Name(s.index))[:5]) {
				t.Errorf("%s: %+v is not named:\n%s", name, of, d.screen())
			}
			d.keys("down", "pgdown", "pgup")
		}
	}
}

// y copies the value, the command and reply, the witness, the disk: just the text, and
// says so.
func TestCopy(t *testing.T) {
	d := inspecting(t, 120, 40, 3600*time.Millisecond, nodeSubject(1))
	var got string
	d.p.clip = func(text string) { got = text }
	for _, tt := range []struct {
		of   export.Subject
		want string
	}{
		{nodeSubject(1), `capsim:run:n1:key:cart {"value":"eggs"`},
		{export.Subject{Kind: export.VersionSubject, Op: 2, Key: "cart"}, "eggs"},
		{export.Subject{Kind: export.CellSubject, Node: 2, Key: "cart"}, "milk"},
		{opSubject(3), "bob@n2 GET cart -> milk"},
		{export.Subject{Kind: export.CheckSubject, Check: "linearizable"}, "bob's GET cart at n2"},
		{export.Subject{Kind: export.MessageSubject, Msg: 18}, "lost: 2.2 s: partition n1 | n2 n3"},
	} {
		got = ""
		d.send(pickMsg{tt.of})
		d.keys("y")
		if !strings.Contains(got, tt.want) || strings.HasPrefix(tt.want, "eggs") && got != "eggs" {
			t.Errorf("%+v: copied %q, want %q", tt.of, got, tt.want)
		}
		if !strings.Contains(d.p.notice.text, "copied: ") {
			t.Errorf("%+v: says %q", tt.of, d.p.notice.text)
		}
	}
	d.p.scene.picked = export.Subject{}
	if d.keys("y"); !strings.Contains(d.p.notice.text, "nothing is selected") {
		t.Errorf("without a selection it says %q", d.p.notice.text)
	}
}

// What is copied reaches the terminal only in base64.
func TestCopyIsHarmless(t *testing.T) {
	var b strings.Builder
	t.Setenv("TMUX", "")
	t.Setenv("TERM", "xterm")
	copyThrough(&b, "\x1b[2Jboo\x07")
	if got := b.String(); !strings.HasPrefix(got, "\x1b]52;c;") || strings.Count(got, "\x1b")+strings.Count(got, "\x07") > 2 {
		t.Errorf("wrote %q", got)
	}
}
