package scenarios

import (
	"errors"
	"strings"
	"time"

	"capsim/check"
)

// Anomaly is something that happens in a replicated store and never in one single copy,
// whether clients can tell or not. It is made, not told: its recipes are commands of the script
// language, and whether it happened is judged by what the run's events say.
type Anomaly struct {
	Name  string // "stale-read"
	Title string // what is done, in the words of a command: "make a stale read"
	Shows string // what there is to be seen, in a sentence
	Least int    // nodes that it takes
	// Breaks names the checks that it contradicts, as claims of policies name them.
	Breaks []string
	// recipes are tried in their order.
	recipes []recipe
	// happened says in a sentence what happened, "" if it did not.
	happened func(o *outcome) string
	// Check is what explains it, with names in braces; wants is what it must find.
	check string
	wants check.Verdict
}

// recipe is one way to make an anomaly.
type recipe struct {
	moves []move
	leads bool   // the node that is cut off must be one that leads, so that another takes over
	check string // in place of the anomaly's
	wants check.Verdict
}

// move is a statement, some time after the one before. Words in braces stand for what
// fits the run: {near} and {far} for nodes, {third} for another, {others} for each but far,
// {voters} for each but n1 and n2, {apart} for groups of one, {remote} for a client that is a
// host of its own; other words for a client or key that the run does not have.
type move struct {
	wait pace
	text string // "" to wait only
}

// pace is how long to wait before a move.
type pace uint8

const (
	atOnce   pace = iota // at the same instant
	beat                 // until it can be seen, and what was asked has been answered
	settle               // until what was written has come to all nodes
	takeover             // until another node leads
	calm                 // until all know of it
	deadline             // until clients wait no more
	stall                // until nodes that hear nothing stand for election
	flight               // until messages under way have landed
	hop                  // until a quick one has
)

// pacing says how long the paces are; some take trying.
type pacing [hop + 1]time.Duration

// paces lists the pacings to try, the quickest first, where messages take so long and
// clients wait so long at most.
func paces(lag, timeout time.Duration) []pacing {
	step := max(300*time.Millisecond, (8 * lag).Round(100*time.Millisecond))
	list := []pacing{
		{beat: step, settle: 2 * step, takeover: 4 * time.Second, calm: 15 * time.Second, stall: 600 * time.Millisecond},
		{beat: step, settle: 6*time.Second + 2*step, takeover: 45 * time.Second, calm: 15 * time.Second, stall: 1500 * time.Millisecond},
	}
	for i := range list {
		list[i][deadline] = timeout + step
		list[i][flight], list[i][hop] = (lag + 5*time.Millisecond).Round(time.Millisecond), (lag/3 + time.Millisecond).Round(time.Millisecond)
	}
	return list
}

// FindAnomaly returns the anomaly of that name.
func FindAnomaly(name string) (*Anomaly, bool) {
	for i := range Anomalies {
		if Anomalies[i].Name == name {
			return &Anomalies[i], true
		}
	}
	return nil, false
}

// AnomalyNamed returns the anomaly of that name; the error says what there is.
func AnomalyNamed(name string) (*Anomaly, error) {
	if a, ok := FindAnomaly(name); ok {
		return a, nil
	}
	wrong := Problem{Got: name, Want: "an anomaly: " + strings.Join(AnomalyNames(), ", "), Mean: nearest(name, AnomalyNames())}
	return nil, errors.New(wrong.Message())
}

// AnomalyNames lists the anomalies.
func AnomalyNames() []string {
	names := make([]string, len(Anomalies))
	for i := range Anomalies {
		names[i] = Anomalies[i].Name
	}
	return names
}
