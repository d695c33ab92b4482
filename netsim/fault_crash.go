package netsim

var crashFault = Fault{
	Name:  "crash",
	Usage: "crash n1 [wipe]",
	Doc:   "Ends a node's process: its timers die, its disk stays, or with wipe is emptied.",
	Parse: func(a Args) (Action, error) {
		node, err := a.node(0)
		if err != nil {
			return nil, err
		}
		wipe, err := a.flag(1, "wipe")
		if err != nil {
			return nil, err
		}
		return func(n *Net) error { return n.crash(node, wipe) }, nil
	},
}
