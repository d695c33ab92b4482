package netsim

import "math"

// The functions of this file give the same bits on every architecture: only
// IEEE operations, each product rounded by an explicit conversion, so that no
// compiler may fuse it into a multiply-add, and no assembler of package math.

const (
	ln2Hi = 6.93147180369123816490e-01
	ln2Lo = 1.90821492927058770002e-10
)

// logf returns the natural logarithm of x, which must be normal, finite and
// positive. Error below 1 ulp.
//
// Source: FreeBSD msun e_log.c, as in Go's math/log.go.
func logf(x float64) float64 {
	const (
		l1 = 6.666666666666735130e-01
		l2 = 3.999999999940941908e-01
		l3 = 2.857142874366239149e-01
		l4 = 2.222219843214978396e-01
		l5 = 1.818357216161805012e-01
		l6 = 1.531383769920937332e-01
		l7 = 1.479819860511658591e-01
	)
	bits := math.Float64bits(x)
	k := int(bits>>52) - 1022
	m := math.Float64frombits(bits&(1<<52-1) | 1022<<52) // in [½, 1)
	if m < math.Sqrt2/2 {
		m *= 2
		k--
	}
	f := m - 1
	s := f / (2 + f)
	s2 := float64(s * s)
	s4 := float64(s2 * s2)
	t1 := float64(s2 * (l1 + float64(s4*(l3+float64(s4*(l5+float64(s4*l7)))))))
	t2 := float64(s4 * (l2 + float64(s4*(l4+float64(s4*l6)))))
	half := float64(0.5 * float64(f*f))
	kf := float64(k)
	return float64(kf*ln2Hi) - ((half - (float64(s*(half+(t1+t2))) + float64(kf*ln2Lo))) - f)
}

// expf returns e to the x, for x in [-700, 700]; beyond, the value at that bound.
// Error below 1 ulp.
//
// Source: FreeBSD msun e_exp.c, as in Go's math/exp.go.
func expf(x float64) float64 {
	const (
		log2e = 1.44269504088896338700e+00
		p1    = 1.66666666666666657415e-01
		p2    = -2.77777777770155933842e-03
		p3    = 6.61375632143793436117e-05
		p4    = -1.65339022054652515390e-06
		p5    = 4.13813679705723846039e-08
	)
	turn := 0.5
	switch { // cheaper than min and max, which mind NaN
	case x > 700:
		x = 700
	case x < -700:
		x, turn = -700, -0.5
	case x < 0:
		turn = -0.5
	}
	k := int(float64(log2e*x) + turn)
	hi := x - float64(float64(k)*ln2Hi)
	lo := float64(float64(k) * ln2Lo)
	r := hi - lo
	t := float64(r * r)
	c := r - float64(t*(p1+float64(t*(p2+float64(t*(p3+float64(t*(p4+float64(t*p5)))))))))
	y := 1 - ((lo - float64(r*c)/(2-c)) - hi)
	return float64(y * math.Float64frombits(uint64(k+1023)<<52))
}

// poly7 returns c[0] + c[1]x + … + c[7]x⁷, by Estrin's scheme: the order of its
// operations is part of the draws.
func poly7(c *[8]float64, x float64) float64 {
	x2 := float64(x * x)
	x4 := float64(x2 * x2)
	p01 := c[0] + float64(c[1]*x)
	p23 := c[2] + float64(c[3]*x)
	p45 := c[4] + float64(c[5]*x)
	p67 := c[6] + float64(c[7]*x)
	return (p01 + float64(p23*x2)) + float64((p45+float64(p67*x2))*x4)
}

// The coefficients of AS 241, least power first: numerators a, c, e and
// denominators b, d, f of its three regions.
var (
	as241a = [8]float64{
		3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
		4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3,
	}
	as241b = [8]float64{
		1, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
		2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3,
	}
	as241c = [8]float64{
		1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
		1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4,
	}
	as241d = [8]float64{
		1, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
		1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
	}
	as241e = [8]float64{
		6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
		2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
	}
	as241f = [8]float64{
		1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
		7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15,
	}
)

// normalQuantile returns z such that a standard normal is below z with
// probability ½+q; q in (-½, ½). Relative error about 1e-16.
//
// Source: Wichura, Algorithm AS 241: the percentage points of the normal
// distribution, Applied Statistics 37 (1988), PPND16.
func normalQuantile(q float64) float64 {
	if q >= -0.425 && q <= 0.425 {
		r := 0.180625 - float64(q*q)
		return float64(q*poly7(&as241a, r)) / poly7(&as241b, r)
	}
	tail := 0.5 - q
	if q < 0 {
		tail = 0.5 + q
	}
	r := math.Sqrt(-logf(tail)) // IEEE-exact on every architecture
	var z float64
	if r <= 5 {
		z = poly7(&as241c, r-1.6) / poly7(&as241d, r-1.6)
	} else {
		z = poly7(&as241e, r-5) / poly7(&as241f, r-5)
	}
	if q < 0 {
		return -z
	}
	return z
}
