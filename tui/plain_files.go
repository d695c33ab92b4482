package tui

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"capsim/model"
)

// traceSum prints how long the trace is, and its hash.
func (p *plain) traceSum(rest string) error {
	if err := alone("trace", rest); err != nil {
		return err
	}
	so := "so far"
	if p.over {
		so = "in the whole run"
	}
	p.println(itoa(p.log.Len()) + " events " + so + ", sha256 " + sumOf(p.log) + ".")
	return nil
}

// save writes the session as a script, and says what trace that gives.
func (p *plain) save(name string) error {
	if name == "" {
		return errors.New("save: expected a file's name, as: save try.capsim")
	}
	script := p.run.Save()
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("not saved: %s is there already; give another name", name)
	}
	if err != nil {
		return fmt.Errorf("not saved: %w", err)
	}
	if _, err = f.WriteString(script); err == nil {
		err = f.Close()
	}
	if err != nil {
		return fmt.Errorf("not saved: %w", err)
	}
	p.tree.current.dirty = false
	sum, err := replayed(script, p.run.Script().Settings.Files, p.log)
	if err != nil {
		return fmt.Errorf("saved as %s, but %w", name, err)
	}
	p.println("Saved as " + model.Quote(name) + "; capsim run" + needs(p.run.Script()) + " gives the same trace to its end: sha256 " + sum + ".")
	return nil
}

func (p *plain) reset(rest string) error {
	if err := alone("reset", rest); err != nil {
		return err
	}
	p.beginAgain()
	return nil
}

// quit leaves, but asks first if live commands would be lost.
func (p *plain) quit(rest string) error {
	if err := alone("quit", rest); err != nil {
		return err
	}
	p.ending = p.mayLeave("Quit")
	return nil
}

// mayLeave asks, if live commands would be lost. At the end of the input nobody is left to
// answer: it may.
func (p *plain) mayLeave(how string) bool {
	lost := p.tree.unsaved()
	if lost == nil {
		return true
	}
	line, err := p.read(printable(lost.name) + " holds commands that are not saved; save FILE keeps those of the run that is shown. " + how + " all the same, y or n? ")
	if err == nil && !strings.EqualFold(line, "y") && !strings.EqualFold(line, "yes") {
		p.println("Going on.")
		return false
	}
	return true
}
