package tui

import (
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"capsim/export"
	"capsim/scenarios"
)

// hold keeps the jobs of a program from being done, until the function that it returns is called.
func (d *driver) hold() (release func()) {
	var held []func()
	d.later = func(cmd tea.Cmd) { held = append(held, func() { d.do(cmd) }) }
	return func() {
		d.later = nil
		for _, do := range held {
			do()
		}
	}
}

// What the monkey broke once: keys while a job is still under way.
func TestMonkeyFound(t *testing.T) {
	tests := []struct {
		was  string
		do   func(d *driver)
		says string // on the screen afterwards
	}{
		{"an explanation that was opened while a fork was made was drawn from the fork's events, which may be fewer", func(d *driver) {
			d.goTo(3600 * time.Millisecond)
			d.keys("home", "right")
			release := d.hold()
			d.do(d.p.command("crash n2", nil))
			d.do(d.p.askWhy(export.Subject{Kind: export.CheckSubject, Check: "linearizable"}))
			release()
			if len(d.p.overlays) > 0 {
				d.t.Error("an explanation of the run before is open")
			}
		}, ""},
		{"esc during a reset of runs side by side went back to a branch that was given up", func(d *driver) {
			d.goTo(time.Second)
			d.do(d.p.compare([]string{"cp", "ap"}))
			if !d.p.comparing() {
				d.t.Fatal("nothing is side by side")
			}
			release := d.hold()
			d.do(d.p.reset())
			d.keys("esc", "u")
			release()
		}, ""},
		{"a command in the past was given to the run that a job brought meanwhile, at an event that it did not have", func(d *driver) {
			d.goTo(3600 * time.Millisecond)
			d.keys("left")
			release := d.hold()
			d.do(d.p.command("crash n2", nil))
			d.do(d.p.command("crash n3", nil))
			d.do(d.p.makeAnomaly(&scenarios.Anomalies[0], nil, nil))
			release()
			if n := len(d.p.tree.all); n != 2 {
				d.t.Errorf("%d runs, for one command", n)
			}
		}, ""},
		{"a command at the end of a run was answered by a window: the run had stopped", func(d *driver) {
			d.goTo(8 * time.Second)
			d.do(d.p.command("crash n2", nil))
			if len(d.p.overlays) > 0 {
				d.t.Error("a window is open")
			}
		}, "the run has ended"},
	}
	for _, tt := range tests {
		t.Run(tt.was, func(t *testing.T) {
			d := newDriver(t, opener(t, proof), 120, 40)
			tt.do(d)
			got := d.p.View()
			checkFits(t, got, 120, 40)
			if !strings.Contains(ansi.Strip(got), tt.says) {
				t.Errorf("%q is not on\n%s", tt.says, ansi.Strip(got))
			}
		})
	}
}

// Quitting does not wait for work on a run that is in memory only.
func TestQuitAtWork(t *testing.T) {
	d := newDriver(t, opener(t, proof), 120, 40)
	d.p.atWork.Lock()
	defer d.p.atWork.Unlock()
	began := time.Now()
	d.p.closeAll()
	if took := time.Since(began); took >= patience {
		t.Errorf("quitting took %v", took)
	}
}

// Lives of the monkey that ended in a panic once.
func TestMonkeySeeds(t *testing.T) {
	for _, tt := range []struct {
		seed uint64
		was  string
	}{
		{118, "a run that took the place of a longer one was drawn at the cursor of the run before"},
		{153, "a menu of the nodes was opened for a cluster whose nodes are too many to be listed, and enter chose from it"},
		{380, "the pane of a lesson was drawn for a script that has no text"},
	} {
		t.Run(tt.was, func(t *testing.T) {
			t.Chdir(t.TempDir()) // s writes files
			oneMonkey(t, tt.seed, monkeyKeys(), &timings{})
		})
	}
}
