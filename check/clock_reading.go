package check

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// stampMark is the Key of a Mark that is a stamp.
const stampMark = "stamp"

// reading is what a clock's stamp says: one number, or a vector of them.
type reading struct {
	vector bool
	n      []int64
}

// parseReading reads "L=4", "V=[2 1 0]" or "T=5.010s".
func parseReading(text string) (reading, bool) {
	_, s, ok := strings.Cut(text, "=")
	if !ok {
		return reading{}, false
	}
	if inner, ok := strings.CutPrefix(s, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		r := reading{vector: true}
		for _, w := range strings.Fields(inner) {
			v, err := strconv.ParseInt(w, 10, 64)
			if err != nil {
				return reading{}, false
			}
			r.n = append(r.n, v)
		}
		return r, ok && len(r.n) > 0
	}
	if v, err := strconv.ParseInt(s, 10, 64); err == nil {
		return reading{n: []int64{v}}, true
	}
	d, err := time.ParseDuration(s)
	return reading{n: []int64{int64(d)}}, err == nil
}

// before tells whether the stamp is smaller than another: of vectors, in no entry above it
// and not the same. Those of different clocks are never.
func (r reading) before(s reading) bool {
	if r.vector != s.vector || len(r.n) != len(s.n) {
		return false
	}
	for i := range r.n {
		if r.n[i] > s.n[i] {
			return false
		}
	}
	return !slices.Equal(r.n, s.n)
}
