package labs

import "capsim/model"

// tellMessage brings a text, and nobody answers it.
type tellMessage struct {
	text  string
	stamp stamp
}

func (*tellMessage) Kind() string           { return "basics.tell" }
func (*tellMessage) Writes() []model.OpID   { return nil }
func (*askMessage) Kind() string            { return "basics.ask" }
func (*askMessage) Writes() []model.OpID    { return nil }
func (*answerMessage) Kind() string         { return "basics.answer" }
func (*answerMessage) Writes() []model.OpID { return nil }

// askMessage is a question.
type askMessage struct {
	id    askID
	stamp stamp
}

// answerMessage answers it: how many questions the node's process has answered.
type answerMessage struct {
	id    askID
	count int64
	stamp stamp
}

// askID names a question: of one life of the process that asks, the n-th.
type askID struct {
	life int
	n    uint64
}
