package netsim

var duplicateFault = Fault{
	Name:  "duplicate",
	Usage: "duplicate n1-n2 10% | off",
	Doc: "Makes a link send a share of what arrives on it twice, one way or both: the copy is a message of its own, " +
		"with a delay of its own; off ends it.",
	Parse: func(a Args) (Action, error) {
		return shareFault(a, func(p *link, share float64) { p.add().duplicate = share })
	},
}

// shareFault reads links and a share of their messages, or off for none.
func shareFault(a Args, set func(p *link, share float64)) (Action, error) {
	links, err := a.links(0)
	if err != nil {
		return nil, err
	}
	share := 0.0
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
		n.change(links, func(p *link) {
			set(p, share)
			p.trim()
		})
		return nil
	}, a.end(2)
}
