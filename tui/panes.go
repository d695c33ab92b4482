package tui

// paneList is the one ordered list of panes: a file and a line each. Layouts call them by
// name; a pane that a layout does not name can be brought into any place of it.
var paneList = []struct {
	name, doc string
	make      func(*common) pane
}{
	{"cluster", "the network: nodes, links, messages on their way", newClusterPane},
	{"verdict", "consistent, available, partitioned; and the one sentence why", newVerdictPane},
	{"versions", "which node holds which version of each key", newVersionsPane},
	{"space-time", "a line a node, messages slanting from send to receipt", newSpaceTimePane},
	{"operations", "a row a client, a box from each invocation to its response", newOperationsPane},
	{"wire", "the messages under way; drop, hold, release or hurry one by hand", newWirePane},
	{"charts", "latency, answers, staleness and divergence over time", newChartsPane},
	{"lesson", "the lesson's text, what its script does next, and your guesses", newLessonPane},
	{"story", "what happened, in sentences", newStoryPane},
	{"compare", "runs side by side: their figures, and each operation on all of them", newComparePane},
	{"forks", "the runs that are open: forks, and what was undone", newForksPane},
	{"inspector", "everything about what is selected; of a node, what its Redis holds", newInspectorPane},
}
