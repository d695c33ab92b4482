package tui

import (
	"cmp"
	"fmt"
	"slices"

	"capsim/model"
)

// branch is one future of the lesson: a run, and where the reader left it.
type branch struct {
	name   string
	parent *branch  // nil: the first run
	from   cursor   // where it left its parent
	line   string   // the command that it began with; "": none
	lines  []string // the commands given at its end since
	undone bool     // its last command was taken back; the parent is the run without
	dirty  bool     // it holds commands that are not on disk

	run     run
	record  *record
	more    []*record // of the further sides, of runs side by side
	snap    snapshot  // as it was when the screen left it
	cursor  cursor
	verdict *judgement // of where the cursor stood; nil: not known
}

// tree is the open runs: the first one, and the forks of it and of each other. It needs
// no screen.
//
// Invariants:
//  1. all[0] is the first run, and the only one without a parent; a parent stands
//     before its children.
//  2. current is one of all; nil if there is none.
//  3. No run is held by two branches.
//  4. There are at most maxBranches, and those that are not current hold at most
//     maxKept events, or one branch.
type tree struct {
	all     []*branch
	current *branch
	chosen  *branch // by the reader, in a list of them; nil: the current one
	begun   int     // forks so far, for names
}

// Bounds of what is kept.
const (
	maxBranches = 50
	maxKept     = 3_000_000
)

// begin makes a run the first of a new tree, of which nothing is left.
func (t *tree) begin(r run) {
	*t = tree{}
	if r == nil {
		return
	}
	t.current = &branch{name: "first run", run: r}
	t.all = []*branch{t.current}
}

// fork goes on with a run that left the current one at an instant, by a command.
func (t *tree) fork(r run, from cursor, line string) *branch {
	t.begun++
	b := &branch{name: "fork " + itoa(t.begun), parent: t.current, from: from, line: line, run: r}
	t.add(b)
	t.current, t.chosen = b, nil
	return b
}

// add puts a branch behind all others, or, if it took the place of the current run as
// what others forked from, before them.
func (t *tree) add(b *branch) {
	at := slices.IndexFunc(t.all, func(o *branch) bool { return o.parent == b })
	if at < 0 {
		at = len(t.all)
	}
	t.all = slices.Insert(t.all, at, b)
}

// undo puts the run without the last command, which goes so far, in the place of the
// current one. That becomes a branch of it, with the forks that the command was part of.
func (t *tree) undo(without run, so cursor) (undone *branch) {
	b := t.current
	last := len(b.lines) - 1
	t.begun++
	undone = &branch{
		name: "undone " + itoa(t.begun), parent: b, from: so, undone: true, run: b.run, record: b.record, more: b.more, snap: b.snap, cursor: b.cursor, verdict: b.verdict,
	}
	if last >= 0 {
		undone.line = b.lines[last]
		b.lines = b.lines[:last]
	}
	for _, o := range t.all {
		if o.parent == b && b.reached(o.from.n) >= so.at { // its history holds the command
			o.parent = undone
		}
	}
	t.add(undone)
	b.run, b.record, b.more, b.verdict = without, nil, nil, nil
	t.chosen = nil
	return undone
}

// remove takes a branch out of the tree; its forks become its parent's. The first run
// and the current one stay.
func (t *tree) remove(b *branch) bool {
	i := slices.Index(t.all, b)
	if i < 1 || b == t.current {
		return false
	}
	t.all = slices.Delete(t.all, i, i+1)
	for _, o := range t.all {
		if o.parent == b {
			o.parent = b.parent
		}
	}
	if t.chosen == b {
		t.chosen = nil
	}
	return true
}

// trim takes out what is too much, the oldest first, those that others forked from
// last, and returns what is to be closed.
func (t *tree) trim() []run {
	var out []run
	for t.tooMuch() {
		b := t.oldest()
		if b == nil || !t.remove(b) {
			break
		}
		out = append(out, b.run)
	}
	return out
}

func (t *tree) tooMuch() bool {
	events, others := 0, 0
	for _, b := range t.all {
		if b != t.current && b.record != nil {
			events += b.record.log.Len()
			others++
		}
	}
	return len(t.all) > maxBranches || others > 1 && events > maxKept
}

// oldest returns what is to be given up first; nil if nothing can be.
func (t *tree) oldest() *branch {
	var inner *branch
	for _, b := range t.all[min(1, len(t.all)):] {
		switch {
		case b == t.current:
		case !slices.ContainsFunc(t.all, func(o *branch) bool { return o.parent == b }):
			return b
		case inner == nil:
			inner = b
		}
	}
	return inner
}

// unsaved returns a branch with commands that would be lost, the current one first; nil
// if there is none.
func (t *tree) unsaved() *branch {
	if t.current != nil && t.current.dirty {
		return t.current
	}
	for _, b := range t.all {
		if b.dirty {
			return b
		}
	}
	return nil
}

// runs lists the open runs.
func (t *tree) runs() []run {
	out := make([]run, len(t.all))
	for i, b := range t.all {
		out[i] = b.run
	}
	return out
}

// branchAct is what can be done with a branch.
type branchAct uint8

const (
	chooseBranch branchAct = iota
	switchBranch
	renameBranch
	closeBranch
	compareBranch
)

// twig is a line of the tree as a list.
type twig struct {
	*branch
	depth int
	last  bool     // of its parent's
	open  [16]bool // by depth: a line goes on past it to a later one
}

// twigs lists the tree from the root, each branch before its forks, those in the order
// of where they left it.
func (t *tree) twigs() []twig {
	if len(t.all) == 0 {
		return nil
	}
	return t.below(nil, twig{branch: t.all[0], last: true})
}

func (t *tree) below(out []twig, tw twig) []twig {
	out = append(out, tw)
	var forks []*branch
	for _, b := range t.all {
		if b.parent == tw.branch {
			forks = append(forks, b)
		}
	}
	slices.SortStableFunc(forks, func(a, b *branch) int { return cmp.Compare(a.from.at, b.from.at) })
	for i, b := range forks {
		next := twig{branch: b, depth: tw.depth + 1, last: i == len(forks)-1, open: tw.open}
		if next.depth < len(next.open) {
			next.open[next.depth] = !next.last
		}
		out = t.below(out, next)
	}
	return out
}

// valid tells whether the invariants hold.
func (t *tree) valid() error {
	held := map[run]string{}
	for i, b := range t.all {
		switch {
		case (i == 0) != (b.parent == nil):
			return fmt.Errorf("%s is number %d of the tree, and its parent %v", b.name, i, b.parent)
		case i > 0 && !slices.Contains(t.all[:i], b.parent):
			return fmt.Errorf("the parent of %s does not stand before it", b.name)
		case held[b.run] != "":
			return fmt.Errorf("%s and %s hold one run", held[b.run], b.name)
		case b.run == nil:
			return fmt.Errorf("%s has no run", b.name)
		}
		held[b.run] = b.name
	}
	if (t.current == nil) != (len(t.all) == 0) || t.current != nil && !slices.Contains(t.all, t.current) {
		return fmt.Errorf("the current run is not in the tree")
	}
	if t.tooMuch() {
		return fmt.Errorf("%d branches are more than are to be kept", len(t.all))
	}
	return nil
}

// reached returns the instant of an event.
func (b *branch) reached(event int) model.Time {
	if b.record == nil || event < 1 {
		return 0
	}
	return b.record.log.At(min(event, b.record.log.Len())).At
}
