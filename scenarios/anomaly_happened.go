package scenarios

import (
	"fmt"

	"capsim/model"
	"capsim/trace"
)

func staleRead(o *outcome) string {
	w, r := o.op("alice", 2), o.op("bob", 1)
	if !wentWell(w) || !wentWell(r) || !endedBefore(w, r) || says(r, "eggs") || r.Result.Reply.Kind == model.SiblingsReply {
		return ""
	}
	return fmt.Sprintf("%s returned %s, though %s had been acknowledged %v earlier.", tellOp(r), replyOf(r), tellOp(w), later(w, r))
}

func lostWrite(o *outcome) string {
	for n := 1; n <= 3; n++ {
		for _, client := range []string{"alice", "bob"} {
			if w := o.op(client, n); wentWell(w) && o.gone(w) {
				told := fmt.Sprintf("%s was acknowledged, and no node holds it, nor anything that had seen it.", tellOp(w))
				if o.linearizable(w.Command.Key()) {
					told += " No client can tell so far: one single copy that took another write after it would have given the same answers."
				}
				return told
			}
		}
	}
	return ""
}

// candidacy is how events tell of an election: a node stands in a term when it notes so
// and, where there is such a message, asks for votes.
var candidacies = []struct{ stands, term, asks, wins string }{
	{"raft.election", "term", "raft.vote", "raft.leader"},
	{"sentinel.try", "epoch", "", "sentinel.elected"},
}

func splitVote(o *outcome) string {
	log := o.r.log
	for _, c := range candidacies {
		standing := map[model.NodeID]string{} // the term that a node would stand in
		first, second := map[string]model.NodeID{}, map[string]model.NodeID{}
		event, won := map[string]int{}, map[string]bool{}
		var terms []string
		stand := func(n int, node model.NodeID, term string) {
			switch {
			case first[term] == 0:
				first[term] = node
				terms = append(terms, term)
			case first[term] != node && second[term] == 0:
				second[term], event[term] = node, n
			}
		}
		for n := o.since + 1; n <= log.Len(); n++ {
			e := log.At(n)
			switch {
			case e.Kind == trace.Note && e.Text == c.stands && c.asks == "":
				stand(n, e.Node, e.Fields().Get(c.term))
			case e.Kind == trace.Note && e.Text == c.stands:
				standing[e.Node] = e.Fields().Get(c.term)
			case e.Kind == trace.Note && e.Text == c.wins:
				won[e.Fields().Get(c.term)] = true
			case e.Kind == trace.Send && e.Text == c.asks && standing[e.Node] != "":
				stand(n, e.Node, standing[e.Node])
			}
		}
		for _, term := range terms {
			if second[term] != 0 && !won[term] {
				o.event = event[term]
				return fmt.Sprintf("%s and %s both stood for election in %s %s, and neither was elected in it.", first[term], second[term], c.term, term)
			}
		}
	}
	return ""
}

func oversell(o *outcome) string {
	a, b := o.op("bob", 1), o.op("carol", 1)
	if !wentWell(a) || !wentWell(b) || a.Command.Verb != model.BUY || !wentWell(o.op("alice", 1)) {
		return ""
	}
	return fmt.Sprintf("There was one piece. %s and %s were both answered: %s and %s.", tellOp(a), tellOp(b), replyOf(a), replyOf(b))
}

func readBackwards(o *outcome) string {
	a, b := o.op("bob", 1), o.op("bob", 2)
	if !says(a, "eggs") || !(says(b, "milk") || says(b, "nil")) {
		return ""
	}
	return fmt.Sprintf("%s read eggs at %s, and %v later %s at %s.", a.Client, a.Node, later(a, b), replyOf(b), b.Node)
}

func missOwnWrite(o *outcome) string {
	w, r := o.op("bob", 1), o.op("bob", 2)
	if !wentWell(w) || !says(r, "nil") {
		return ""
	}
	return fmt.Sprintf("%s was told %s for %s, and read %s at %s %v later.", w.Client, replyOf(w), w.Command.String(), replyOf(r), r.Node, later(w, r))
}

func refusal(o *outcome) string {
	for _, client := range []string{"bob", "alice"} {
		for n := 1; n <= 2; n++ {
			op := o.op(client, n)
			switch {
			case op == nil || op.Result == nil:
			case op.Result.Outcome == model.Refused && (op.Result.Code == model.CodeUnsupported || op.Result.Code == model.CodeSwitched):
			case op.Result.Outcome == model.Refused:
				return fmt.Sprintf("%s is up, and refused %s's %s: %s.", op.Node, op.Client, op.Command, op.Result.Code)
			case op.Result.Outcome == model.Unknown:
				return fmt.Sprintf("%s is up, and gave no answer to %s's %s in %v.", op.Node, op.Client, op.Command, o.r.cluster.Timeout())
			}
		}
	}
	return ""
}

func unanswered(o *outcome) string {
	w, r := o.op("alice", 1), o.op("bob", 1)
	if w == nil {
		w = o.op("remote", 1)
	}
	if w == nil || w.Result == nil || w.Result.Outcome != model.Unknown || !says(r, "milk") {
		return ""
	}
	return fmt.Sprintf("%s got no answer in %v, and yet %s returned milk.", tellOp(w), o.r.cluster.Timeout(), tellOp(r))
}

func siblings(o *outcome) string {
	r := o.op("carol", 1)
	if !wentWell(r) || r.Result.Reply.Kind != model.SiblingsReply {
		return ""
	}
	return fmt.Sprintf("%s returned %s: two values, neither of which had seen the other.", tellOp(r), replyOf(r))
}

func answerFirst(o *outcome) string {
	a, q := o.op("carol", 1), o.op("carol", 2)
	if !says(o.op("bob", 1), "why") || !wentWell(o.op("bob", 2)) || !says(a, "because") || !says(q, "nil") {
		return ""
	}
	return fmt.Sprintf("%s read the answer at %s, and %v later not the question, at %s, though %s had written the answer after reading the question.",
		a.Client, a.Node, later(a, q), q.Node, o.names["bob"])
}

func lostCount(o *outcome) string {
	a, b, r := o.op("alice", 1), o.op("bob", 1), o.op("carol", 1)
	if !wentWell(a) || !wentWell(b) || !says(r, "1") {
		return ""
	}
	return fmt.Sprintf("%s and %s were answered %s and %s, and %s returned %s.", tellOp(a), tellOp(b), replyOf(a), replyOf(b), tellOp(r), replyOf(r))
}

// comesBack: somebody deleted the key and found it gone, and finds it again though
// every write of a value had ended before.
func comesBack(o *outcome) string {
	for _, client := range []string{"alice", "bob"} {
		for n := 1; n <= 2; n++ {
			del, gone, back := o.op(client, n), o.op(client, n+1), o.op(client, n+2)
			if !wentWell(del) || del.Command.Verb != model.DEL || !says(gone, "nil") || !wentWell(back) || says(back, "nil") {
				continue
			}
			if other := o.op("bob", 1); client == "alice" && !wentWell(other) {
				continue
			}
			return fmt.Sprintf("%s deleted %s at %s and found it gone; %v later %s returned %s, and nobody had written it since.",
				del.Client, model.Quote(del.Command.Key()), del.Node, back.At.Sub(gone.Done).Round(1e6), tellOp(back), replyOf(back))
		}
	}
	return ""
}
