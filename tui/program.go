package tui

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"capsim/model"
	"capsim/scenarios"
	"capsim/tui/canvas"
)

// frame is how often the screen is drawn while something moves.
const frame = time.Second / 30

// program is the Bubble Tea model: it hands messages to what they are for, and puts
// the screen together. What can block runs in a job; what is drawn is the scene.
type program struct {
	common
	jobs
	scene    *scene   // of the only side, or of the first
	all      []*scene // of all sides, the first before the others
	panes    []pane
	bindings []binding
	arrangement
	bar       timeBar
	timeline  timeline
	dragging  bool // the mouse holds the timeline
	mouseOff  bool
	overlays  []overlay // the last is on top
	notice    notice
	hadNotice bool                // the key at hand took a notice away
	pending   *scenarios.Question // what the run waits for
	looking   *scenarios.Question // … and that the reader put aside to look around
	liveRun   bool                // the run holds commands that the script doesn't
	fileName  string              // of the script, for saving
	tree      tree                // the runs that are open: forks, and what was undone
	again     bool                // reset as soon as the runs are not being steered
	guess     *taken
	stopped   string // why the run can't go on, once that was said
	judges    [maxSides]sideJudge
	disks     disks // what nodes' Redis held
	judging   bool
	next      func() tea.Cmd // has the next tick sent
	ticking   bool
	ticked    time.Time
	goal      model.Time // where the run is going without playing; a key ends that
	history   history
	tried     *anomalyMenu      // the last time that anomalies were tried
	making    *making           // the anomaly that is being shown
	clip      func(text string) // puts a text on the clipboard; nil: nowhere
	opener    func() (run, error)
	lesson    func(name string) (func() (run, error), error) // nil: there is no library
	progress  *diary
	onPath    string                               // of the script that the layout was chosen for
	opens     func(*scenarios.Script) (run, error) // for runs side by side
	canvas    canvas.Canvas
	last      string
	dirty     bool
	moved     bool
	quitting  bool
}

// notice is a word to the reader in the last line, until the next key.
type notice struct {
	text string
	bad  bool
}

func newProgram(cm common, opener func() (run, error)) *program {
	p := &program{
		common: cm, opener: opener, bindings: bindings(), dirty: true, jobs: jobs{clock: time.Now},
		scene: &scene{record: newRecord(1), speed: normal, study: &study{}}, progress: newDiary(""),
		next: func() tea.Cmd {
			return tea.Tick(frame, func(t time.Time) tea.Msg { return tickMsg(t) })
		},
	}
	p.scene.tree, p.all, p.opens = &p.tree, []*scene{p.scene}, inMemory
	for i := range p.judges {
		p.judges[i].judge = &judge{clock: func() time.Time { return p.clock() }}
	}
	p.panes = newPanes(&p.common)
	p.scene.compose()
	return p
}

// Init opens the lesson.
func (p *program) Init() tea.Cmd { return p.start(open(p.opener, nil)) }

// arrival is what a job of a part of the screen brings back: it knows where it belongs.
type arrival interface{ arrive(p *program) tea.Cmd }

// tickMsg is the beat of the wall clock while playing.
type tickMsg time.Time

// Update takes a message to what handles it.
func (p *program) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	switch m := msg.(type) {
	case tea.WindowSizeMsg:
		p.w, p.h = m.Width, m.Height
	case tea.KeyMsg:
		if m.Type == tea.KeyRunes && len(m.Runes) > 1 && !m.Paste {
			return p, p.eachKey(m)
		}
		p.hadNotice = p.notice.text != ""
		p.notice, p.goal = notice{}, 0
		cmd = p.key(m)
	case tea.MouseMsg:
		cmd = p.mouse(m)
	case tickMsg:
		cmd = p.tick(time.Time(m))
	case ranMsg:
		cmd = p.ran(m)
	case judgedMsg:
		cmd = p.judged(m)
	case arrival:
		cmd = m.arrive(p)
	case tea.ResumeMsg:
	default:
		return p, nil
	}
	p.dirty = true
	if p.moved {
		p.moved = false
		p.lockSides()
		for _, s := range p.all {
			s.compose()
		}
		p.finish()
		cmd = tea.Batch(cmd, p.judgeNow(), p.madeIt())
	}
	if len(p.history.fresh) > 0 {
		cmd = tea.Batch(cmd, p.history.keep())
	}
	if p.progress.changed {
		cmd = tea.Batch(cmd, p.progress.keep())
	}
	if disk := p.diskNow(); disk != nil {
		cmd = tea.Batch(cmd, disk)
	}
	return p, cmd
}

// eachKey takes keys that came in one piece one by one: a slow line, or a program at work,
// lets several be pressed meanwhile.
func (p *program) eachKey(m tea.KeyMsg) tea.Cmd {
	var cmds []tea.Cmd
	for _, r := range m.Runes {
		_, cmd := p.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}, Alt: m.Alt})
		cmds = append(cmds, cmd)
	}
	return tea.Batch(cmds...)
}

// key gives a key to the overlay on top, the focused pane, or the screen.
func (p *program) key(m tea.KeyMsg) tea.Cmd {
	k := m.String()
	if p.tooSmall() {
		if k == "q" || k == "ctrl+c" {
			return tea.Quit
		}
		return nil
	}
	if k == "ctrl+c" {
		return tea.Quit
	}
	if n := len(p.overlays); n > 0 && k != "ctrl+z" {
		return p.overlays[n-1].key(p, m)
	}
	if len(k) == 1 && k[0] >= '1' && k[0] <= '9' {
		return p.choose(int(k[0] - '0'))
	}
	if req, ok := p.panes[p.focus].key(p.focused(), k); ok {
		return p.request(req)
	}
	b := p.bindingOf(m)
	if b == nil || b.do == nil {
		return nil
	}
	if b.off != nil {
		if why := b.off(p); why != "" {
			p.warn(k + ": " + why)
			return nil
		}
	}
	return b.do(p)
}

func (p *program) say(text string)  { p.notice = notice{text: text} }
func (p *program) warn(text string) { p.notice = notice{text: text, bad: true} }

// sideJudge is the judge of a side, and when it was asked last.
type sideJudge struct {
	*judge
	asked time.Time
}

// judgeNow has the verdicts worked out for where the cursor stands, one at a time,
// and while playing only a few times a second.
func (p *program) judgeNow() tea.Cmd {
	if p.judging {
		return nil
	}
	for i, s := range p.all {
		j := &p.judges[i]
		if s.verdict != nil && s.verdict.n == s.n && s.verdict.of == s.record {
			continue
		}
		if s.playing && s.verdict != nil && p.ticked.Sub(j.asked) < max(250*time.Millisecond, 4*s.verdict.took) {
			continue
		}
		p.judging, j.asked = true, p.ticked
		q, judge := s.question(), j.judge
		return func() tea.Msg { return judgedMsg{judge.of(q)} }
	}
	return nil
}

// judged shows a judgement, and asks for the next if the cursor has moved on.
func (p *program) judged(m judgedMsg) tea.Cmd {
	p.judging = false
	for _, s := range p.all {
		if m.judgement != nil && m.judgement.of == s.record {
			s.verdict = m.judgement
		}
	}
	return p.judgeNow()
}

// draw paints the screen, if anything has changed, and tells whether it has.
func (p *program) draw() bool {
	if !p.dirty || p.quitting {
		return false
	}
	p.dirty = false
	p.paint()
	return true
}

// View returns the screen as lines of text with the sequences that colour them.
func (p *program) View() string {
	if p.draw() {
		p.last = p.canvas.Render(p.Theme)
	}
	if p.quitting {
		return ""
	}
	return p.last
}
