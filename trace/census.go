package trace

import (
	"strconv"

	"capsim/model"
)

// maxLevels bounds the states of one Census.
const maxLevels = 1 << 10

// appendCensus writes how many nodes are in which state.
//
//	,"levels":[{"state":"infective","nodes":12,"heat":[0,3,9]},{"state":"removed","nodes":0}]
func appendCensus(dst []byte, c Census) []byte {
	for i := range c {
		sep := ","
		if i == 0 {
			sep = `,"levels":[`
		}
		dst = model.AppendJSON(append(append(dst, sep...), `{"state":`...), c[i].State)
		dst = strconv.AppendInt(append(dst, `,"nodes":`...), int64(c[i].Nodes), 10)
		for j, share := range c[i].Heat {
			sep := ","
			if j == 0 {
				sep = `,"heat":[`
			}
			dst = strconv.AppendUint(append(dst, sep...), uint64(share), 10)
		}
		if len(c[i].Heat) > 0 {
			dst = append(dst, ']')
		}
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

// census reads what follows `,"levels":[`.
func (d *decoder) census() (c Census) {
	for {
		d.in.Need(`{"state":`)
		l := Level{State: d.str()}
		d.in.Need(`,"nodes":`)
		l.Nodes = int(d.in.Int(0, MaxNodes))
		if d.in.Has(`,"heat":[`) {
			l.Heat = d.heat()
		}
		d.in.Need("}")
		c = append(c, l)
		if d.in.Has("]") || d.in.Err() != nil {
			return c
		}
		if len(c) == maxLevels {
			d.in.Fail("at most " + strconv.Itoa(maxLevels) + " states")
		}
		d.in.Need(",")
	}
}

func (d *decoder) heat() []uint16 {
	var heat []uint16
	for {
		heat = append(heat, uint16(d.in.Int(0, 1000)))
		if d.in.Has("]") || d.in.Err() != nil {
			return heat
		}
		if len(heat) == MaxBuckets {
			d.in.Fail("at most " + strconv.Itoa(MaxBuckets) + " buckets")
		}
		d.in.Need(",")
	}
}
