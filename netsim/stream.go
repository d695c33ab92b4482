package netsim

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
)

// Stream returns the random stream of that name: derived from the root seed and
// the name alone, so that a draw from one stream moves no other. Each call with
// the same name returns a fresh generator at the stream's start. The streams of
// links are the Net's own: no name reaches them.
func (n *Net) Stream(name string) *rand.Rand {
	return newStream(n.seed, "stream", name)
}

// newStream seeds a PCG with the first 16 bytes of SHA-256 over the root seed,
// the stream's domain and its name.
func newStream(seed int64, domain, name string) *rand.Rand {
	buf := binary.LittleEndian.AppendUint64(make([]byte, 0, 64), uint64(seed))
	buf = append(append(append(buf, domain...), 0), name...)
	sum := sha256.Sum256(buf)
	return rand.New(rand.NewPCG(binary.LittleEndian.Uint64(sum[:8]), binary.LittleEndian.Uint64(sum[8:16])))
}

// below draws an integer in [0, n), n > 0, from one number of the stream; its bias
// is under n/2⁶⁴.
func below(r *rand.Rand, n uint64) uint64 {
	hi, _ := bits.Mul64(r.Uint64(), n)
	return hi
}

// centred draws q uniformly in (-½, ½): an odd multiple of 2⁻⁵³, exactly, so that
// ½+q and ½-q are exact too and never 0.
func centred(r *rand.Rand) float64 {
	return (float64(int64(r.Uint64()>>12)-1<<51) + 0.5) / (1 << 52)
}

// unit draws uniformly in (0, 1): an odd multiple of 2⁻⁵³, exactly.
func unit(r *rand.Rand) float64 {
	return (float64(r.Uint64()>>12) + 0.5) / (1 << 52)
}
