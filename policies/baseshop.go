package policies

import (
	"strconv"

	"capsim/model"
)

// settle looks whether more was sold of a stock than there was, and takes back
// those sales of this node that can't be kept: the latest of all sales, as many as
// it takes for the stock to reach zero again. Nodes that know the same agree on
// which; each refunds its own, and the mark in the ledger, written in the same
// step, sees to it that it does so once.
func (b *base) settle(env Env, key string) {
	rec := env.Store().Record(key)
	if rec == nil || len(rec.Sales) == 0 {
		return
	}
	left := stockOf(rec)
	if left >= 0 {
		delete(b.oversold, key)
		return
	}
	mine := b.mustRefund(rec, -left)
	if !b.oversold[key] && rec.Sales != nil {
		b.oversold[key] = true
		env.Note("oversell", "key", key, "by", strconv.FormatInt(-left, 10))
	}
	for _, sale := range mine {
		b.refund(env, key, sale)
	}
	if len(mine) > 0 && stockOf(env.Store().Record(key)) >= 0 {
		delete(b.oversold, key)
	}
}

// mustRefund returns this node's own among the latest sales that make up for n.
func (b *base) mustRefund(rec *model.Record, n int64) []model.Sale {
	var mine []model.Sale
	for i := len(rec.Sales) - 1; i >= 0 && n > 0; i-- {
		s := rec.Sales[i]
		if s.Refunded {
			continue
		}
		n -= s.N
		if s.Dot.Node == b.core.self {
			mine = append(mine, s)
		}
	}
	return mine
}

// refund takes back one sale.
func (b *base) refund(env Env, key string, sale model.Sale) {
	n := strconv.FormatInt(sale.N, 10)
	cmd := model.Command{Verb: model.REFUND, Args: []string{key, n}}
	op := env.SystemWrite(cmd, sale.Op)
	b.begin(env)
	model.Apply(cmd, b.read, &b.effects)
	for _, e := range b.effects.List {
		var of *model.Dot
		if e.Key == key {
			of = &sale.Dot
		}
		b.write(&model.Write{Op: op, Effect: e}, &model.Seen{Key: e.Key}, of)
	}
	env.Note("refund", "op", opName(sale.Op), "by", opName(op), "key", key, "n", n)
	env.Count("base.refunds", 1)
}

func opName(op model.OpID) string { return strconv.FormatUint(uint64(op), 10) }

// stockOf returns the number that a record stands for; 0 if it is none.
func stockOf(rec *model.Record) int64 {
	n, _ := strconv.ParseInt(rec.Value().Str, 10, 64)
	return n
}
