package labs

import (
	"fmt"

	"capsim/model"
	"capsim/policies"
)

// question is one that was asked and has no answer yet.
type question struct {
	op    model.OpID // 0: nobody waits for it any more
	to    model.NodeID
	at    model.Time // by this node's wall clock
	timer policies.TimerID
}

// peers returns whom a word names: one other node, or all others for "*".
func peers(env policies.Env, word string) ([]model.NodeID, error) {
	if word == "*" {
		var all []model.NodeID
		for n := model.NodeID(1); int(n) <= env.N(); n++ {
			if n != env.Self() {
				all = append(all, n)
			}
		}
		return all, nil
	}
	to, ok := model.ParseNode(word)
	switch {
	case !ok || int(to) > env.N():
		return nil, fmt.Errorf("ERR there is no node %s", model.Quote(word))
	case to == env.Self():
		return nil, fmt.Errorf("ERR %v can't send a message to itself", to)
	}
	return []model.NodeID{to}, nil
}

// tell sends a text. That it was sent is all that the node knows.
func (b *basics) tell(env policies.Env, op model.OpID, words []string) {
	to, err := peers(env, words[0])
	if err != nil {
		env.Reply(op, model.Answered(model.Error(err.Error())))
		return
	}
	s, shown := b.tick(env, op)
	b.remember(words[1], env.Self(), s)
	b.shows(env, op, "sent "+words[1])
	for _, n := range to {
		env.Send(n, &tellMessage{words[1], s})
	}
	env.Reply(op, answer(shown))
}

// ask sends a question, and waits for its answer for so long as its patience lasts.
func (b *basics) ask(env policies.Env, op model.OpID, words []string) {
	to, err := peers(env, words[0])
	if err != nil {
		env.Reply(op, model.Answered(model.Error(err.Error())))
		return
	}
	s, _ := b.tick(env, op)
	b.asked++
	b.shows(env, op, "asks "+to[0].String())
	env.Send(to[0], &askMessage{askID{env.Incarnation(), b.asked}, s})
	timer := env.After(b.patience, policies.Tag{Kind: basicsPatience, N: b.asked})
	b.open[b.asked] = question{op, to[0], env.Now(), timer}
}

// Receive implements policies.Replica.
func (b *basics) Receive(env policies.Env, from model.NodeID, msg policies.Message) {
	switch m := msg.(type) {
	case *tellMessage:
		shown := b.hear(env, m.stamp)
		b.remember(m.text, from, m.stamp)
		b.shows(env, 0, "heard "+m.text)
		b.say(env, "basics.heard", "", "%v hears %s from %v%s.", env.Self(), model.Quote(m.text), from, behind(shown))
	case *askMessage:
		b.hear(env, m.stamp)
		b.answered++
		s, _ := b.tick(env, 0)
		b.shows(env, 0, "answers "+from.String())
		b.say(env, "basics.answers", "quiet", "%v answers %v's question: %s since its process began.", env.Self(), from, counted(int(b.answered), "answer"))
		env.Send(from, &answerMessage{m.id, b.answered, s})
	case *answerMessage:
		b.hear(env, m.stamp)
		b.heardAnswer(env, m)
	}
}

// behind writes a stamp behind a sentence.
func behind(shown string) string {
	if shown == "OK" {
		return ""
	}
	return " (" + shown + ")"
}

// heardAnswer gives the answer to who asked; one that comes too late, or twice, to nobody.
func (b *basics) heardAnswer(env policies.Env, m *answerMessage) {
	q, ok := b.open[m.id.n]
	if !ok || m.id.life != env.Incarnation() {
		return
	}
	delete(b.open, m.id.n)
	if q.op == 0 {
		b.say(env, "basics.late", "", "%v's answer reaches %v after it had stopped waiting: %v was there all the time.", q.to, env.Self(), q.to)
		return
	}
	env.Cancel(q.timer)
	b.shows(env, q.op, fmt.Sprintf("%v said %d", q.to, m.count))
	env.Reply(q.op, model.Answered(model.Int(m.count)))
}
