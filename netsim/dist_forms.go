package netsim

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

type constDist struct{ d time.Duration }

func parseConst(args []string, _ func(string) (Dist, error)) (Dist, error) {
	v, err := readParams(args, param{name: "d"})
	if err != nil {
		return nil, err
	}
	return constDist{time.Duration(v[0])}, nil
}

func (c constDist) Draw(*rand.Rand) time.Duration { return c.d }
func (c constDist) String() string                { return fmt.Sprintf("const(%v)", c.d) }

// uniformDist is uniform over the nanoseconds from least to most, both included.
type uniformDist struct{ least, most time.Duration }

func parseUniform(args []string, _ func(string) (Dist, error)) (Dist, error) {
	v, err := readParams(args, param{name: "a"}, param{name: "b"})
	if err != nil {
		return nil, err
	}
	if v[1] < v[0] {
		return nil, fmt.Errorf("b is %s, less than a: want the smaller first", args[1])
	}
	return uniformDist{time.Duration(v[0]), time.Duration(v[1])}, nil
}

func (u uniformDist) Draw(r *rand.Rand) time.Duration {
	return u.least + time.Duration(below(r, uint64(u.most-u.least)+1))
}
func (u uniformDist) String() string { return fmt.Sprintf("uniform(%v, %v)", u.least, u.most) }

// normalDist is normal; negative draws count as 0.
type normalDist struct{ mean, sd float64 } // ns

func parseNormal(args []string, _ func(string) (Dist, error)) (Dist, error) {
	v, err := readParams(args, param{name: "mean"}, param{name: "sd"})
	if err != nil {
		return nil, err
	}
	return normalDist{v[0], v[1]}, nil
}

func (n normalDist) Draw(r *rand.Rand) time.Duration {
	return toDuration(n.mean + float64(n.sd*normalQuantile(centred(r))))
}

func (n normalDist) String() string {
	return fmt.Sprintf("normal(%v, %v)", time.Duration(n.mean), time.Duration(n.sd))
}

// lognormalDist is e to the power of a normal: sigma is the standard deviation of
// the logarithm.
type lognormalDist struct{ median, sigma float64 } // ns; pure

func parseLognormal(args []string, _ func(string) (Dist, error)) (Dist, error) {
	v, err := readParams(args, param{name: "median"}, param{name: "sigma", most: 10})
	if err != nil {
		return nil, err
	}
	return lognormalDist{v[0], v[1]}, nil
}

func (l lognormalDist) Draw(r *rand.Rand) time.Duration {
	return toDuration(float64(l.median * expf(float64(l.sigma*normalQuantile(centred(r))))))
}

func (l lognormalDist) String() string {
	return fmt.Sprintf("lognormal(%v, %s)", time.Duration(l.median), formatNumber(l.sigma))
}

// expDist is exponential.
type expDist struct{ mean float64 } // ns

func parseExp(args []string, _ func(string) (Dist, error)) (Dist, error) {
	v, err := readParams(args, param{name: "mean"})
	if err != nil {
		return nil, err
	}
	return expDist{v[0]}, nil
}

func (e expDist) Draw(r *rand.Rand) time.Duration {
	return toDuration(float64(e.mean * -logf(unit(r))))
}
func (e expDist) String() string { return fmt.Sprintf("exp(%v)", time.Duration(e.mean)) }

// paretoDist is Pareto's: longer than x with probability (least/x) to the alpha.
type paretoDist struct{ least, alpha float64 } // ns; pure

func parsePareto(args []string, _ func(string) (Dist, error)) (Dist, error) {
	v, err := readParams(args, param{name: "min"}, param{name: "alpha", least: 0.01, most: 1000})
	if err != nil {
		return nil, err
	}
	if v[0] == 0 {
		return nil, errors.New("min is 0: want a duration above 0, up to 1h")
	}
	return paretoDist{v[0], v[1]}, nil
}

func (p paretoDist) Draw(r *rand.Rand) time.Duration {
	return toDuration(float64(p.least * expf(-logf(unit(r))/p.alpha)))
}

func (p paretoDist) String() string {
	return fmt.Sprintf("pareto(%v, %s)", time.Duration(p.least), formatNumber(p.alpha))
}
