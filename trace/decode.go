package trace

import (
	"fmt"
	"math"

	"capsim/model"
)

// decoder reads the lines of a trace file.
type decoder struct {
	in    model.JSONReader
	words map[string]string // short strings, which repeat
}

const (
	maxWord  = 48    // the longest string kept in words, in bytes
	maxWords = 16384 // how many are kept
)

// str reads a string, with one copy of each short one.
func (d *decoder) str() string {
	b := d.in.Bytes()
	if len(b) > maxWord {
		return string(b)
	}
	if s, ok := d.words[string(b)]; ok {
		return s
	}
	s := string(b)
	if len(d.words) < maxWords {
		d.words[s] = s
	}
	return s
}

func (d *decoder) int64() int64 { return d.in.Int(math.MinInt64, math.MaxInt64) }

// id reads an operation's or a message's number.
func (d *decoder) id() uint32 { return uint32(d.in.Int(1, math.MaxUint32)) }

// event reads event n's line, without its newline.
func (d *decoder) event(line []byte, n int) (e Event, err error) {
	in := &d.in
	in.Reset(line)
	in.Need(`{"n":`)
	in.Int(int64(n), int64(n))
	in.Need(`,"at":`)
	e.At = model.Time(in.Int(0, math.MaxInt64))
	e.Kind = d.kind()
	name := &names[e.Kind]
	if in.Has(`,"node":"n`) {
		e.Node = d.node()
	}
	if in.Has(`,"peer":"n`) {
		e.Peer = d.node()
	}
	if in.Has(`,"op":`) {
		e.Op = model.OpID(d.id())
	}
	if in.Has(`,"msg":`) {
		e.Msg = model.MsgID(d.id())
	}
	if in.Has(name.key) {
		e.Key = d.str()
	}
	if in.Has(name.text) {
		e.Text = d.str()
	}
	if in.Has(name.n) {
		e.N = d.int64()
	}
	if in.Has(`,"ops":[`) {
		e.Ops = d.ops()
	}
	d.body(&e)
	in.Need("}")
	in.End()
	return e, in.Err()
}

func (d *decoder) kind() Kind {
	if d.in.Err() != nil {
		return 0
	}
	for k := 1; k < len(names); k++ {
		if d.in.Has(names[k].kind) {
			return Kind(k)
		}
	}
	d.in.Fail(`,"kind": and a kind of event that is known`)
	return 0
}

func (d *decoder) node() model.NodeID {
	n := model.NodeID(d.in.Int(1, math.MaxInt32))
	d.in.Need(`"`)
	return n
}

func (d *decoder) ops() (ops []model.OpID) {
	for {
		ops = append(ops, model.OpID(d.in.Int(0, math.MaxUint32)))
		if d.in.Has("]") || d.in.Err() != nil {
			return ops
		}
		d.in.Need(",")
	}
}

func (d *decoder) body(e *Event) {
	in := &d.in
	switch {
	case in.Has(`,"command":[`):
		e.Body = d.call()
	case in.Has(`,"outcome":"`):
		e.Body = d.result()
	case in.Has(`,"link":{"cut":`):
		e.Body = d.link()
	case in.Has(`,"fields":`):
		if f := in.List(); len(f) > 0 {
			e.Body = Fields(f)
		}
	case in.Has(`,"levels":[`):
		e.Body = d.census()
	case in.Has(`,"record":`):
		if r := in.Record(); r != nil {
			e.Body = r
		}
	case e.Kind == Applied:
		in.Fail(`,"record":`)
	}
}

func (d *decoder) call() *Call {
	c := &Call{}
	var words []string
	for {
		words = append(words, d.str())
		if d.in.Err() != nil || d.in.Has("]") {
			break
		}
		d.in.Need(",")
	}
	cmd, err := command(words)
	if err != nil && d.in.Err() == nil {
		d.in.Fail(err.Error() + ", before this")
		return c
	}
	c.Command = cmd
	if d.in.Has(`,"client":`) {
		c.Client = d.str()
	}
	if d.in.Has(`,"cause":`) {
		c.Cause = model.OpID(d.id())
	}
	return c
}

// command finds a command by its exact name. The system's own are among them.
func command(words []string) (model.Command, error) {
	for i := range model.Commands {
		s := &model.Commands[i]
		if s.Name != words[0] {
			continue
		}
		if n := len(words) - 1; !s.Takes(n) && (s.Verb != model.SET || n < s.Min) {
			return model.Command{}, fmt.Errorf("%s with its arguments (%s)", s.Name, s.Usage)
		}
		return model.Command{Verb: s.Verb, Args: words[1:]}, nil
	}
	return model.Command{}, fmt.Errorf("a command that is known, not %s", model.Quote(words[0]))
}

func (d *decoder) link() *Link {
	l := &Link{Cut: d.str()}
	d.in.Need(`,"cause":`)
	l.Cause = d.str()
	d.in.Need(`,"latency":`)
	l.Latency = d.str()
	d.in.Need(`,"loss":`)
	l.Loss = d.share()
	if d.in.Has(`,"duplicate":`) {
		l.Duplicate = d.share()
	}
	if d.in.Has(`,"reorder":`) {
		l.Reorder = d.share()
	}
	if d.in.Has(`,"bandwidth":`) {
		l.Bandwidth = d.str()
	}
	if d.in.Has(`,"flap":`) {
		l.Flap = d.str()
	}
	d.in.Need("}")
	return l
}

// share reads a number from 0 to 1.
func (d *decoder) share() float64 {
	f := d.in.Float()
	if !(f >= 0 && f <= 1) {
		d.in.Fail("a share from 0 to 1, before this")
	}
	return f
}

// header reads the first line, without its newline.
func (d *decoder) header(line []byte) (h Header, err error) {
	in := &d.in
	in.Reset(line)
	if !in.Has(`{"trace":"capsim","format":`) {
		return h, errNoTrace
	}
	h.Format = int(in.Int(1, math.MaxInt32))
	in.Need(`,"program":`)
	h.Program = in.Str()
	if in.Err() == nil && h.Format > Format {
		return h, fmt.Errorf("%w: format %d, written by %s; this program reads formats up to %d, so read it with that one or a newer one",
			ErrVersion, h.Format, model.Quote(h.Program), Format)
	}
	in.Need(`,"name":`)
	h.Name = in.Str()
	in.Need(`,"title":`)
	h.Title = in.Str()
	in.Need(`,"nodes":`)
	h.Nodes = int(in.Int(0, MaxNodes))
	in.Need(`,"seed":`)
	h.Seed = d.int64()
	in.Need(`,"store":`)
	h.Store = in.Str()
	in.Need(`,"script":`)
	h.Script = in.Str()
	in.Need(`,"files":{`)
	for !in.Has("}") && in.Err() == nil {
		if h.Files == nil {
			h.Files = make(map[string]string)
		} else {
			in.Need(",")
		}
		name := in.Str()
		in.Need(":")
		h.Files[name] = in.Str()
	}
	in.Need("}")
	in.End()
	return h, in.Err()
}

// end reads the last line, without its newline.
func (d *decoder) end(line []byte) (e End, err error) {
	d.in.Reset(line)
	d.in.Need(`{"end":true,"events":`)
	e.Events = int(d.in.Int(0, math.MaxInt32))
	d.in.Need(`,"sha256":`)
	e.SHA256 = d.in.Str()
	d.in.Need("}")
	d.in.End()
	return e, d.in.Err()
}
