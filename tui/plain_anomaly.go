package tui

import (
	"errors"
	"time"

	"capsim/scenarios"
)

// anomaly lists what can be made to go wrong where the cursor stands; with a name it makes
// it, and says what happened.
func (p *plain) anomaly(name string) error {
	if why := p.noAnomalies(); why != "" {
		return errors.New(why)
	}
	if name == "" {
		return p.listAnomalies()
	}
	a, err := scenarios.AnomalyNamed(name)
	if err != nil {
		return err
	}
	var told *anomalyTold
	err = p.give(anomalyWord+" "+name, given(!p.live(), p.cursor, func(r run) error {
		var err error
		told, err = playAnomaly(r, a, time.Now)
		return err
	}))
	if err != nil {
		return err
	}
	if told.happened {
		p.println("It happened. " + printable(told.text))
	} else {
		p.println("It did not come about. " + printable(told.text))
	}
	p.println("Ask on with: why " + p.here().wordsFor(told.subject()) + ". undo takes it back.")
	return nil
}

// listAnomalies tries each on a fork, and prints a line of it.
func (p *plain) listAnomalies() error {
	fork, err := forkAt(p.run, p.cursor)
	if err != nil {
		return err
	}
	defer func() { _ = fork.Close() }()
	by := time.Now().Add(maxSearch)
	for i := range scenarios.Anomalies {
		a := &scenarios.Anomalies[i]
		if p.in.ctx.Err() != nil {
			return nil
		}
		at, err := tryUntil(fork, a, by, time.Now)
		switch w := (*scenarios.InTheWay)(nil); {
		case errors.As(err, &w):
			p.println("Nothing can be made here: " + printable(err.Error()) + ".")
			return nil
		case err != nil:
			p.println(a.Name + ", " + a.Title + ": not here. " + printable(err.Error()))
		default:
			p.println(a.Name + ", " + a.Title + ": possible. " + at.Anomaly.Shows)
		}
	}
	p.println("anomaly NAME makes one.")
	return nil
}
