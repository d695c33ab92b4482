package netsim

var lossFault = Fault{
	Name:  "loss",
	Usage: "loss n1-n2 30% | off",
	Doc:   "Makes a link lose a share of what is sent from now on, one way or both; off ends it.",
	Parse: func(a Args) (Action, error) {
		set, err := a.links(0)
		if err != nil {
			return nil, err
		}
		share := -1.0
		if len(a.Words) < 2 || a.Words[1] != "off" {
			ok := len(a.Words) > 1
			if ok {
				share, ok = parseShare(a.Words[1])
			}
			if !ok {
				return nil, a.wrong(1, "a share from 0% to 100%, as 30%, or off")
			}
		}
		return func(n *Net) error {
			n.change(set, func(p *link) { p.lossy = share })
			return nil
		}, a.end(2)
	},
}
