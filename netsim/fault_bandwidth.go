package netsim

import (
	"math"
	"math/bits"
	"strings"
	"time"
)

var bandwidthFault = Fault{
	Name:  "bandwidth",
	Usage: "bandwidth n1-n2 64KB/s | off",
	Doc: "Limits how many bytes a second a link takes, in each direction by itself: a message waits for the ones before it, " +
		"then for its own length, then for its latency; 1 KB is 1000 bytes; off ends it.",
	Parse: parseBandwidth,
}

// bandwidth is how fast a link takes messages; the zero value is endless.
type bandwidth struct {
	bytes int64 // a second
	text  string
}

// takes returns how long a message of so many bytes takes to get on the link.
func (b bandwidth) takes(size int) time.Duration {
	hi, lo := bits.Mul64(uint64(max(size, 0)), uint64(time.Second))
	if hi >= uint64(b.bytes) {
		return maxDraw
	}
	ns, _ := bits.Div64(hi, lo, uint64(b.bytes))
	return time.Duration(min(ns, uint64(maxDraw)))
}

// byteUnits are the units of bandwidth, the longer before those that they end in.
var byteUnits = []struct {
	name  string
	bytes float64
}{{"KB/s", 1e3}, {"MB/s", 1e6}, {"GB/s", 1e9}, {"B/s", 1}}

const wantBandwidth = "bytes a second, from 1B/s to 1000GB/s, as 64KB/s or 1.5MB/s; or off"

func parseBandwidth(a Args) (Action, error) {
	links, err := a.links(0)
	if err != nil {
		return nil, err
	}
	var b bandwidth
	if len(a.Words) < 2 {
		return nil, a.wrong(1, wantBandwidth)
	}
	if w := a.Words[1]; w != "off" {
		if b.bytes = parseBytes(w); b.bytes == 0 {
			return nil, a.wrong(1, wantBandwidth)
		}
		b.text = w
	}
	return func(n *Net) error {
		n.change(links, func(p *link) {
			p.add().bandwidth = b
			p.trim()
		})
		return nil
	}, a.end(2)
}

// parseBytes reads bytes a second; 0 if it can't.
func parseBytes(s string) int64 {
	for _, u := range byteUnits {
		number, ok := strings.CutSuffix(s, u.name)
		if !ok {
			continue
		}
		v, ok := parseNumber(number, 0, 1e12)
		if v = math.Floor(float64(v * u.bytes)); !ok || v < 1 || v > 1e12 {
			return 0
		}
		return int64(v)
	}
	return 0
}
