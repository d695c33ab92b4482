package cluster

import (
	"testing"

	"capsim/model"
)

type sizedMsg struct{}

func (sizedMsg) Kind() string         { return "sized" }
func (sizedMsg) Writes() []model.OpID { return nil }
func (sizedMsg) Size() int            { return 1000 }

type plainMsg struct {
	n    uint32
	text string
	list []uint64
	more *plainMsg
	any  any
}

func (plainMsg) Kind() string         { return "plain" }
func (plainMsg) Writes() []model.OpID { return nil }

// roomyMsg has room of its own for a short list.
type roomyMsg struct {
	list []string
	room [2]string
	id   [4]byte
}

func (*roomyMsg) Kind() string         { return "roomy" }
func (*roomyMsg) Writes() []model.OpID { return nil }

func newRoomy(text string) *roomyMsg {
	m := &roomyMsg{id: [4]byte{1}}
	m.list = append(m.room[:0], text)
	return m
}

// TestSizeOfMessages: what a message says of itself, else the sum of its parts.
func TestSizeOfMessages(t *testing.T) {
	loop := &plainMsg{}
	loop.more = loop
	for i, c := range []struct {
		size, want int
	}{
		{sizeOf(sizedMsg{}), frameSize + 1000},
		{sizeOf(plainMsg{}), frameSize + 4 + 2 + 2},
		{sizeOf(plainMsg{n: 7, text: "milk", list: []uint64{1, 2, 3}}), frameSize + 4 + (2 + 4) + (2 + 24)},
		{sizeOf(&plainMsg{more: &plainMsg{}, any: []byte("abc")}), frameSize + 8 + 8 + (2 + 3)},
		{sizeOf(newRoomy("milk")), frameSize + (2 + 2 + 4) + 4},
		{sizeOf(&clientReply{op: 1, res: model.Answered(model.OK)}), sizeOf(&clientReply{op: 2, res: model.Answered(model.OK)})},
	} {
		if c.size != c.want {
			t.Errorf("case %d: %d bytes, want %d", i, c.size, c.want)
		}
	}
	if n := sizeOf(loop); n < frameSize || n > frameSize+maxValues*8 {
		t.Errorf("a message that holds itself: %d bytes", n)
	}
}
