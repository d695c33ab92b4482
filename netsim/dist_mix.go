package netsim

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// whole is 100 % in the unit of shares: they have up to nine decimals.
const whole = 100_000_000_000

// maxParts is how many parts a mix may have.
const maxParts = 16

// mixDist draws from one of its parts, each with its share.
type mixDist struct {
	upTo  []uint64 // the shares of the parts up to and with this one; the last is whole
	parts []Dist
}

func parseMix(args []string, part func(string) (Dist, error)) (Dist, error) {
	if len(args) > maxParts {
		return nil, fmt.Errorf("%d parts given, want at most %d", len(args), maxParts)
	}
	var m mixDist
	sum := uint64(0)
	for i, arg := range args {
		text, rest, _ := strings.Cut(arg, " ")
		share, ok := parseExactShare(text)
		if !ok {
			return nil, fmt.Errorf("part %d begins with %q: want a share above 0%%, up to 100%%, as 38%%", i+1, text)
		}
		d, err := part(rest)
		if err != nil {
			return nil, fmt.Errorf("part %d: %w", i+1, err)
		}
		sum += share
		m.upTo, m.parts = append(m.upTo, sum), append(m.parts, d)
	}
	if sum != whole {
		return nil, fmt.Errorf("the shares add up to %s, want 100%%", formatExactShare(sum))
	}
	return m, nil
}

// Draw takes one number of the stream to choose the part, then the part's own.
func (m mixDist) Draw(r *rand.Rand) time.Duration {
	at := below(r, whole)
	i := 0
	for at >= m.upTo[i] {
		i++
	}
	return m.parts[i].Draw(r)
}

func (m mixDist) String() string {
	var b strings.Builder
	before := uint64(0)
	for i, d := range m.parts {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s %v", formatExactShare(m.upTo[i]-before), d)
		before = m.upTo[i]
	}
	return "mix(" + b.String() + ")"
}

// parseExactShare reads "91.22%" as an integer, without rounding: above 0, at most
// whole, nine decimals.
func parseExactShare(s string) (uint64, bool) {
	number, percent := strings.CutSuffix(s, "%")
	units, decimals, point := strings.Cut(number, ".")
	if !percent || units == "" || len(units) > 3 || len(decimals) > 9 || point && decimals == "" {
		return 0, false
	}
	v := uint64(0)
	for _, c := range []byte(units + decimals + "000000000"[len(decimals):]) {
		if c < '0' || c > '9' {
			return 0, false
		}
		v = v*10 + uint64(c-'0')
	}
	return v, v > 0 && v <= whole
}

func formatExactShare(v uint64) string {
	s := fmt.Sprintf("%d.%09d", v/1_000_000_000, v%1_000_000_000)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".") + "%"
}
