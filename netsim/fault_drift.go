package netsim

import "strings"

var driftFault = Fault{
	Name:  "drift",
	Usage: "drift n1 200ppm | -200ppm | off",
	Doc: "Makes a node's clocks run fast or slow from now on, by so many millionths: its wall clock, and its timers, " +
		"those that are running too; off, or 0, makes them run true, but what they show stays.",
	Parse: func(a Args) (Action, error) {
		node, err := a.node(0)
		if err != nil {
			return nil, err
		}
		ppm, ok := 0.0, len(a.Words) > 1
		if ok && a.Words[1] != "off" && a.Words[1] != "0" {
			ppm, ok = parseDrift(a.Words[1])
		}
		if !ok {
			return nil, a.wrong(1, "a share in millionths, up to 500000ppm either way, as 200ppm or -200ppm; or off")
		}
		return func(n *Net) error {
			n.setDrift(node, int64(ppm*1000))
			how := "drift off"
			if ppm != 0 {
				how = "drift " + formatNumber(ppm) + "ppm"
			}
			n.handler.Conditioned(node, how)
			return nil
		}, a.end(2)
	},
}

const maxDrift = 500_000 // millionths

func parseDrift(s string) (float64, bool) {
	number, ok := strings.CutSuffix(s, "ppm")
	sign := 1.0
	if back, minus := strings.CutPrefix(number, "-"); minus {
		number, sign = back, -1
	} else {
		number = strings.TrimPrefix(number, "+")
	}
	v, read := parseNumber(number, 0, maxDrift)
	return sign * v, ok && read
}
