package model

// Part returns how much of the counter that the record stands for belongs to the actors
// that mine picks: of the register beneath what they wrote, and what they added and
// subtracted since. The parts of all actors make up the counter. 0 for no record, and
// for a register that is no number.
//
// Source: O'Neil, The Escrow Transactional Method (TODS 1986); Balegas et al., Extending
// Eventually Consistent Cloud Databases for Enforcing Numeric Invariants (SRDS 2015).
func (r *Record) Part(mine func(Actor) bool) int64 {
	b := r.base()
	sum, ok := number(b.Value)
	if r == nil || !ok {
		return 0
	}
	if !mine(b.Stamp.Actor) {
		sum = 0
	}
	for _, t := range r.Totals {
		if was := totalOf(b.Absorbed, t.Actor); mine(t.Actor) {
			sum += int64(t.Plus - was.Plus - (t.Minus - was.Minus))
		}
	}
	return sum
}

// Transfer returns the record with n of the part of from's actor given to to's actor.
// The counter stays the same, and no head shows it. Both dots are numbered after all
// that the record has seen of their actors, and only whoever writes as both may do it.
func (r *Record) Transfer(from, to Dot, n int64) *Record {
	t := r.normal()
	t.Seen = r.Vector().With(from).With(to)
	t.Totals = addTotal(addTotal(t.Totals, from, -n), to, n)
	return t
}
