package netsim

import (
	"strings"
	"time"
)

var slowFault = Fault{
	Name:  "slow",
	Usage: "slow n1 +5ms | off",
	Doc: "Makes each step of a node take that much longer, one after the other: messages, timers and requests " +
		"wait for their turn; off ends it, once what waits is done.",
	Parse: func(a Args) (Action, error) {
		node, err := a.node(0)
		if err != nil {
			return nil, err
		}
		var step time.Duration
		if len(a.Words) < 2 || a.Words[1] != "off" {
			ok := len(a.Words) > 1
			if ok {
				text, plus := strings.CutPrefix(a.Words[1], "+")
				step, ok = parseDuration(text)
				ok = ok && plus && step > 0
			}
			if !ok {
				return nil, a.wrong(1, "+ and a duration up to 1h, as +5ms; or off")
			}
		}
		return func(n *Net) error {
			n.oddOf(node).step = step
			how := "slow off"
			if step > 0 {
				how = "slow +" + step.String()
			}
			n.handler.Conditioned(node, how)
			return nil
		}, a.end(2)
	},
}
