package netsim

import (
	"strings"
	"time"
)

var delayVerb = Fault{
	Name:  "delay",
	Usage: "delay n1-n2 +200ms | x5 | DIST | off",
	Doc: "Adds to, multiplies or replaces the latency of a link, one way or both, for what is sent from now on; " +
		"off ends it.",
	Parse: parseDelay,
}

// delayFault changes the latency of a link; the zero value does not.
type delayFault struct {
	text    string // "+200ms", "x5", "const(1s)"; "" is no fault
	replace Dist
	add     time.Duration
	factor  float64 // 0 is none
}

func (f *delayFault) change(d time.Duration) time.Duration {
	if f.factor > 0 {
		return toDuration(float64(float64(d) * f.factor))
	}
	return min(d+f.add, maxDraw)
}

func parseDelay(a Args) (Action, error) {
	set, err := a.links(0)
	if err != nil {
		return nil, err
	}
	f, err := parseDelayFault(a, 1)
	if err != nil {
		return nil, err
	}
	return func(n *Net) error {
		n.change(set, func(p *link) { p.delay = f })
		return nil
	}, a.end(2)
}

const maxFactor = 1000

func parseDelayFault(a Args, i int) (delayFault, error) {
	if i >= len(a.Words) {
		return delayFault{}, a.wrong(i, "+200ms, x5, a distribution or off")
	}
	w := a.Words[i]
	if w == "off" {
		return delayFault{}, nil
	}
	if s, ok := strings.CutPrefix(w, "+"); ok {
		d, ok := parseDuration(s)
		if !ok || d == 0 {
			return delayFault{}, a.wrong(i, "+ and a duration up to 1h, as +200ms")
		}
		return delayFault{text: "+" + d.String(), add: d}, nil
	}
	if s, ok := strings.CutPrefix(w, "x"); ok {
		k, ok := parseNumber(s, 0, maxFactor)
		if !ok || k == 0 {
			return delayFault{}, a.wrong(i, "x and a number above 0, up to 1000, as x5")
		}
		return delayFault{text: "x" + formatNumber(k), factor: k}, nil
	}
	d, err := ParseDist(w)
	if err != nil {
		return delayFault{}, a.wrong(i, "+200ms, x5, off or a distribution; as that, "+err.Error())
	}
	return delayFault{text: d.String(), replace: d}, nil
}
