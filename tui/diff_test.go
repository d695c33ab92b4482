package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/vt"
	"github.com/muesli/termenv"
	"pgregory.net/rapid"

	"capsim/model"
	"capsim/tui/canvas"
)

// cellText returns what a terminal is to show in a cell.
func cellText(c *canvas.Canvas, cl canvas.Cell) string {
	switch {
	case cl.R == canvas.Covered:
		return ""
	case cl.R == 0:
		return " "
	case cl.Ext > 0:
		return string(cl.R) + c.Marks[cl.Ext-1]
	}
	return string(cl.R)
}

// checkShows fails if the emulated terminal doesn't show what was drawn: the characters of
// the canvas, and the looks that another terminal shows that was sent all of it in lines.
func checkShows(t interface{ Fatalf(string, ...any) }, e *vt.Emulator, p *canvas.Shot) {
	whole := vt.NewEmulator(p.W, p.H)
	fmt.Fprint(whole, "\x1b[?7l"+strings.ReplaceAll(p.Render(p.Theme), "\n", "\r\n"))
	for y := range p.H {
		for x := range p.W {
			got, ref := e.CellAt(x, y), whole.CellAt(x, y)
			want := cellText(&p.Canvas, p.Cells[y*p.W+x])
			if got.Content != want {
				t.Fatalf("column %d of row %d shows %q, not %q", x, y, got.Content, want)
			}
			if want == " " && !p.Theme.Visible[p.Cells[y*p.W+x].St] {
				continue // nobody sees the colour of a blank
			}
			if !got.Style.Equal(&ref.Style) {
				t.Fatalf("column %d of row %d, %q, looks like %+v, not %+v", x, y, want, got.Style, ref.Style)
			}
		}
	}
}

// Whatever was shown before, what is sent makes the terminal show what was drawn. (The
// emulator does not put combining marks on letters of ASCII: here they are on others.)
func TestTerminalShowsWhatWasDrawn(t *testing.T) {
	texts := []string{"plain", "─│╭▶●", "漢字", "é", "ä\u0301ß\u0323\u0301", "漢\u0301", "\x1b[2J", "\u202eabc\u200d", "🙂", " ", "   ", "n1→n2", "ﷺ", "👩‍👩‍👧"}
	rapid.Check(t, func(t *rapid.T) {
		themes := []*canvas.Theme{canvas.NewTheme(termenv.TrueColor, true), canvas.NewTheme(termenv.Ascii, true), canvas.NewTheme(termenv.ANSI, true)}
		th := rapid.SampledFrom(themes).Draw(t, "theme")
		var term canvas.Terminal
		var c canvas.Canvas
		var emulated *vt.Emulator
		w, h := 0, 0
		for range rapid.IntRange(1, 8).Draw(t, "frames") {
			if emulated == nil || rapid.IntRange(0, 4).Draw(t, "resize") == 0 {
				w, h = rapid.IntRange(1, 30).Draw(t, "w"), rapid.IntRange(1, 8).Draw(t, "h")
				if emulated == nil {
					emulated = vt.NewEmulator(w, h)
					fmt.Fprint(emulated, canvas.EnterScreen)
				}
				emulated.Resize(w, h)
				term.Forget()
			}
			if rapid.IntRange(0, 9).Draw(t, "retheme") == 0 {
				th = rapid.SampledFrom(themes).Draw(t, "theme")
			}
			c.Reset(w, h)
			for range rapid.IntRange(0, 12).Draw(t, "texts") {
				x, y := rapid.IntRange(0, w).Draw(t, "x"), rapid.IntRange(0, h-1).Draw(t, "y")
				st := canvas.Style(rapid.IntRange(0, int(canvas.StyleCount)-1).Draw(t, "st"))
				switch rapid.IntRange(0, 5).Draw(t, "how") {
				case 0:
					c.Restyle(x, y, 4, st)
				case 1:
					c.Fill(x, y, 5, ' ', st)
				default:
					c.Text(x, y, rapid.SampledFrom(texts).Draw(t, "text"), st)
				}
			}
			drawn := canvas.Shot{Canvas: c, Theme: th, Mouse: true}
			drawn.Cells, drawn.Marks = slices.Clone(c.Cells), slices.Clone(c.Marks)
			sent := canvas.Shot{Canvas: c, Theme: th, Mouse: true}
			_, _ = emulated.Write(term.Update(&sent))
			c = sent.Canvas
			checkShows(t, emulated, &drawn)
		}
	})
}

// watch sends what the driver's program draws to an emulated terminal.
type watch struct {
	term canvas.Terminal
	vt   *vt.Emulator
	sent []int // bytes, by frame
}

func (w *watch) frame(t testing.TB, p *program) {
	p.draw()
	if w.vt == nil || w.vt.Width() != p.canvas.W || w.vt.Height() != p.canvas.H {
		w.vt = vt.NewEmulator(max(p.canvas.W, 1), max(p.canvas.H, 1))
		fmt.Fprint(w.vt, canvas.EnterScreen)
		w.term.Forget()
	}
	drawn := canvas.Shot{Canvas: p.canvas, Theme: p.Theme, Mouse: !p.mouseOff}
	drawn.Cells, drawn.Marks = slices.Clone(p.canvas.Cells), slices.Clone(p.canvas.Marks)
	sent := drawn
	sent.Canvas = p.canvas
	out := w.term.Update(&sent)
	p.canvas = sent.Canvas
	w.sent = append(w.sent, len(out))
	_, _ = w.vt.Write(out)
	checkShows(t, w.vt, &drawn)
}

// While a run plays, little is sent: less than 2 KB a frame at 120×40 in 24-bit colour while
// only counters and the cursor move, which is as long as no event is passed, nothing is said and
// no window of time goes on to its next page; and seldom more else.
func TestBytesAFrame(t *testing.T) {
	for i := range layouts {
		var calm, all []int
		names := []string{"proof", "cp", "doubt", "remote"}
		if i > 0 {
			names = names[:2]
		}
		for _, name := range names {
			d := newDriver(t, recorded(t, name), 120, 40)
			d.p.common.Theme = canvas.NewTheme(termenv.TrueColor, true)
			d.p.setLayout(i)
			d.p.notice = notice{}
			var w watch
			w.frame(t, d.p)
			for s := d.p.scene; !s.over || !s.live(); {
				n, said, pages := s.n, s.saying, pagesOf(s.at)
				s.playing = true
				d.play(frame)
				w.frame(t, d.p)
				sent := w.sent[len(w.sent)-1]
				if all = append(all, sent); s.n == n && s.saying == said && pagesOf(s.at) == pages {
					calm = append(calm, sent)
				}
			}
		}
		slices.Sort(calm)
		slices.Sort(all)
		n, k := len(all), len(calm)
		t.Logf("%s: %d frames of p50 %d bytes, p95 %d, max %d; while only counters move %d frames of p50 %d, p99 %d, max %d", layouts[i].name,
			n, all[n/2], all[n*95/100], all[n-1], k, calm[k/2], calm[k*99/100], calm[k-1])
		if calm[k-1] > 2000 || k < n/3 {
			t.Errorf("%s: while only counters move, in %d frames of %d, a frame takes up to %d bytes", layouts[i].name, k, n, calm[k-1])
		}
		if all[n/2] > 1000 || all[n*95/100] > 2000 {
			t.Errorf("%s: a frame takes %d bytes, one in twenty %d", layouts[i].name, all[n/2], all[n*95/100])
		}
	}
}

// pagesOf tells which pages the windows of time show: they go on by quarters of their span.
func pagesOf(at model.Time) [2]model.Time {
	return [2]model.Time{pagedWindow(at, spaceSpans[5], 0, 1).from, pagedWindow(at, opSpans[6], 0, 1).from}
}
