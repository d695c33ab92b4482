package labs

import (
	"fmt"
	"strconv"

	"capsim/model"
	"capsim/policies"
)

var txVerbs = []policies.Verb{
	{
		Name: "ORDER", Usage: "ORDER id item n [card]", Doc: "take n of the item from stock, n from the card's credit, and ship them: all or nothing",
		Min: 3, Max: 4, Valid: txValid(2), Try: []string{"ORDER o{i} lamp 1", "ORDER o{i} lamp 2 visa", "ORDER o{i} chair 1 gold", "ORDER o{i} chair 3 gold", "ORDER o1 lamp 1"},
	},
	{
		Name: "STOCK", Usage: "STOCK item [n]", Doc: "put n of the item into stock, at the node that owns it; replies how many there are",
		Min: 1, Max: 2, Valid: txValid(1), Try: []string{"STOCK lamp 3", "STOCK chair 5", "STOCK lamp"},
	},
	{
		Name: "CREDIT", Usage: "CREDIT card [n]", Doc: "give a card n more credit, at the node that owns it; replies what it has",
		Min: 1, Max: 2, Valid: txValid(1), Try: []string{"CREDIT visa 2", "CREDIT gold"},
	},
	{
		Name: "STATUS", Usage: "STATUS id", Doc: "what became of an order, at the node that was asked for it; nil if it does not know it",
		Min: 1, Max: 1, Valid: txValid(-1), Try: []string{"STATUS o1", "STATUS o{i}"},
	},
	{
		Name: "DEADLETTERS", Usage: "DEADLETTERS", Doc: "the messages that this node gave up delivering",
		Min: 0, Max: 0, Try: []string{"DEADLETTERS"},
	},
}

// Request implements policies.Replica.
func (r *tx) Request(env policies.Env, req policies.Request) {
	r.enter(env)
	r.request(req.Op, req.Command.Name(), req.Command.Words())
	r.leave()
}

func (r *tx) request(op model.OpID, verb string, words []string) {
	reply := func(x model.Reply) { r.env.Reply(op, model.Answered(x)) }
	switch verb {
	case "ORDER":
		o := &txOrder{op: op, name: words[0] + "@" + r.self.String(), by: r.self, item: words[1], n: txCount(words[2]), card: "visa"}
		if len(words) > 3 {
			o.card = words[3]
		}
		r.order(o)
	case "STOCK":
		r.fill(op, txStock, &txOrder{item: words[0]}, words[1:], 0)
	case "CREDIT":
		r.fill(op, txPayment, &txOrder{card: words[0]}, words[1:], r.credit)
	case "STATUS":
		if status := r.get(orderPrefix + words[0] + "@" + r.self.String()); status != "" {
			reply(model.Bulk(status))
			return
		}
		reply(model.Reply{})
	case "DEADLETTERS":
		letters := []string{}
		for _, name := range r.rows(deadPrefix) {
			letters = append(letters, name+": "+r.get(deadPrefix+name))
		}
		reply(model.List(letters))
	}
}

// fill reads the row that a part changes, or adds to it. A row that is locked is not shown:
// what is in it is not decided.
func (r *tx) fill(op model.OpID, p txPart, o *txOrder, words []string, first int64) {
	row := o.row(p)
	if owner := p.owner(r.n); owner != r.self {
		r.env.Reply(op, model.Refuse("MOVED", owner.String()+" has "+row))
		return
	}
	if by := r.lockedBy(row); by != nil {
		r.env.Reply(op, model.Refuse(model.CodeInDoubt, row+" is locked by "+by.name))
		return
	}
	n := r.number(row, first)
	if len(words) > 0 {
		if n += txCount(words[0]); n > txMostStock {
			r.env.Reply(op, model.Answered(model.Error(fmt.Sprintf("ERR no more than %d", int64(txMostStock)))))
			return
		}
		r.put(op, row, strconv.FormatInt(n, 10))
	}
	r.env.Reply(op, model.Answered(model.Int(n)))
}
