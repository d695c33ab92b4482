package labs

import (
	"fmt"
	"strconv"
	"strings"

	"capsim/model"
	"capsim/policies"
)

// txOrder is what a transaction is about: so many pieces of an item, paid by a card, one
// each, and shipped.
type txOrder struct {
	name string     // of the transaction: "o1@n4", the order's id and who was asked
	op   model.OpID // the client's ORDER
	by   model.NodeID
	item string
	n    int64
	card string
}

// txPart is one of an order's parts, of which each has a node that owns what it changes.
type txPart uint8

const (
	txStock txPart = iota
	txPayment
	txShipment
	txParts
)

var txPartNames = [txParts]string{"stock", "payment", "shipment"}

func (p txPart) String() string { return txPartNames[p] }

// owner returns the node that owns what the part changes: stock is on n1, payment on n2 and
// shipment on n3; with fewer nodes they share.
func (p txPart) owner(nodes int) model.NodeID { return model.NodeID(int(p)%nodes + 1) }

// row names the record that the part changes.
func (o *txOrder) row(p txPart) string {
	switch p {
	case txStock:
		return "stock:" + o.item
	case txPayment:
		return "credit:" + o.card
	}
	return "shipment:" + o.name
}

// Limits of what may be ordered and stocked.
const (
	txMostPieces = 1_000_000
	txMostStock  = 1_000_000_000_000
	txLongest    = 32
)

// txWord tells whether a word may name an order, an item or a card: it goes into the names
// of records.
func txWord(s string) bool {
	ok := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-' || r == '.'
	}
	return s != "" && len(s) <= txLongest && strings.IndexFunc(s, func(r rune) bool { return !ok(r) }) < 0
}

// txValid checks a verb's words: names, and at most one number at the place given; -1 for
// none.
func txValid(number int) func(words []string) error {
	return func(words []string) error {
		for i, w := range words {
			switch {
			case i == number && txCount(w) == 0:
				return &policies.ChoiceError{Word: i, Got: w, Want: fmt.Sprintf("a number from 1 to %d", txMostPieces)}
			case i != number && !txWord(w):
				return &policies.ChoiceError{Word: i, Got: w, Want: fmt.Sprintf("a name of letters, digits, -, _ and ., at most %d of them", txLongest)}
			}
		}
		return nil
	}
}

// txCount reads a number of pieces; 0 if it is none.
func txCount(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 || n > txMostPieces {
		return 0
	}
	return n
}

// encode writes the order as words that decodeOrder reads.
func (o *txOrder) encode() string {
	return fmt.Sprintf("%s %d %d %s %d %s", o.name, o.op, o.by, o.item, o.n, o.card)
}

// decodeOrder reads six words; nil if they are no order.
func decodeOrder(words []string, nodes int) *txOrder {
	if len(words) != 6 {
		return nil
	}
	op, err := strconv.ParseUint(words[1], 10, 32)
	by, err2 := strconv.Atoi(words[2])
	o := &txOrder{name: words[0], op: model.OpID(op), by: model.NodeID(by), item: words[3], n: txCount(words[4]), card: words[5]}
	id, at, found := strings.Cut(o.name, "@")
	if err != nil || err2 != nil || op == 0 || by < 1 || by > nodes || !found || !txWord(id) || at != o.by.String() ||
		o.n == 0 || !txWord(o.item) || !txWord(o.card) {
		return nil
	}
	return o
}
