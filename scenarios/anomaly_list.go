package scenarios

import "capsim/check"

// Anomalies is the one ordered list of anomalies.
var Anomalies = []Anomaly{
	{
		Name: "stale-read", Title: "make a stale read", Least: 2,
		Shows:  "A client reads an old value after a newer one was acknowledged.",
		Breaks: []string{"linearizable"},
		recipes: []recipe{
			{moves: []move{
				{atOnce, "{alice}@{near} SET {cart} milk"},
				{settle, "partition {far} | *"},
				{beat, "{alice}@{near} SET {cart} eggs"},
				{beat, "{bob}@{far} GET {cart}"},
				{beat, "heal"},
			}},
			{moves: []move{
				{atOnce, "{alice}@{near} SET {cart} milk"},
				{settle, "partition {far} | *"},
				{takeover, "{alice}@{near} SET {cart} eggs"},
				{beat, "{bob}@{far} GET {cart}"},
				{beat, "heal"},
			}, leads: true},
		},
		happened: staleRead, check: "linearizable {cart}", wants: check.No,
	},
	{
		Name: "lost-write", Title: "lose an acknowledged write", Least: 2,
		Shows:  "A client is told OK, and no node holds what it wrote, nor anything that had seen it.",
		Breaks: []string{"lost-writes = 0"},
		recipes: []recipe{
			{moves: []move{ // the later of the two is lost, so that a read shows it
				{atOnce, "skew {far} -10s"},
				{atOnce, "partition {far} | *"},
				{beat, "{alice}@{near} SET {cart} milk"},
				{beat, "{bob}@{far} SET {cart} eggs"},
				{beat, "heal"},
				{settle, "{carol}@{far} GET {cart}"},
				{beat, "skew {far} off"},
			}, check: "linearizable {cart}", wants: check.No},
			{moves: []move{
				{atOnce, "partition {far} | *"},
				{beat, "{alice}@{far} SET {cart} milk"},
				{beat, "{bob}@{near} SET {cart} eggs"},
				{beat, "heal"},
				{settle, "{carol}@{near} GET {cart}"},
			}},
			{moves: []move{
				{atOnce, "{alice}@{near} SET {cart} milk"},
				{atOnce, "{bob}@{far} SET {cart} eggs"},
				{beat, "{alice}@{near} SET {cart} bread"},
				{atOnce, "{bob}@{far} SET {cart} tea"},
				{beat, "{alice}@{near} SET {cart} rice"},
				{atOnce, "{bob}@{far} SET {cart} figs"},
				{settle, "{carol}@{far} GET {cart}"},
			}},
			{moves: []move{
				{atOnce, "partition {far} | *"},
				{beat, "{alice}@{far} SET {cart} milk"},
				{takeover, "{bob}@{near} SET {cart} eggs"},
				{beat, "heal"},
				{calm, "{carol}@{far} GET {cart}"},
			}, leads: true},
		},
		happened: lostWrite, check: "lost-writes = 0", wants: check.No,
	},
	{
		Name: "split-vote", Title: "split the vote", Least: 3,
		Shows: "Two nodes stand for election in the same term, and neither is elected.",
		recipes: []recipe{
			{leads: true, moves: []move{{atOnce, "partition {apart}"}, {deadline, "heal"}}},
			{leads: true, moves: standTogether(2)},
			{leads: true, moves: standTogether(3)},
			{leads: true, moves: standTogether(1)},
			{leads: true, moves: standTogether(4)},
			{leads: true, moves: []move{
				{atOnce, "delay {near}-{third} +400ms"},
				{beat, "crash {far}"},
				{takeover, "delay {near}-{third} off"},
				{atOnce, "restart {far}"},
			}},
		},
		happened: splitVote,
	},
	{
		Name: "oversell", Title: "sell the last piece twice", Least: 2,
		Shows:  "There is one piece; two clients buy it, and both are told that they have it.",
		Breaks: []string{"linearizable", "oversold = 0"},
		recipes: []recipe{
			{moves: []move{
				{atOnce, "{alice}@{near} SET {laptop}:stock 1"},
				{settle, "partition {far} | *"},
				{beat, "{bob}@{near} BUY {laptop} 1"},
				{beat, "{carol}@{far} BUY {laptop} 1"},
				{beat, "heal"},
				{settle, "{alice}@{near} GET {laptop}:stock"},
			}},
			{moves: []move{
				{atOnce, "{alice}@{far} SET {laptop}:stock 1"},
				{settle, "partition {far} | *"},
				{beat, "{carol}@{far} BUY {laptop} 1"},
				{takeover, "{bob}@{near} BUY {laptop} 1"},
				{beat, "heal"},
				{calm, "{alice}@{near} GET {laptop}:stock"},
			}, leads: true},
		},
		happened: oversell, check: "linearizable {laptop}:stock", wants: check.No,
	},
	{
		Name: "read-backwards", Title: "read backwards in time", Least: 2,
		Shows:  "A client reads the new value, and then the old one again.",
		Breaks: []string{"monotonic-reads", "linearizable"},
		recipes: []recipe{
			{moves: backwards("near", "near", beat)},
			{moves: backwards("far", "far", beat)},
			{moves: backwards("near", "near", takeover), leads: true},
		},
		happened: readBackwards, check: "monotonic-reads", wants: check.No,
	},
	{
		Name: "miss-own-write", Title: "hide a write from its writer", Least: 2,
		Shows:  "A client is told OK, goes to another node, and does not find what it wrote.",
		Breaks: []string{"read-your-writes", "linearizable"},
		recipes: []recipe{
			{moves: ownWrite("near", "far", beat)},
			{moves: ownWrite("far", "near", beat)},
			{moves: ownWrite("near", "far", takeover), leads: true},
			{moves: ownWrite("far", "near", takeover), leads: true},
		},
		happened: missOwnWrite, check: "read-your-writes", wants: check.No,
	},
	{
		Name: "refuse", Title: "be refused by a node that is up", Least: 2,
		Shows:  "A node is up and reachable by its client, and does not do what it is asked.",
		Breaks: []string{"available"},
		recipes: []recipe{
			{moves: []move{
				{atOnce, "partition {far} | *"},
				{beat, "{bob}@{far} SET {cart} milk"},
				{beat, "{alice}@{far} GET {cart}"},
				{deadline, "heal"},
			}},
			{moves: []move{
				{atOnce, "partition {far} | *"},
				{beat, "{bob}@{near} SET {cart} milk"},
				{beat, "{bob}@{far} GET {cart}"},
				{deadline, "heal"},
			}},
		},
		happened: refusal, check: "available", wants: check.No,
	},
	{
		Name: "unknown", Title: "get no answer, though it was done", Least: 2,
		Shows: "A client waits in vain for the answer to a write, and the write has taken effect.",
		recipes: []recipe{
			{moves: []move{
				{atOnce, "cut {near}->{far}"},
				{flight, "{alice}@{far} SET {cart} milk"},
				{deadline, "{bob}@{near} GET {cart}"},
				{beat, "heal"},
			}},
			{moves: silence(2)},
			{moves: silence(4)},
			{moves: silence(6)},
			{moves: silence(8)},
			{moves: []move{
				{atOnce, "cut {near}->{remote}"},
				{beat, "{remote}@{near} SET {cart} milk"},
				{deadline, "{bob}@{near} GET {cart}"},
				{beat, "heal"},
			}, check: "reply {remote} unknown", wants: check.Yes},
		},
		happened: unanswered, check: "reply {alice} unknown", wants: check.Yes,
	},
	{
		Name: "siblings", Title: "get two values for one key", Least: 2,
		Shows:  "Two clients write without having seen each other, and a read returns both values.",
		Breaks: []string{"linearizable"},
		recipes: []recipe{{moves: []move{
			{atOnce, "partition {far} | *"},
			{beat, "{alice}@{far} SET {cart} milk"},
			{beat, "{bob}@{near} SET {cart} eggs"},
			{beat, "heal"},
			{settle, "{carol}@{near} GET {cart}"},
		}}},
		happened: siblings, check: "linearizable {cart}", wants: check.No,
	},
	{
		Name: "answer-first", Title: "see the answer before its question", Least: 2,
		Shows:  "A client reads an answer, and then not the question that it was written to.",
		Breaks: []string{"causal-convergence", "writes-follow-reads", "linearizable"},
		recipes: []recipe{
			{moves: []move{
				{atOnce, "partition {far} | *"},
				{beat, "{alice}@{far} SET {question} why"},
				{beat, "{bob}@{far} GET {question}"},
				{beat, "{bob}@{near} SET {answer} because"},
				{beat, "{carol}@{near} GET {answer}"},
				{beat, "{carol}@{near} GET {question}"},
				{beat, "heal"},
			}, check: "writes-follow-reads", wants: check.No},
			{moves: []move{
				{atOnce, "partition {far} | *"},
				{beat, "{alice}@{near} SET {question} why"},
				{beat, "{bob}@{near} GET {question}"},
				{beat, "{bob}@{near} SET {answer} because"},
				{beat, "{carol}@{near} GET {answer}"},
				{beat, "{carol}@{far} GET {question}"},
				{beat, "heal"},
			}, check: "linearizable {question}", wants: check.No},
		},
		happened: answerFirst,
	},
	{
		Name: "lost-count", Title: "let an INCR vanish", Least: 2,
		Shows:  "Two clients count up, both are answered, and the counter has gone up by one.",
		Breaks: []string{"linearizable", "lost-writes = 0"},
		recipes: []recipe{
			{moves: []move{
				{atOnce, "partition {far} | *"},
				{beat, "{alice}@{far} INCR {hits}"},
				{beat, "{bob}@{near} INCR {hits}"},
				{beat, "heal"},
				{settle, "{carol}@{near} GET {hits}"},
			}},
			{moves: []move{
				{atOnce, "partition {far} | *"},
				{beat, "{alice}@{far} INCR {hits}"},
				{takeover, "{bob}@{near} INCR {hits}"},
				{beat, "heal"},
				{calm, "{carol}@{near} GET {hits}"},
			}, leads: true},
		},
		happened: lostCount, check: "linearizable {hits}", wants: check.No,
	},
	{
		Name: "come-back", Title: "bring a deleted key back", Least: 2,
		Shows:  "A client deletes a key and finds it gone; later the key is there again, and nobody has written it since.",
		Breaks: []string{"linearizable", "lost-writes = 0"},
		recipes: []recipe{
			{moves: comeBack("")},
			{moves: comeBack("skew {far} +10s")},
			{moves: []move{
				{atOnce, "{alice}@{far} SET {cart} milk"},
				{settle, "partition {far} | *"},
				{beat, "{bob}@{far} DEL {cart}"},
				{beat, "{bob}@{far} GET {cart}"},
				{takeover, "heal"},
				{calm, "{bob}@{far} GET {cart}"},
			}, leads: true},
		},
		happened: comesBack, check: "linearizable {cart}", wants: check.No,
	},
}

// standTogether lets n1 and n2 stand for election in one term: both are told by all others
// that they could win, and these crash before they can vote, some hops later.
func standTogether(hops int) []move {
	moves := []move{
		{atOnce, "partition {apart}"},
		{deadline, "partition {apart} hold"},
		{beat, "heal n1-{voters}"},
		{atOnce, "heal n2-{voters}"},
	}
	for range hops - 1 {
		moves = append(moves, move{hop, ""})
	}
	return append(moves,
		move{hop, "crash {voters}"},
		move{deadline, "heal"},
		move{atOnce, "restart {voters}"},
	)
}

// silence lets a write go out, and cuts off its node's ears some hops later.
func silence(hops int) []move {
	moves := []move{{atOnce, "{alice}@{far} SET {cart} milk"}}
	for range hops - 1 {
		moves = append(moves, move{hop, ""})
	}
	return append(moves,
		move{hop, "cut {others}->{far}"},
		move{deadline, "{bob}@{near} GET {cart}"},
		move{beat, "heal"},
	)
}

// backwards lets a client read on the side where a new value was written, and then on
// the other.
func backwards(writer, first string, wait pace) []move {
	second := map[string]string{"near": "far", "far": "near"}[first]
	return []move{
		{atOnce, "{alice}@{near} SET {cart} milk"},
		{settle, "partition {far} | *"},
		{wait, "{alice}@{" + writer + "} SET {cart} eggs"},
		{beat, "{bob}@{" + first + "} GET {cart}"},
		{beat, "{bob}@{" + second + "} GET {cart}"},
		{beat, "heal"},
	}
}

// ownWrite lets a client write on one side and read on the other.
func ownWrite(there, here string, wait pace) []move {
	return []move{
		{atOnce, "partition {far} | *"},
		{wait, "{bob}@{" + there + "} SET {cart} milk"},
		{beat, "{bob}@{" + here + "} GET {cart}"},
		{beat, "heal"},
	}
}

// comeBack deletes a key on one side that was written on the other, a fault put first.
func comeBack(fault string) []move {
	moves := []move{
		{atOnce, "{alice}@{near} SET {cart} milk"},
		{settle, "partition {far} | *"},
		{beat, "{bob}@{far} SET {cart} eggs"},
		{beat, "{alice}@{near} DEL {cart}"},
		{beat, "{alice}@{near} GET {cart}"},
		{beat, "heal"},
		{settle, "{alice}@{near} GET {cart}"},
	}
	if fault == "" {
		return moves
	}
	moves = append([]move{{atOnce, fault}}, moves...)
	return append(moves, move{atOnce, "skew {far} off"})
}
