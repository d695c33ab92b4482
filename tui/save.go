package tui

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"capsim/scenarios"
	"capsim/trace"
)

// askSave asks for the name of the file that the session is saved to.
func (p *program) askSave() tea.Cmd {
	if p.run == nil || p.busy {
		p.warn("the run is busy; try again")
		return nil
	}
	name := strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(p.fileName))
	if name == "" {
		name = "session"
	}
	what := "save the session as a script"
	if p.comparing() {
		what = "save the side " + printable(p.focused().name) + " as a script"
	}
	p.openOverlay(newPrompt(what, name+"-session.capsim", func(name string) tea.Cmd { return p.save(name, false) }))
	return nil
}

// save writes the session to a file; one that is there only if the reader says so.
func (p *program) save(name string, over bool) tea.Cmd {
	if p.run == nil || p.busy || name == "" {
		p.warn("not saved: no name, or the run is busy")
		return nil
	}
	if _, err := os.Stat(name); err == nil && !over {
		p.openOverlay(&confirm{printable(name) + " is there already. Write over it?", func() tea.Cmd { return p.save(name, true) }})
		return nil
	}
	sum, side := new(string), p.arrangement.side
	return p.start(job{what: jobSave, work: func(r run) (run, error) {
		of := sideOf(r, side)
		script := of.Save()
		if err := os.WriteFile(name, []byte(script), 0o644); err != nil {
			return r, fmt.Errorf("not saved: %w", err)
		}
		var err error
		if *sum, err = replayed(script, of.Script().Settings.Files, of.Log().Snapshot()); err != nil {
			return r, fmt.Errorf("saved, but %w", err)
		}
		return r, nil
	}, line: name, into: p.tree.current, sum: sum})
}

// wroteFile says what came of saving a branch.
func (p *program) wroteFile(m ranMsg) {
	if m.err != nil {
		p.warn(m.err.Error())
		return
	}
	if m.into != nil {
		m.into.dirty = false
	}
	p.say("saved; capsim run" + needs(p.run.Script()) + " gives the same trace, sha256 " + (*m.sum)[:12] + "…: " + printable(m.line))
}

// needs says which files must lie beside a saved script; "" if none.
func needs(s *scenarios.Script) string {
	names := slices.Sorted(maps.Keys(s.Settings.Files))
	if len(names) == 0 {
		return ""
	}
	return " with " + printable(strings.Join(names, ", ")) + " beside it"
}

// sumOf returns the SHA-256 of a log's events, as trace files and --json have it.
func sumOf(l *trace.Log) string {
	h := trace.NewHasher()
	for _, e := range l.All() {
		h.Event(e)
	}
	return h.Sum()
}

// replayed runs a saved script to its end, in memory, and returns the hash of its trace.
// The error says where the trace is another than the one on the screen.
func replayed(script string, files map[string]string, shown *trace.Log) (sum string, err error) {
	find := func(name string) ([]byte, error) { return []byte(files[name]), nil }
	s, err := scenarios.ParseFiles("saved.capsim", []byte(script), find)
	if err != nil {
		return "", err
	}
	r, err := scenarios.Open(s, scenarios.Options{Memory: true})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if err := r.Run(); err != nil {
		return "", err
	}
	var is, was []byte
	for n := 1; n <= shown.Len(); n++ {
		if n > r.Log().Len() {
			return "", fmt.Errorf("run again, the script gives %d events where this session has %d", r.Log().Len(), shown.Len())
		}
		is, was = trace.AppendEvent(is[:0], n, r.Log().At(n)), trace.AppendEvent(was[:0], n, shown.At(n))
		if string(is) != string(was) {
			return "", fmt.Errorf("run again, the script gives another event %d: %s instead of %s", n, is, was)
		}
	}
	return sumOf(r.Log()), nil
}
