package netsim

import (
	"strings"
	"time"
)

var skewFault = Fault{
	Name:  "skew",
	Usage: "skew n1 +500ms | -500ms | off",
	Doc: "Puts a node's wall clock forward or back by so much from the true time, whatever it was before; " +
		"timers don't mind, and no clock shows less than 0; off, or 0, puts it right but for what drift made.",
	Parse: func(a Args) (Action, error) {
		node, err := a.node(0)
		if err != nil {
			return nil, err
		}
		skew, ok := time.Duration(0), len(a.Words) > 1
		if ok && a.Words[1] != "off" {
			skew, ok = parseSkew(a.Words[1])
		}
		if !ok {
			return nil, a.wrong(1, "+ or - and a duration up to 1h, as +500ms; or off")
		}
		return func(n *Net) error {
			n.oddOf(node).skew = skew
			how := "skew off"
			switch {
			case skew > 0:
				how = "skew +" + skew.String()
			case skew < 0:
				how = "skew " + skew.String()
			}
			n.handler.Conditioned(node, how)
			return nil
		}, a.end(2)
	},
}

func parseSkew(s string) (time.Duration, bool) {
	if ahead, ok := strings.CutPrefix(s, "+"); ok {
		return parseDuration(ahead)
	}
	if behind, ok := strings.CutPrefix(s, "-"); ok {
		d, ok := parseDuration(behind)
		return -d, ok
	}
	return 0, s == "0"
}
