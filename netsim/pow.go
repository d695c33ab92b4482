package netsim

// Pow returns x to the power y, for x above zero, from the same bits on every
// architecture. It is good to about 1e-14 and meant for weights, not for science.
func Pow(x, y float64) float64 { return expf(float64(y * logf(x))) }
