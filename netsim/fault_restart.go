package netsim

var restartFault = Fault{
	Name:  "restart",
	Usage: "restart n1",
	Doc:   "Starts a crashed node's process again, on the disk that it left.",
	Parse: func(a Args) (Action, error) {
		node, err := a.onlyNode()
		if err != nil {
			return nil, err
		}
		return func(n *Net) error { return n.restart(node) }, nil
	},
}
