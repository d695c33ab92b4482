package tui

import "slices"

// paneList is the one ordered list of panes: a file and a line each. Layouts call them by
// name; a pane that a layout does not name can be brought into any place of it. The program
// knows none of them, only what they are: their traits.
var paneList = []struct {
	name, doc, arrows string // arrows: what ↑ ↓ go through
	make              func(*common) pane
	traits            []trait
}{
	{"cluster", "the network: nodes, links, messages on their way", "key", newClusterPane, []trait{unhidden}},
	{"verdict", "consistent, available, partitioned; and the one sentence why", "verdict", newVerdictPane, nil},
	{"versions", "which node holds which version of each key", "key", newVersionsPane, nil},
	{"space-time", "a line a node, messages slanting from send to receipt", "zoom", newSpaceTimePane, nil},
	{"operations", "a row a client, a box from each invocation to its response", "client", newOperationsPane, nil},
	{"wire", "the messages under way; drop, hold, release or hurry one by hand", "message", newWirePane, nil},
	{"charts", "latency, answers, staleness and divergence over time", "chart", newChartsPane, nil},
	{"lesson", "the lesson's text, what its script does next, and your guesses", "scroll", newLessonPane, []trait{reading}},
	{"story", "what happened, in sentences", "sentence", newStoryPane, nil},
	{"compare", "runs side by side: their figures, and each operation on all of them", "operation", newComparePane, []trait{across, sums}},
	{"forks", "the runs that are open: forks, and what was undone", "run", newForksPane, []trait{across, futures}},
	{"inspector", "everything about what is selected; of a node, what its Redis holds", "scroll", newInspectorPane, []trait{diskful}},
}

// trait is something about a pane that the program has to know.
type trait uint8

const (
	unhidden trait = iota // a question must not stand in front of it
	reading               // the lesson is read there: time waits for it, and a question stands in front of it
	across                // it shows all runs side by side at once: there is one of it
	sums                  // it says how runs side by side differ
	futures               // it lists the runs that are open
	diskful               // it shows what a node's Redis holds
)

// is tells whether a pane has a trait.
func (n paneName) is(t trait) bool { return slices.Contains(paneList[n].traits, t) }

// paneThat returns the first pane with a trait. It panics if there is none.
func paneThat(t trait) paneName {
	for i := range paneList {
		if paneName(i).is(t) {
			return paneName(i)
		}
	}
	panic("tui: no pane is what is looked for")
}

// paneName is a pane's place in the list.
type paneName int

func (n paneName) String() string { return paneList[n].name }

// paneNamed returns the pane of that name. It panics if there is none.
func paneNamed(name string) paneName {
	for i := range paneList {
		if paneList[i].name == name {
			return paneName(i)
		}
	}
	panic("tui: no pane is called " + name)
}

// newPanes makes the panes, in the order of the list.
func newPanes(cm *common) []pane {
	all := make([]pane, len(paneList))
	for i := range paneList {
		all[i] = paneList[i].make(cm)
	}
	return all
}
