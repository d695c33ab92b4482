package netsim

// Fault is one verb that breaks or mends the network.
type Fault struct {
	Name  string // the verb
	Usage string // the statement, as help shows it
	Doc   string // one sentence
	// Parse reads the words after the verb. Its errors are *ArgError.
	Parse func(Args) (Action, error)
	// Now says that only a run can tell whether it can be done: it is about what is under way.
	Now bool
}

// Args are what a fault is given.
type Args struct {
	Words []string // after the verb, unquoted
	Hosts int      // n1 to nHosts
	Names []string // of the last of the hosts: they go by these alone
}

// Action does what a fault says, now. Its error says why that can't be done and
// what can; then nothing has changed.
type Action func(*Net) error

// Faults are all faults, in the order in which help lists them.
var Faults = []Fault{
	partitionFault,
	cutFault,
	healFault,
	delayVerb,
	lossFault,
	duplicateFault,
	reorderFault,
	bandwidthFault,
	flapFault,
	crashFault,
	restartFault,
	pauseFault,
	resumeFault,
	slowFault,
	skewFault,
	driftFault,
	messageFault,
}
