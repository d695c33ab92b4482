package netsim

var pauseFault = Fault{
	Name:  "pause",
	Usage: "pause n1",
	Doc:   "Freezes a node as a long garbage collection would: its messages and timers wait.",
	Parse: func(a Args) (Action, error) {
		node, err := a.onlyNode()
		if err != nil {
			return nil, err
		}
		return func(n *Net) error { return n.pause(node) }, nil
	},
}
