package foreign

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// jsonOp is an operation with the times that its line gives.
type jsonOp struct {
	*op
	call, ret instant
}

// readJSON reads a history of JSON lines, an object an operation:
//
//	{"client":"a","op":"write","key":"x","value":3,"call":0,"return":5,"outcome":"ok"}
func readJSON(src string) (*pairing, error) {
	p := newPairing(JSONLines)
	p.timed = false // in a unit that only the writer knows
	var all []*jsonOp
	n := int32(0)
	for line := range strings.Lines(src) {
		n++
		if strings.Trim(line, " \t\r\n") == "" {
			continue
		}
		o, err := jsonLine(line, n)
		if err != nil {
			return nil, err
		}
		if len(all) == MaxOperations {
			return nil, o.from.wrong("", fmt.Sprintf("at most %d operations", MaxOperations))
		}
		if p.kept += o.input.kept() + o.output.kept(); p.kept > maxKept {
			return nil, o.from.wrong("", fmt.Sprintf("at most %d values in all operations", maxKept))
		}
		all = append(all, o)
		p.events++
	}
	return p, p.order(all)
}

// endpoint is a beginning or an end of an operation.
type endpoint struct {
	*jsonOp
	at  instant
	end int // 1 if it is an end
}

// order sorts beginnings and ends by time. At one instant beginnings come first:
// operations that touch count as concurrent.
func (p *pairing) order(all []*jsonOp) error {
	ends := make([]endpoint, 0, 2*len(all))
	for _, o := range all {
		ends = append(ends, endpoint{o, o.call, 0})
		if o.outcome != open {
			ends = append(ends, endpoint{o, o.ret, 1})
		}
	}
	slices.SortStableFunc(ends, func(a, b endpoint) int { return cmp.Or(a.at.compare(b.at), a.end-b.end) })
	last := map[string]*jsonOp{} // by client: what it began last
	for i, e := range ends {
		if e.end == 1 {
			e.op.end = i + 1
			continue
		}
		name := e.client
		if b := last[name]; b != nil {
			switch {
			case b.outcome == open:
				p.lives[name]++
			case b.ret.compare(e.at) > 0:
				return e.from.wrong("", fmt.Sprintf(`%s to begin this when its %s of line %d has ended: a client does one thing at a time; without an answer leave "return" out and say "outcome":"unknown"`,
					name, b.f, b.from.line))
			}
		}
		last[name] = e.jsonOp
		e.client, e.begin = p.client(name), i+1
		p.ops = append(p.ops, e.op)
	}
	return nil
}

// instant is a time as a JSON history gives it, exactly: in whole units and billionths.
type instant struct{ units, billionths int64 }

func (t instant) compare(u instant) int {
	return cmp.Or(cmp.Compare(t.units, u.units), cmp.Compare(t.billionths, u.billionths))
}

// parseInstant reads a number of at most 19 digits before the point and 9 behind it.
func parseInstant(s string) (t instant, ok bool) {
	digits, minus := strings.CutPrefix(s, "-")
	units, part, _ := strings.Cut(digits, ".")
	if len(units) > 19 || len(part) > 9 {
		return t, false
	}
	n, err := strconv.ParseInt(units, 10, 64)
	if err != nil {
		return t, false
	}
	if part != "" {
		if t.billionths, err = strconv.ParseInt(part+strings.Repeat("0", 9-len(part)), 10, 64); err != nil {
			return t, false
		}
	}
	if t.units = n; minus {
		t.units, t.billionths = -n, -t.billionths
	}
	return t, true
}
