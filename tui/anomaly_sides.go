package tui

import (
	"errors"
	"strings"

	"capsim/scenarios"
)

// Try tries an anomaly on one side after the other: it can be made if it can be on any.
func (l *lockstep) Try(a *scenarios.Anomaly) (*scenarios.Attempt, error) {
	var first *scenarios.Attempt
	for i, r := range l.runs {
		on, ok := r.(anomalous)
		if !ok {
			return nil, errNotAnomalous
		}
		at, err := on.Try(a)
		switch {
		case err != nil:
			return nil, l.on(i, err)
		case at.Works:
			return at, nil
		case first == nil:
			first = at
		}
	}
	return first, nil
}

// Allowing looks from where the first side stands.
func (l *lockstep) Allowing(a *scenarios.Anomaly, goOn func() bool) ([]scenarios.Allowed, bool) {
	on, ok := l.runs[0].(anomalous)
	if !ok {
		return nil, true
	}
	return on.Allowing(a, goOn)
}

// Give gives the acts to all sides; if one can't take them, none has got them.
func (l *lockstep) Give(acts []scenarios.Act) error {
	now := l.Now()
	for i, r := range l.runs {
		on, ok := r.(anomalous)
		if !ok {
			return errNotAnomalous
		}
		if err := on.Give(acts); err != nil {
			return errors.Join(l.on(i, err), l.takeBack(i, now))
		}
	}
	return nil
}

// Judge says of each side what came of it. It happened if it did on any.
func (l *lockstep) Judge(at *scenarios.Attempt) (string, bool) {
	var told []string
	happened := false
	for i, r := range l.runs {
		if on, ok := r.(anomalous); ok {
			text, did := on.Judge(at)
			told = append(told, l.names[i]+": "+text)
			happened = happened || did
		}
	}
	return strings.Join(told, "\n"), happened
}
