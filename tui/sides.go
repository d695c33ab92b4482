package tui

import (
	"errors"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"capsim/export"
	"capsim/model"
	"capsim/scenarios"
)

// sides are the runs that are shown side by side; one, mostly.
func (p *program) sides() []*scene { return p.all }

// focused is the side whose pane is focused.
func (p *program) focused() *scene { return p.all[p.arrangement.side] }

// comparing tells whether runs are shown side by side.
func (p *program) comparing() bool { return len(p.all) > 1 }

// takeSides has as many scenes as a job left runs, the first one the one that there is
// always, and shows on them what it left.
func (p *program) takeSides(snap snapshot) {
	first := p.scene
	p.all = p.all[:min(len(p.all), 1+len(snap.parts))]
	for len(p.all) < 1+len(snap.parts) {
		p.all = append(p.all, &scene{
			record: newRecord(1), speed: first.speed, tree: &p.tree, key: first.key, node: first.node, filter: first.filter, cursor: first.cursor,
		})
	}
	first.name = ""
	if p.arrangement.side >= len(p.all) {
		p.arrangement.side = 0
	}
	for i := range snap.parts {
		s := p.all[i+1]
		s.take(snap.parts[i])
		s.now, s.end, s.over = snap.now, snap.end, snap.over
	}
	if p.comparing() {
		for i, s := range p.all {
			s.name = snap.names[i]
		}
	}
	var pairs *pairing
	if p.comparing() {
		if pairs = first.pairs; pairs == nil || !pairs.of(p.all) {
			pairs = newPairing(p.all)
		}
		pairs.extend()
	}
	for i, s := range p.all {
		s.beside, s.side, s.pairs = p.all, i, pairs
	}
}

// take shows what a job left of a run.
func (s *scene) take(snap snapshot) {
	if snap.recording != nil && snap.recording != s.record {
		s.record, s.verdict = snap.recording, nil
		was := s.course
		if s.meta = metaOf(snap.script); was != nil && was.script == snap.script {
			s.course = was
		}
	}
	s.record.extend(snap.log)
	s.now, s.end, s.over = snap.now, snap.end, snap.over
}

// lockSides has the other sides stand at the instant of the first.
func (p *program) lockSides() {
	first := p.scene
	for _, s := range p.all[1:] {
		if s.cursor = (cursor{s.folder.EventAt(first.at), first.at}); first.n == 0 {
			s.n = 0
		}
		s.playing, s.speed = first.playing, first.speed
	}
}

// label names a side: by its policy, and by that of now if it was toggled.
func (s *scene) label() string {
	if s.view.Policy == "" || s.view.Policy == s.policy {
		return s.name
	}
	return s.name + ", now " + s.view.Policy
}

// versus names the sides, as "cp | ap".
func (p *program) versus() string {
	text := ""
	for i, s := range p.all {
		if i > 0 {
			text += " | "
		}
		text += printable(s.name)
	}
	return text
}

// stepTo goes to the next or the last instant at which something happens on any side;
// false if there is none that is known.
func (p *program) stepTo(way int) bool {
	at := p.scene.at
	best, found := model.Time(0), false
	for _, s := range p.all {
		n := s.folder.EventAt(at) + 1
		if way < 0 {
			n = s.folder.EventAt(at - 1)
		}
		if n < 1 || n > s.log.Len() {
			continue
		}
		if t := s.log.At(n).At; !found || (t < best) == (way > 0) {
			best, found = t, true
		}
	}
	if found {
		p.moveTo(best)
	}
	return found
}

// translate returns what stands for something of one side on another: operations and
// versions are paired by client and count, messages and events by nothing.
func translate(of export.Subject, from, to *scene) export.Subject {
	switch of.Kind {
	case export.MessageSubject, export.EventSubject:
		return export.Subject{}
	case export.OpSubject, export.VersionSubject:
		op := pairOf(from.index.Op(of.Op), from.record, to.record)
		if op == nil {
			return export.Subject{}
		}
		of.Op = op.ID
	}
	return of
}

// askCompare offers policies to run side by side, or goes back from there.
func (p *program) askCompare() tea.Cmd {
	if p.comparing() {
		return p.leaveCompare()
	}
	p.scene.playing = false // what is compared is this moment
	var items []item
	if b := p.tree.current; b.parent != nil && !b.parent.lockstep() && len(b.parent.more) == 0 {
		label := b.name + " | " + b.parent.name + ": the run that it left"
		items = append(items, item{label: label, do: func() tea.Cmd { return p.compareWith(b.parent) }})
	}
	for _, choices := range p.presets() {
		items = append(items, item{label: strings.Join(choices, " | "), do: func() tea.Cmd { return p.compare(choices) }})
	}
	items = append(items, item{label: "others…", do: p.askPolicies})
	return p.openMenu("side by side, from "+secondsShort(p.scene.at)+" s: the same script, commands and seed", items)
}

// presets are the comparisons that the menu offers: the policies that have a key, and
// the one at hand with each of the others.
func (p *program) presets() [][]string {
	if p.scene.lab != "" {
		return p.variants()
	}
	plain := slices.Clone(keyed[:])
	for _, o := range scenarios.PolicyOffers(p.scene.policy, nil, "") {
		if !slices.Contains(plain, o.Word) {
			plain = append(plain, o.Word)
		}
	}
	var out [][]string
	add := func(choices ...string) {
		if !slices.ContainsFunc(out, func(o []string) bool { return slices.Equal(o, choices) }) {
			out = append(out, choices)
		}
	}
	add(keyed[:2]...)
	add(keyed[:]...)
	for _, name := range plain {
		if p.scene.policy != "" && name != p.scene.policy && len(out) < maxPresets {
			add(p.scene.policy, name)
		}
	}
	return out
}

// maxPresets is how many comparisons the menu offers.
const maxPresets = 8

// variants are the comparisons of a lab: with one of its parameters changed.
func (p *program) variants() [][]string {
	var out [][]string
	for _, v := range scenarios.Variants(p.scene.policy) {
		if len(out) < maxPresets {
			out = append(out, []string{p.scene.policy, v})
		}
	}
	return out
}

// askPolicies asks which policies are to run side by side.
func (p *program) askPolicies() tea.Cmd {
	d := newPrompt("two or three policies, with commas between", p.scene.policy+", ", func(line string) tea.Cmd {
		choices, err := sidesOf(line)
		if err != nil {
			p.warn(err.Error())
			return nil
		}
		return p.compare(choices)
	})
	d.does = "compare"
	p.openOverlay(d)
	return nil
}

// sidesOf reads policies with commas between.
func sidesOf(line string) ([]string, error) {
	var choices []string
	for _, c := range strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r == '|' }) {
		if c = strings.Join(strings.Fields(c), " "); c != "" {
			choices = append(choices, c)
		}
	}
	if n := len(choices); n < 2 || n > maxSides {
		return nil, errors.New("give two or three policies, as: cp, ap conflict=siblings, base")
	}
	return choices, nil
}

// compare runs what was given so far under some policies side by side.
func (p *program) compare(choices []string) tea.Cmd {
	if p.waits() {
		return nil
	}
	p.scene.playing = false
	p.say("running it side by side…")
	return p.start(underPolicies(choices, p.scene.at, p.opens))
}

// compareWith runs the current branch and another side by side.
func (p *program) compareWith(b *branch) tea.Cmd {
	switch {
	case p.waits():
		return nil
	case p.comparing() || len(b.more) > 0:
		p.warn("these are side by side already: switch to a single run first (enter)")
		return nil
	}
	p.scene.playing = false
	return p.start(withFork([]string{p.tree.current.name, b.name}, b.run))
}

// leaveCompare goes back to the single run that the sides came from.
func (p *program) leaveCompare() tea.Cmd {
	if p.waits() { // a reset may have given the branches up
		return nil
	}
	b := p.tree.current
	for b.parent != nil && b.lockstep() {
		b = b.parent
	}
	return p.switchTo(b)
}

// lockstep tells whether a branch is runs side by side.
func (b *branch) lockstep() bool { _, is := b.run.(*lockstep); return is }

// inMemory opens a run of a script.
func inMemory(s *scenarios.Script) (run, error) {
	r, err := scenarios.Open(s, scenarios.Options{Memory: true})
	if err != nil {
		return nil, err
	}
	return sessionRun{r}, nil
}

// showSides goes to the layout for runs side by side when there are several, and back
// from it when there is one.
func (p *program) showSides() {
	at := layoutNamed(comparing)
	switch {
	case p.comparing() && p.layout != at:
		p.before = p.layout
		p.setLayout(at)
		p.setFocus(paneThat(sums), 0)
	case !p.comparing() && p.layout == at:
		p.setLayout(p.before)
	}
}
