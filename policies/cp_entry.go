package policies

import (
	"encoding/binary"
	"errors"

	"capsim/model"
)

// The kinds of entries of cp's log, the first byte of their data. An entry without
// data is raft's own: a leader appends one when its term begins.
const (
	commandEntry = 1 // a client's command
	installEntry = 2 // the records that a stretch begins with
)

// errEntry: an entry of the log that this program did not write.
var errEntry = errors.New("the entry of the log can't be read")

// cpCommand is a client's command as the log keeps it.
type cpCommand struct {
	op      model.OpID
	wall    model.Time // what the leader's clock read
	command model.Command
}

// encode writes the kind, the operation, the leader's clock and the command;
// numbers as varints, words after their lengths.
func (c *cpCommand) encode() []byte {
	size := 24 + 2*len(c.command.Args)
	for _, a := range c.command.Args {
		size += len(a)
	}
	b := make([]byte, 0, size)
	b = append(b, commandEntry)
	b = binary.AppendUvarint(b, uint64(c.op))
	b = binary.AppendUvarint(b, uint64(c.wall))
	b = append(b, byte(c.command.Verb))
	b = binary.AppendUvarint(b, uint64(len(c.command.Args)))
	for _, a := range c.command.Args {
		b = binary.AppendUvarint(b, uint64(len(a)))
		b = append(b, a...)
	}
	return b
}

// decodeCommand reads what encode wrote.
func decodeCommand(data []byte) (cpCommand, error) {
	if len(data) == 0 || data[0] != commandEntry {
		return cpCommand{}, errEntry
	}
	r := varints{b: data[1:]}
	c := cpCommand{op: model.OpID(r.next()), wall: model.Time(r.next())}
	c.command.Verb = model.Verb(r.next())
	n := r.next()
	if r.bad || int(c.command.Verb) >= len(model.Commands) || n > uint64(len(r.b)) {
		return cpCommand{}, errEntry
	}
	if spec := c.command.Spec(); int(n) < spec.Min || spec.Max >= 0 && int(n) > spec.Max && c.command.Verb != model.SET {
		return cpCommand{}, errEntry
	}
	rest := string(r.b) // the arguments share it
	c.command.Args = make([]string, n)
	for i := range c.command.Args {
		size := r.next()
		if r.bad || size > uint64(len(r.b)) {
			return cpCommand{}, errEntry
		}
		at := len(rest) - len(r.b)
		c.command.Args[i] = rest[at : at+int(size)]
		r.b = r.b[size:]
	}
	if len(r.b) > 0 {
		return cpCommand{}, errEntry
	}
	return c, nil
}

// readable tells whether an entry's data can be executed.
func readable(data []byte) bool {
	switch {
	case len(data) == 0:
		return true
	case data[0] == installEntry:
		_, err := decodeInstall(data)
		return err == nil
	}
	_, err := decodeCommand(data)
	return err == nil
}

// entryOp returns the operation of a command entry, 0 for any other.
func entryOp(data []byte) model.OpID {
	if len(data) == 0 || data[0] != commandEntry {
		return 0
	}
	r := varints{b: data[1:]}
	return model.OpID(r.next())
}

// varints reads numbers from a blob; bad is set once it ends too early.
type varints struct {
	b   []byte
	bad bool
}

func (r *varints) next() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}
