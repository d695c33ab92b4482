package tui

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	tea "github.com/charmbracelet/bubbletea"

	"capsim/check"
	"capsim/export"
	"capsim/model"
	"capsim/scenarios"
)

// programWord is a word of the palette that steers the program itself. All else is the
// script language, and of a word in both that wins.
type programWord struct {
	name   string
	usage  string // "to 3s"
	doc    string
	offers func(o *offering, words []string) // what may follow; nil: nothing is known
	// do does it; its error is shown in place of the line if it is Problems. rest is the
	// line after the word.
	do func(p *program, rest string, from *palette) (tea.Cmd, error)
	// later: whether it can be done is known only later; the palette is closed then.
	later bool
}

// programWords is the one ordered list of them.
func programWords() []programWord {
	return []programWord{
		{name: anomalyWord, usage: "anomaly NAME", doc: "make a stale read, lose a write, … (! shows what can be made here)", offers: (*offering).anomalies, do: (*program).doAnomaly, later: true},
		{name: "to", usage: "to 3s", doc: "go to an instant; to +500ms, to -500ms: so far from here", offers: (*offering).instants, do: (*program).doTo},
		{name: "play", usage: "play", doc: "play on", do: simply((*program).doPlay)},
		{name: "stop", usage: "stop", doc: "stop playing", do: simply((*program).doStop)},
		{name: "speed", usage: "speed 0.1", doc: "how fast to play, against the wall clock", offers: (*offering).speeds, do: (*program).doSpeed},
		{name: "layout", usage: "layout NAME", doc: "share the screen another way", offers: (*offering).layouts, do: (*program).doLayout},
		{name: "pane", usage: "pane NAME", doc: "bring a pane into sight", offers: (*offering).panes, do: (*program).doPane},
		{name: "key", usage: "key KEY", doc: "show a key in the picture of the cluster", offers: func(o *offering, _ []string) { o.keys() }, do: (*program).doKey},
		{name: "why", usage: "why CHECK", doc: "what speaks for a verdict: why linearizable cart", offers: (*offering).whyCheck, do: (*program).doWhy},
		{name: "compare", usage: "compare cp, ap", doc: "two or three policies side by side, from here", offers: (*offering).compared, do: (*program).doCompare},
		{name: "lesson", usage: "lesson NAME", doc: "open a lesson of the library", offers: (*offering).lessons, do: (*program).doLesson},
		{name: "save", usage: "save FILE", doc: "write the session as a script", do: (*program).doSave},
		{name: "undo", usage: "undo", doc: "take the last command back", do: simply((*program).undo, nothingDone)},
		{name: "reset", usage: "reset", doc: "the lesson from its beginning", do: simply((*program).reset)},
		{name: "help", usage: "help", doc: "all keys and words", do: simply((*program).openHelp)},
		{name: "quit", usage: "quit", doc: "leave", do: simply((*program).askQuit)},
	}
}

// programWordOf finds a word, nil if there is none.
func programWordOf(name string) *programWord {
	list := programWords()
	if i := slices.IndexFunc(list, func(w programWord) bool { return w.name == name }); i >= 0 && verbNamed(name) == nil {
		return &list[i]
	}
	return nil
}

// obey does what a line of the palette says.
func (p *program) obey(line string, from *palette) tea.Cmd {
	word, rest, _ := strings.Cut(line, " ")
	w := programWordOf(word)
	if w == nil {
		return p.command(line, from)
	}
	cmd, err := w.do(p, strings.TrimSpace(rest), from)
	var problems scenarios.Problems
	switch {
	case errors.As(err, &problems):
		for i := range problems {
			problems[i].Pos.Col = wordColumn(line, problems[i].Got)
		}
		from.fail(problems)
	case err != nil:
		from.failText(err.Error())
	case !w.later:
		p.closeOverlay(from)
		p.history.add(line)
	}
	return cmd
}

// wordColumn returns where a word stands behind the first of a line, from 1.
func wordColumn(line, word string) int {
	first, rest, _ := strings.Cut(line, " ")
	i := strings.Index(rest, word)
	if i < 0 || word == "" {
		return utf8.RuneCountInString(line) + 1
	}
	return utf8.RuneCountInString(first) + 1 + utf8.RuneCountInString(rest[:i]) + 1
}

// misread says that a word is none of those that were expected.
func misread(got, want string, known []string) error {
	return scenarios.Problems{{Got: got, Want: want, Mean: scenarios.Nearest(got, known)}}
}

// simply does something that takes no words.
func simply(do func(*program) tea.Cmd, off ...func(*program) string) func(*program, string, *palette) (tea.Cmd, error) {
	return func(p *program, rest string, _ *palette) (tea.Cmd, error) {
		if rest != "" {
			return nil, misread(rest, "nothing more", nil)
		}
		for _, f := range off {
			if why := f(p); why != "" {
				return nil, errors.New(why)
			}
		}
		return do(p), nil
	}
}

func (o *offering) anomalies(words []string) {
	for i := range scenarios.Anomalies {
		if a := &scenarios.Anomalies[i]; len(words) == 0 {
			o.add(a.Name, a.Title)
		}
	}
}

func (p *program) doAnomaly(rest string, from *palette) (tea.Cmd, error) {
	if why := noAnomalies(p); why != "" {
		return nil, errors.New(why)
	}
	a, ok := scenarios.FindAnomaly(rest)
	if !ok {
		return nil, misread(rest, "an anomaly: "+strings.Join(scenarios.AnomalyNames(), ", "), scenarios.AnomalyNames())
	}
	return p.makeAnomaly(a, nil, from), nil
}

func (o *offering) instants(words []string) {
	if len(words) == 0 {
		o.add("+1s", "a second from here")
		o.add("-1s", "a second back")
		o.add("0s", "the beginning")
		o.add(time.Duration(o.scene.now).Round(time.Millisecond).String(), "where the run is")
	}
}

func (p *program) doTo(rest string, _ *palette) (tea.Cmd, error) {
	d, err := time.ParseDuration(rest)
	if err != nil || rest == "" {
		return nil, misread(rest, "an instant as 3s, or +500ms or -500ms from here", nil)
	}
	t := model.Time(0)
	if rest[0] == '+' || rest[0] == '-' {
		t = p.scene.at
	}
	p.scene.playing = false
	return p.advance(max(t.Add(d), 0)), nil
}

func (p *program) doPlay() tea.Cmd {
	if p.scene.playing {
		return nil
	}
	return p.togglePlay()
}

func (p *program) doStop() tea.Cmd { return p.play(false) }

func (o *offering) speeds(words []string) {
	for i := range speeds {
		if len(words) == 0 {
			o.add(speedWord(speed(i)), "")
		}
	}
}

// speedWord writes a speed as it is typed: "0.1".
func speedWord(s speed) string { return strconv.FormatFloat(speeds[s].factor, 'g', -1, 64) }

func (p *program) doSpeed(rest string, _ *palette) (tea.Cmd, error) {
	var known []string
	for i := range speeds {
		if known = append(known, speedWord(speed(i))); known[i] == strings.TrimRight(rest, "x×") {
			p.scene.speed = speed(i)
			return nil, nil
		}
	}
	return nil, misread(rest, "a speed: "+strings.Join(known, ", "), known)
}

func (o *offering) layouts(words []string) {
	for i := range layouts {
		if len(words) == 0 {
			o.add(layouts[i].name, layouts[i].doc)
		}
	}
}

func (p *program) doLayout(rest string, _ *palette) (tea.Cmd, error) {
	var known []string
	for i := range layouts {
		if layouts[i].name == rest {
			p.setLayout(i)
			return nil, nil
		}
		known = append(known, layouts[i].name)
	}
	return nil, misread(rest, "a layout: "+strings.Join(known, ", "), known)
}

func (o *offering) panes(words []string) {
	for i := range paneList {
		if len(words) == 0 {
			o.add(paneList[i].name, paneList[i].doc)
		}
	}
}

func (p *program) doPane(rest string, _ *palette) (tea.Cmd, error) {
	var known []string
	for i := range paneList {
		if paneList[i].name == rest {
			p.showPane(paneName(i))
			return nil, nil
		}
		known = append(known, paneList[i].name)
	}
	return nil, misread(rest, "a pane: "+strings.Join(known, ", "), known)
}

func (p *program) doKey(rest string, _ *palette) (tea.Cmd, error) {
	keys := p.scene.view.Keys()
	for _, key := range keys {
		if key == rest || model.Quote(key) == rest {
			p.pick(keySubject(key))
			p.moved = true
			return nil, nil
		}
	}
	return nil, misread(rest, "a key of this run", keys)
}

func (o *offering) whyCheck(words []string) {
	if len(words) == 0 {
		o.checks()
	} else if c, ok := check.Find(words[0]); ok {
		o.checkArgs(c, words[1:])
	}
}

func (p *program) doWhy(rest string, _ *palette) (tea.Cmd, error) {
	if rest == "" {
		return nil, misread(rest, "a check, as linearizable", nil)
	}
	asked, err := scenarios.ParseChecks(rest)
	if err != nil {
		return nil, err
	}
	return p.askWhy(export.Subject{Kind: export.CheckSubject, Check: asked[0].Text}), nil
}

// compared offers policies, as long as one more may follow.
func (o *offering) compared(words []string) {
	if n := len(words); n == 0 || strings.HasSuffix(words[n-1], ",") {
		for _, x := range scenarios.PolicyOffers(o.scene.policy, nil, "") {
			o.open(x.Word, x.Doc)
		}
	}
}

func (p *program) doCompare(rest string, _ *palette) (tea.Cmd, error) {
	choices, err := sidesOf(rest)
	if err != nil {
		return nil, err
	}
	return p.compare(choices), nil
}

func (o *offering) lessons(words []string) {
	for i, item := range scenarios.Library() {
		if len(words) == 0 {
			o.add(item.Name, itoa(i+1)+"  "+item.Title)
		}
	}
}

func (p *program) doLesson(rest string, _ *palette) (tea.Cmd, error) {
	if why := noLibrary(p); why != "" {
		return nil, errors.New(why)
	}
	var known []string
	for i, item := range scenarios.Library() {
		if item.Name == rest || itoa(i+1) == rest {
			return p.openLesson(i), nil
		}
		known = append(known, item.Name)
	}
	return nil, misread(rest, "a lesson of the library, or its number", known)
}

func (p *program) doSave(rest string, _ *palette) (tea.Cmd, error) {
	if rest == "" {
		return p.askSave(), nil
	}
	return p.save(rest, false), nil
}
