package tui

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/vt"

	"capsim/export"
	"capsim/model"
	"capsim/tui/canvas"
)

// nasty are texts made to disturb a terminal.
var nasty = []string{
	"a\x1b[2J\x07b\x1b]0;owned\x07\x1b[31m", "\u202e right to left \u2066 שלום مرحبا \u200f",
	"👩\u200d👩\u200d👧 🇨🇭🇨🇭 👍🏽 ❤\ufe0f 1\ufe0f\u20e3", "ä" + strings.Repeat("\u0301", 300), "\u0301 begins with a mark",
	"购物车牛奶和鸡蛋和面包和很多很多别的东西", "\xff\xfe\xc3\x28 \xe2\x82", strings.Repeat("漢x", 2500), "ᄀ\u1161\u11a8 \u115f\u3164\uffa0 ﷽ 𒐫 \u034f\u00ad",
	"line\r\nbreak\ttab\x00\x7f\u0085\u2028", "\U000e0001\U000e0061\ue000\U0010fffd\u180b\u17b4", strings.Repeat("x", 10000),
}

// inHex writes a text as a word of the script language.
func inHex(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range []byte(s) {
		if c < 0x20 || c >= 0x7f || c == '"' || c == '\\' {
			fmt.Fprintf(&b, `\x%02x`, c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String() + `"`
}

// nastyScript has nine nodes, 500 keys, and the texts wherever a script has texts.
func nastyScript(title string) string {
	var b strings.Builder
	b.WriteString("use store memory\nuse nodes 9\nuse latency const(10ms)\n")
	for i, s := range nasty {
		fmt.Fprintf(&b, "at %dms alice@n1 SET %s %s\n", 100+40*i, inHex(s), inHex(nasty[(i+1)%len(nasty)]))
		fmt.Fprintf(&b, "at %dms %s@n%d GET %s\n", 101+40*i, "bob", 2+i%8, inHex(s))
		fmt.Fprintf(&b, "at %dms carol@n%d SADD %s %s\n", 102+40*i, 1+i%9, inHex("set "+s), inHex(s))
		if i < 7 && utf8.ValidString(s) && !strings.ContainsAny(s, "\r\n\x00") {
			fmt.Fprintf(&b, "at %dms say %s\n", 103+40*i, inHex(s))
		}
	}
	b.WriteString("at 650ms partition n1 n2 | n3 n4 n5 n6 n7 n8 n9\n")
	fmt.Fprintf(&b, "at 700ms alice@n1 SET %s new\nat 710ms bob@n9 GET %s\n", inHex(nasty[0]), inHex(nasty[0]))
	b.WriteString("workload load clients=9 at=n1,n5,n9 rate=400/s keys=500 ops=GET:50%,SET:50% from 720ms to 1.2s\n")
	b.WriteString("at 2s end\n")
	return title + b.String()
}

// checkShown fails if a terminal does not show what was drawn: each character in its column.
func checkShown(t *testing.T, what string, p *program) {
	t.Helper()
	p.dirty = true
	checkFits(t, p.View(), p.w, p.h)
	p.draw()
	bare := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Mn, r) {
				return -1
			}
			return r
		}, s)
	}
	drawn := canvas.Canvas{W: p.canvas.W, H: p.canvas.H, Cells: append([]canvas.Cell(nil), p.canvas.Cells...)}
	for i, cl := range p.canvas.Cells {
		if cl.R < 0x80 { // the emulator puts no marks on ASCII
			p.canvas.Cells[i].Ext = 0
		}
	}
	e := vt.NewEmulator(p.w, p.h)
	var term canvas.Terminal
	shot := canvas.Shot{Canvas: p.canvas, Theme: p.Theme}
	fmt.Fprint(e, canvas.EnterScreen)
	_, _ = e.Write(term.Update(&shot))
	p.canvas = shot.Canvas
	for i, cl := range drawn.Cells {
		cl.Ext = 0
		got, want := bare(e.CellAt(i%p.w, i/p.w).Content), cellText(&drawn, cl)
		if got != want {
			t.Fatalf("%s at %dx%d: column %d of row %d shows %q, not %q, on\n%s", what, p.w, p.h, i%p.w, i/p.w, got, want, p.View())
		}
	}
	if len(p.overlays) > 0 {
		return
	}
	for _, sl := range p.slots() { // no value stands on a border
		for y := sl.Y + 1; y < sl.Y+sl.H-1; y++ {
			for _, x := range []int{sl.X, sl.X + sl.W - 1} {
				if r := drawn.Cells[y*p.w+x].R; r != p.Vertical && !(r >= 0x2190 && r < 0x2800) {
					t.Fatalf("%s at %dx%d: %q stands on the border in column %d of row %d", what, p.w, p.h, r, x, y)
				}
			}
		}
	}
}

// Whatever the texts of a run hold, each pane, layout and overlay shows on the terminal as it
// was drawn, and every border stands where it did.
func TestHostileEverywhere(t *testing.T) {
	script := nastyScript("")
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		d := newDriver(t, opener(t, script), size[0], size[1])
		d.withLibrary()
		for _, at := range []time.Duration{250 * time.Millisecond, 1300 * time.Millisecond} {
			if d.goTo(at); testing.Short() && at < time.Second {
				continue
			}
			for i := range layouts {
				d.p.setLayout(i)
				checkShown(t, "layout "+layouts[i].name, d.p)
			}
			for i := range paneList {
				d.p.zoomed = true
				d.p.setFocus(paneName(i), 0)
				for range 2 {
					d.keys("down")
					checkShown(t, "pane "+paneList[i].name, d.p)
				}
			}
			d.p.zoomed = false
		}
		if testing.Short() && size[0] > 80 {
			d.p.closeAll()
			continue
		}
		subjects := []export.Subject{nodeSubject(3), {Kind: export.CheckSubject, Check: "linearizable", Key: nasty[0]}}
		for i, s := range nasty {
			if testing.Short() && i%2 == 1 {
				continue
			}
			subjects = append(subjects, cellSubject(model.NodeID(1+i%9), s))
		}
		for _, s := range subjects {
			d.p.pick(s)
			d.p.setFocus(paneNamed("inspector"), 0)
			d.p.zoomed = true
			checkShown(t, "the inspector", d.p)
			d.do(d.p.askWhy(s))
			checkShown(t, "why", d.p)
			d.keys("down", "enter")
			checkShown(t, "why, further", d.p)
			d.p.overlays = nil
		}
		d.p.zoomed = false
		for _, open := range []string{":", "/", "s", "w", "r", "p", "x", "K", "!", "?", "l", "v", "q"} {
			for _, s := range nasty {
				if s = strings.ToValidUTF8(s, "\ufffd"); open != ":" && open != "/" && open != "s" && s != nasty[0] {
					continue
				}
				d.keys(open)
				checkShown(t, open, d.p)
				if len(s) > 1000 || open == ":" || open == "/" || open == "s" {
					d.send(tea.KeyMsg{Type: tea.KeyRunes, Paste: true, Runes: []rune(s)})
					checkShown(t, open+" with a text pasted", d.p)
					d.keys("home", "right", "left")
					checkShown(t, open+" with a text pasted, at its beginning", d.p)
				}
				d.keys("down", "end")
				checkShown(t, open+" further", d.p)
				d.p.overlays = nil
				d.p.setFilter("")
			}
		}
		for _, s := range nasty { // commands, their refusals, and names of forks
			for _, line := range []string{"alice@n1 SET " + inHex(s) + " x", "key " + s} {
				d.keys(":")
				d.send(tea.KeyMsg{Type: tea.KeyRunes, Paste: true, Runes: []rune(line)})
				d.keys("enter")
				checkShown(t, "a command or its refusal", d.p)
			}
			d.p.overlays = nil
			d.p.tree.current.rename(s)
			d.p.setFocus(paneNamed("forks"), 0)
			d.p.zoomed = true
			checkShown(t, "a fork's name", d.p)
			d.p.zoomed = false
		}
		d.p.closeAll()
	}
}

// A lesson's title, its text and its questions are texts like others.
func TestHostileLesson(t *testing.T) {
	for i, s := range nasty {
		if !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
			continue
		}
		lesson := strings.ReplaceAll(taught, "Two sides of a cut", "x "+s)
		lesson = strings.ReplaceAll(lesson, "The network splits", "x "+strings.ReplaceAll(inHex(s), `"`, ""))
		lesson = strings.ReplaceAll(lesson, "All three hold", "**x** `"+s+"` | "+s+" All three hold")
		d := newDriver(t, lessonOpener(t, fmt.Sprintf("cut%d.md", i), lesson), 80+i%2*40, 24+i%2*16)
		d.withLibrary()
		checkShown(t, "a lesson", d.p)
		for range 5 {
			d.act(" ", "play:700ms")
			checkShown(t, "a lesson", d.p)
		}
		d.p.closeAll()
	}
}

// Of a broken history the lines are read that are lines, and what is added begins a line of
// its own.
func TestHistoryBroken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	broken := "first\n\xff\xfe\n" + strings.Repeat("\x00", 100_000) + "\nsecond\nhalf a li"
	if err := os.WriteFile(path, []byte(broken), 0o600); err != nil {
		t.Fatal(err)
	}
	h := newHistory(path)
	h.add("third")
	if m := h.keep()(); m != nil {
		t.Fatal(m)
	}
	want := []string{"first", "second", "half a li", "third"}
	if got := newHistory(path).lines; !slices.Equal(got, want) {
		t.Errorf("read %q, want %q", got, want)
	}
}
