package netsim

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// Dist is a distribution of durations. Immutable.
type Dist interface {
	// Draw draws from 0 to 1000 h; what lies outside counts as the nearest of these.
	// It allocates nothing, and comes out the same on every architecture.
	Draw(r *rand.Rand) time.Duration
	// String returns what ParseDist reads as the same distribution; of an empirical
	// one, how many durations it has.
	String() string
}

// maxDraw is the longest duration drawn.
const maxDraw = 1000 * time.Hour

// toDuration rounds to the nearest nanosecond, within what may be drawn.
func toDuration(ns float64) time.Duration {
	switch {
	case !(ns > 0):
		return 0
	case ns >= float64(maxDraw):
		return maxDraw
	}
	return time.Duration(ns + 0.5)
}

// distForm is one form of distribution.
type distForm struct {
	name  string
	usage string
	// parse reads the arguments; part reads one that is a distribution itself.
	parse func(args []string, part func(string) (Dist, error)) (Dist, error)
}

// distForms are all forms, in the order in which errors list them.
var distForms = []distForm{
	{"const", "const(d)", parseConst},
	{"uniform", "uniform(a, b)", parseUniform},
	{"normal", "normal(mean, sd)", parseNormal},
	{"lognormal", "lognormal(median, sigma)", parseLognormal},
	{"exp", "exp(mean)", parseExp},
	{"pareto", "pareto(min, alpha)", parsePareto},
	{"mix", "mix(38% pareto(1.05ms, 1.51), 62% exp(5.464ms))", parseMix},
}

// DistForms lists how distributions are written: "const(d)" and so on.
func DistForms() []string {
	usages := make([]string, len(distForms))
	for i, f := range distForms {
		usages[i] = f.usage
	}
	return usages
}

// maxDistLength bounds the text of a distribution, in bytes.
const maxDistLength = 1000

// ParseDist reads a distribution, as "lognormal(10ms, 0.3)". Durations are Go's,
// from 0 to 1h; a mix has no mix in it.
func ParseDist(s string) (Dist, error) {
	if len(s) > maxDistLength {
		return nil, fmt.Errorf("a distribution of %d bytes: want at most %d", len(s), maxDistLength)
	}
	return parseDist(s, func(s string) (Dist, error) {
		return parseDist(s, func(string) (Dist, error) {
			return nil, fmt.Errorf("a mix within a mix: write its parts out in the outer one")
		})
	})
}

func parseDist(s string, part func(string) (Dist, error)) (Dist, error) {
	s = strings.TrimSpace(s)
	name, rest, ok := strings.Cut(s, "(")
	inner, closed := strings.CutSuffix(rest, ")")
	for _, f := range distForms {
		if f.name != strings.TrimSpace(name) {
			continue
		}
		if !ok || !closed {
			return nil, fmt.Errorf("%q: want %s", s, f.usage)
		}
		d, err := f.parse(splitArgs(inner), part)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.usage, err)
		}
		return d, nil
	}
	return nil, fmt.Errorf("%q is no distribution: want one of %s", s, strings.Join(DistForms(), ", "))
}

// splitArgs splits at the commas outside of parentheses.
func splitArgs(s string) []string {
	var args []string
	depth, from := 0, 0
	for i := range len(s) {
		switch s[i] {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				args = append(args, strings.TrimSpace(s[from:i]))
				from = i + 1
			}
		}
	}
	return append(args, strings.TrimSpace(s[from:]))
}

// param is one parameter of a form: a duration from 0 to 1h, or, if most is not
// 0, a number from least to most.
type param struct {
	name        string
	least, most float64
}

// readParams reads the parameters; durations come as nanoseconds.
func readParams(args []string, params ...param) ([]float64, error) {
	if len(args) != len(params) {
		return nil, fmt.Errorf("%d parameters given, want %d", len(args), len(params))
	}
	values := make([]float64, len(args))
	for i, p := range params {
		ok := false
		if p.most == 0 {
			var d time.Duration
			d, ok = parseDuration(args[i])
			values[i] = float64(d)
			if !ok {
				return nil, fmt.Errorf("%s is %q: want a duration from 0s to 1h, as 10ms", p.name, args[i])
			}
			continue
		}
		if values[i], ok = parseNumber(args[i], p.least, p.most); !ok {
			return nil, fmt.Errorf("%s is %q: want a number from %v to %v", p.name, args[i], p.least, p.most)
		}
	}
	return values, nil
}

func formatNumber(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
