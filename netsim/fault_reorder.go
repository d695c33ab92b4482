package netsim

var reorderFault = Fault{
	Name:  "reorder",
	Usage: "reorder n1-n2 20% | off",
	Doc: "Makes a link hold up a share of what is sent on it, one way or both, so that what is sent soon after overtakes it: " +
		"such a message takes the sum of three draws of the link's latency; off ends it.",
	Parse: func(a Args) (Action, error) {
		return shareFault(a, func(p *link, share float64) { p.add().reorder = share })
	},
}
