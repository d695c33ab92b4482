package netsim

var resumeFault = Fault{
	Name:  "resume",
	Usage: "resume n1",
	Doc:   "Wakes a paused node: what waited happens now, in order.",
	Parse: func(a Args) (Action, error) {
		node, err := a.onlyNode()
		if err != nil {
			return nil, err
		}
		return func(n *Net) error { return n.resume(node) }, nil
	},
}
