package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"capsim/export"
)

// whyView shows why something is as it is: the sentences, and the events that they rest
// on as a small timeline. Enter asks on from there, backspace goes back.
type whyView struct {
	*scene               // that was asked about
	asked    question    // as it was then
	pages    []*whyPage  // the last is shown
	timeline whyTimeline // of the page shown
}

// whyPage is one explanation.
type whyPage struct {
	of    export.Subject
	made  *export.Explanation // nil until it is there
	at    int                 // the chosen row: the steps, and after them what can be asked next
	top   int                 // the first row shown
	above int                 // rows of the sentences that are scrolled away
}

// askWhy opens the cause of something.
func (p *program) askWhy(of export.Subject) tea.Cmd {
	s := p.sides()[p.arrangement.side]
	s.playing = false
	v := &whyView{scene: s, asked: s.question()}
	p.openOverlay(v)
	return v.ask(p, of)
}

// ask opens another page, and has it made.
func (v *whyView) ask(p *program, of export.Subject) tea.Cmd {
	page := &whyPage{of: of}
	v.pages = append(v.pages, page)
	j, q := p.judges[p.arrangement.side].judge, v.asked
	return func() tea.Msg { return explainedMsg{page, j.explain(q, of)} }
}

// explainedMsg brings an explanation to its page.
type explainedMsg struct {
	page *whyPage
	made *export.Explanation
}

func (m explainedMsg) arrive(*program) tea.Cmd {
	m.page.made = m.made
	for i := range m.made.Steps { // begin at the first of the marked operations
		if m.made.Label(m.made.Steps[i].Op) != "" {
			m.page.at = i
			break
		}
	}
	return nil
}

func (v *whyView) gone(*program) bool { return v.asked.record != v.record }

func (v *whyView) page() *whyPage { return v.pages[len(v.pages)-1] }

// rows is how many rows can be chosen.
func (w *whyPage) rows() int {
	if w.made == nil {
		return 0
	}
	return len(w.made.Steps) + len(w.made.Next)
}

// listed is how many rows the timeline and what can be asked next take.
func (w *whyPage) listed() int { return w.rows() + b2i(w.made != nil && len(w.made.Next) > 0) }

// chosen returns what the chosen row is about, and its event; 0 if it is none.
func (w *whyPage) chosen() (of export.Subject, event int) {
	switch i := w.at - w.steps(); {
	case w.made == nil || i >= len(w.made.Next):
		return export.Subject{}, 0
	case i >= 0:
		return w.made.Next[i], 0
	}
	return w.made.Steps[w.at].Of, w.made.Steps[w.at].Event
}

func (w *whyPage) steps() int {
	if w.made == nil {
		return 0
	}
	return len(w.made.Steps)
}

func (v *whyView) key(p *program, m tea.KeyMsg) tea.Cmd {
	w := v.page()
	switch m.String() {
	case "q":
		p.closeOverlay(v)
	case "esc", "backspace":
		if v.pages = v.pages[:len(v.pages)-1]; len(v.pages) == 0 {
			p.closeOverlay(v)
		}
	case "up", "k":
		w.at = max(w.at-1, 0)
	case "down", "j":
		w.at = max(min(w.at+1, w.rows()-1), 0)
	case "home":
		w.at = 0
	case "end", "G":
		w.at = max(w.rows()-1, 0)
	case "pgdown", " ":
		w.above += 4
	case "pgup":
		w.above = max(w.above-4, 0)
	case "enter":
		return v.further(p)
	case "g":
		return v.goTo(p)
	case "y":
		if w.made != nil {
			return p.copyText("why "+w.made.Title, joined(w.made.Text()))
		}
	case "?":
		return p.openHelp()
	}
	return nil
}

// further asks why of what the chosen row is about.
func (v *whyView) further(p *program) tea.Cmd {
	of, event := v.page().chosen()
	if of == v.page().of && event != 0 { // the page's own events, one by one
		of = export.Subject{Kind: export.EventSubject, Event: event}
	}
	if of.Kind == export.NoSubject || of == v.page().of {
		return nil
	}
	return v.ask(p, of)
}

// goTo moves the cursor to the chosen event.
func (v *whyView) goTo(p *program) tea.Cmd {
	_, n := v.page().chosen()
	if n == 0 || n > v.log.Len() {
		p.warn("this row is no event: ↑ ↓ choose one of the timeline")
		return nil
	}
	p.closeOverlay(v)
	v.scene.playing, p.moved = false, true
	v.scene.cursor = cursor{n, v.log.At(n).At}
	return nil
}
