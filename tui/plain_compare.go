package tui

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"capsim/model"
	"capsim/scenarios"
)

// compareRuns runs what was given so far under some policies in lockstep, up to the cursor,
// or beside a run that forks lists, as far as both have come; prints a line of figures
// each, and what clients were told differently.
func (p *plain) compareRuns(rest string) error {
	var j job
	if _, err := strconv.Atoi(rest); err == nil {
		b, err := p.forkNumbered("compare", rest)
		if err != nil {
			return err
		}
		if b == p.tree.current {
			return fmt.Errorf("compare: %s is the run that is shown: give another's number", rest)
		}
		j = withFork([]string{p.tree.current.name, b.name}, b.run)
	} else {
		choices, err := choicesIn(rest)
		if err != nil {
			return err
		}
		j = underPolicies(choices, p.at, inMemory)
	}
	r, err := j.work(p.run)
	var problems scenarios.Problems
	if errors.As(err, &problems) && len(problems) > 0 { // their columns are not those of the line
		return errors.New("compare: " + problems[0].Message())
	}
	if err != nil {
		return fmt.Errorf("compare: %w", err)
	}
	l, ok := r.(*lockstep)
	if !ok {
		return errors.New("compare: these runs can't be set side by side")
	}
	defer func() { _ = l.Close() }()
	p.tellSides(p.sidesOf(l))
	return nil
}

// choicesIn reads two or three policies, with commas between.
func choicesIn(text string) ([]string, error) {
	var choices []string
	for _, c := range strings.Split(text, ",") {
		if c = strings.Join(strings.Fields(c), " "); c != "" {
			choices = append(choices, c)
		}
	}
	if n := len(choices); n < 2 || n > maxSides {
		return nil, fmt.Errorf("compare: read %s, expected two or three policies, as: compare cp, ap conflict=siblings, base; or a number that forks gives", model.Quote(text))
	}
	return choices, nil
}

// sidesOf returns the runs side by side as they are where they have come to.
func (p *plain) sidesOf(l *lockstep) []*scene {
	var sides []*scene
	for i, r := range l.runs {
		s := &scene{record: newRecord(p.nodes), meta: metaOf(r.Script()), name: l.names[i]}
		s.extend(r.Log().Snapshot())
		s.now, s.end, s.over = l.Now(), r.End(), r.Over()
		s.cursor = cursor{s.log.Len(), s.now}
		s.compose()
		sides = append(sides, s)
	}
	return sides
}

func (p *plain) tellSides(sides []*scene) {
	p.println("Side by side, at " + secondsWord(sides[0].at) + ":")
	for _, s := range sides {
		j := judge{clock: p.judge.clock}
		v := j.of(s.question())
		if v.own != nil {
			p.println(printable(s.name) + ": " + ownWords(v) + "; " + itoa(v.answered.N) + " of " + itoa(v.answered.Of) +
				plural(v.answered.Of, " request", " requests") + " answered; messages " + v.messages.text + ".")
			continue
		}
		line := printable(s.name) + ": linearizable " + word(v.c) + "; available " + word(v.a)
		line += "; " + itoa(v.answered.N) + " of " + itoa(v.answered.Of) + plural(v.answered.Of, " request", " requests") + " answered"
		p.println(line + "; half of the answers within " + v.p50.text + ", 99 of 100 within " + v.p99.text + "; lost writes " + v.lost.text +
			"; stale reads " + v.stale.text + "; diverged keys " + itoa(v.diverged) + "; messages " + v.messages.text + ".")
	}
	pairs := newPairing(sides)
	pairs.extend()
	differing := 0
	for i := range pairs.pairs {
		pr := &pairs.pairs[i]
		if !pr.differ(sides) {
			continue
		}
		if differing++; differing <= maxDiffering {
			p.println(p.pairLine(pr, sides))
		}
	}
	switch {
	case differing == 0:
		p.println("No client was told anything else: " + itoa(len(pairs.pairs)) + plural(len(pairs.pairs), " operation", " operations") + " alike.")
	case differing > maxDiffering:
		p.println("And " + itoa(differing-maxDiffering) + " more operations differ.")
	}
}

// maxDiffering is how many operations that differ are listed.
const maxDiffering = 30

// pairLine says what an operation came to on each side.
func (p *plain) pairLine(pr *pair, sides []*scene) string {
	line := "DIFFERS: " + printable(pr.client) + " " + itoa(pr.n) + ", " + pr.asks() + ":"
	for i, s := range sides {
		line += " " + printable(s.name) + " " + s.endOf(pr.ops[i]) + ";"
	}
	return strings.TrimSuffix(line, ";") + "."
}
