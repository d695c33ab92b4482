package labs

import (
	"capsim/model"
	"capsim/policies"
)

// The kinds of messages.
const (
	gossipPush     = iota // give: what the sender is infective with
	gossipPull            // asks for what the receiver is infective with
	gossipExchange        // both
	gossipReply           // the answer to what asks: give; and feedback
	gossipFeedback        // known and needed: what of the received was known before, and what not
	gossipDigest          // known: all that the sender knows
	gossipRepair          // the answer to a digest: give; needed: what the sender lacks
	gossipUpdate          // give: what was needed
)

var gossipKinds = [...]string{
	"gossip.push", "gossip.pull", "gossip.exchange", "gossip.reply", "gossip.feedback", "gossip.digest", "gossip.repair", "gossip.update",
}

// gossipMessage is what nodes send each other. Which fields count is said at its kind. It is
// never changed: a crowd sends one object many times.
type gossipMessage struct {
	kind          int
	number        uint8 // of a Constant
	give          []gossipNews
	known, needed []model.OpID
}

func (m *gossipMessage) Kind() string { return gossipKinds[m.kind] }

func (m *gossipMessage) Writes() []model.OpID {
	var ids []model.OpID
	for i := range m.give {
		ids = append(ids, m.give[i].id)
	}
	return ids
}

// Constant numbers the messages of a crowd that has one rumour.
func (m *gossipMessage) Constant() uint8 { return m.number }

// picks are the rumours, by their numbers here, that a message names; as sets of bits if
// they are that few.
type picks struct {
	give, known, needed []int
}

func (p *picks) reset() { p.give, p.known, p.needed = p.give[:0], p.known[:0], p.needed[:0] }

// fewRumours is for how many rumours messages are kept, to be sent again.
const fewRumours = 20

// bits packs a list of numbers below fewRumours.
func bits(list []int) uint64 {
	var b uint64
	for _, i := range list {
		b |= 1 << i
	}
	return b
}

// message returns a message that names what was picked. Where one replica plays many nodes,
// they send the same few messages over and over.
func (g *gossip) message(kind int) policies.Message {
	p := &g.picks
	if g.played == 1 || len(g.rumours) > fewRumours {
		return g.newMessage(kind)
	}
	if len(g.rumours) <= 1 {
		i := kind<<3 | len(p.give)<<2 | len(p.known)<<1 | len(p.needed)
		if g.usual[i] == nil {
			g.usual[i] = g.newMessage(kind)
			g.usual[i].number = uint8(i + 1)
		}
		return g.usual[i]
	}
	key := uint64(kind)<<(3*fewRumours) | bits(p.give)<<(2*fewRumours) | bits(p.known)<<fewRumours | bits(p.needed)
	m := g.made[key]
	if m == nil {
		m = g.newMessage(kind)
		g.made[key] = m
	}
	return m
}

func (g *gossip) newMessage(kind int) *gossipMessage {
	m := &gossipMessage{kind: kind}
	for _, i := range g.picks.give {
		m.give = append(m.give, g.rumours[i].gossipNews)
	}
	m.known, m.needed = g.ids(g.picks.known), g.ids(g.picks.needed)
	return m
}

func (g *gossip) ids(list []int) []model.OpID {
	var ids []model.OpID
	for _, i := range list {
		ids = append(ids, g.rumours[i].id)
	}
	return ids
}
