package netsim

var cutFault = Fault{
	Name:  "cut",
	Usage: "cut n1->n2 [hold] | n1-n2 [hold]",
	Doc:   "Cuts a link, one way or both: what is on it and what is sent is lost, or with hold kept until it heals.",
	Parse: func(a Args) (Action, error) {
		set, err := a.links(0)
		if err != nil {
			return nil, err
		}
		hold, err := a.flag(1, "hold")
		if err != nil {
			return nil, err
		}
		c := cut{cutMode(hold), "cut " + set.String()}
		return func(n *Net) error {
			n.change(set, func(p *link) { p.cut = c })
			return nil
		}, nil
	},
}
