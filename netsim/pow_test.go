package netsim

import (
	"math"
	"testing"
)

func TestPow(t *testing.T) {
	for x := 1.0; x <= 1e6; x *= 1.7 {
		for _, y := range []float64{-2, -1.1, -0.5, 0, 0.5, 1, 3} {
			if got, want := Pow(x, y), math.Pow(x, y); math.Abs(got-want) > 1e-14*want {
				t.Errorf("%v to the %v is %v, want %v", x, y, got, want)
			}
		}
	}
}
