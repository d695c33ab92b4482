package labs

import (
	"strconv"
	"strings"

	"capsim/model"
	"capsim/policies"
)

// txDisk is a node's Redis as the lab uses it. All is in records, so that it can be seen: the
// rows of stock, credit and shipments; order:NAME of the orders that this node took, log:NAME
// of the transactions that are not over, outbox:NAME and dead:NAME. What is over leaves a
// word under a name of its own: a message about it that comes late must find it.
type txDisk struct {
	env   policies.Env
	clock model.Stamp
}

// get returns the text of a row; "" if there is none.
func (d *txDisk) get(key string) string { return d.env.Store().Record(key).Value().Str }

// number returns a row that is a number, or what it is at first.
func (d *txDisk) number(key string, first int64) int64 {
	if n, err := strconv.ParseInt(d.get(key), 10, 64); err == nil {
		return n
	}
	return first
}

// put writes a row; the operation is why.
func (d *txDisk) put(op model.OpID, key, text string) {
	old := d.env.Store().Record(key)
	if old != nil && old.Value().Str == text {
		return
	}
	actor := model.Actor{Node: d.env.Self(), Life: int32(d.env.Incarnation())}
	if h, ok := old.Newest(); ok {
		d.clock = d.clock.Later(h.Stamp)
	}
	d.clock = d.clock.Next(d.env.Now(), actor)
	rec, over := old.Write(model.Write{
		Op: op, Dot: model.Dot{Actor: actor, N: old.Vector().Of(actor) + 1}, Stamp: d.clock,
		Effect: model.Effect{Key: key, Kind: model.Put, Value: model.Text(text)},
	}, model.Registers)
	d.env.Store().PutRecord(key, rec)
	d.env.Wrote(op, key, over)
	d.env.Applied(key, rec)
}

// drop removes a row.
func (d *txDisk) drop(key string) {
	if d.env.Store().Record(key) != nil {
		d.env.Store().DropRecord(key)
		d.env.Applied(key, nil)
	}
}

// rows returns the names of the rows that begin so, without that, sorted.
func (d *txDisk) rows(prefix string) []string {
	var names []string
	for _, key := range d.env.Store().Keys() {
		if name, ok := strings.CutPrefix(key, prefix); ok {
			names = append(names, name)
		}
	}
	return names
}

// word returns what is remembered under a name; "" for nothing.
func (d *txDisk) word(name string) string { return string(d.env.Store().Meta("tx/" + name)) }

// remember keeps a word under a name for ever.
func (d *txDisk) remember(name, word string) { d.env.Store().PutMeta("tx/"+name, []byte(word)) }

// can tells whether the part could take effect now; else why not.
func (d *txDisk) can(o *txOrder, p txPart, credit int64) (why string) {
	switch p {
	case txStock:
		if have := d.number(o.row(p), 0); have < o.n {
			return "OUTOFSTOCK " + strconv.FormatInt(have, 10) + " " + o.item + " left"
		}
	case txPayment:
		if have := d.number(o.row(p), credit); have < o.n {
			return "DECLINED card " + o.card + " has " + strconv.FormatInt(have, 10) + " left"
		}
	}
	return ""
}

// apply lets a part take effect, or takes it back.
func (d *txDisk) apply(o *txOrder, p txPart, credit int64, back bool) {
	by, row := o.n, o.row(p)
	if back {
		by = -by
	}
	switch p {
	case txStock:
		d.put(o.op, row, strconv.FormatInt(d.number(row, 0)-by, 10))
	case txPayment:
		d.put(o.op, row, strconv.FormatInt(d.number(row, credit)-by, 10))
	case txShipment:
		sent, _, _ := strings.Cut(d.get(row), " ")
		n, _ := strconv.ParseInt(sent, 10, 64)
		if n += by; n == 0 {
			d.drop(row)
		} else {
			d.put(o.op, row, strconv.FormatInt(n, 10)+" "+o.item)
		}
	}
	d.env.Fact(policies.Fact{Kind: policies.Effect, Op: o.op, Key: o.name, Text: p.String(), N: by})
}
