package foreign

import (
	"slices"

	"capsim/model"
)

// meaning is what an operation is in capsim's words.
type meaning struct {
	cmd   model.Command
	reply model.Reply
	mute  bool   // the reply was not recorded
	said  string // how it ended, where the reply is no value
	skip  bool   // it says nothing: a read whose value was not recorded
}

// where returns the place of a value of the operation, as good as it is known.
func (o *op) where(v *value) place {
	if v.line == 0 {
		return o.from
	}
	return v.place
}

func (o *op) wrong(v *value, want string) error { return o.where(v).wrong(v.brief(), want) }

// meaning translates the operation on a key.
func (m *Model) meaning(o *op, f Format, key string) (meaning, error) {
	switch {
	case o.f == read:
		return m.read(o, f, key)
	case m.Name == "set":
		return element(o, key)
	case m.Name == "counter":
		return addition(o, key)
	}
	return assignment(o, key)
}

// read: what it returned. In EDN nil is a value that was not recorded; in the others it
// is what was there: nothing.
func (m *Model) read(o *op, f Format, key string) (meaning, error) {
	got := &o.output
	x := meaning{cmd: model.Command{Verb: model.GET, Args: []string{key}}}
	x.skip = o.outcome != done || got.kind == absent || got.kind == null && f == EDN
	if x.skip {
		return x, nil
	}
	switch m.Name {
	case "set":
		x.cmd.Verb = model.SMEMBERS
		if got.kind != list && got.kind != null {
			return x, o.wrong(got, "the elements of the set, as [1 2]")
		}
		members := make([]string, len(got.items))
		for i := range got.items {
			members[i] = got.items[i].name()
		}
		x.reply = model.List(model.SetOf(members...).Members)
	case "counter":
		if got.kind != whole {
			return x, o.wrong(got, "the counter's value, a whole number")
		}
		x.reply = model.Bulk(got.word)
	default:
		if got.kind != null {
			x.reply = model.Bulk(got.name())
		}
	}
	return x, nil
}

// assignment: an operation that changes a register.
func assignment(o *op, key string) (x meaning, err error) {
	in := &o.input
	command := func(v model.Verb, args ...string) model.Command {
		return model.Command{Verb: v, Args: append([]string{key}, args...)}
	}
	switch {
	case o.f == cas:
		return comparison(o, command)
	case in.kind == absent:
		return x, o.wrong(in, "a value to "+o.f.String())
	case o.f == appendTo:
		if in.kind != text {
			return x, o.wrong(in, "a string to append")
		}
		return meaning{cmd: command(model.APPEND, in.word), mute: true}, nil
	case in.kind == null:
		return meaning{cmd: command(model.DEL), mute: true}, nil
	}
	return meaning{cmd: command(model.SET, in.name()), reply: model.OK}, nil
}

// comparison: a cas. From nil it is a write where nothing is, to nil a deletion.
func comparison(o *op, command func(model.Verb, ...string) model.Command) (x meaning, err error) {
	from, to, ok := o.input.pair()
	if !ok {
		return x, o.wrong(&o.input, "[old new], the two values of a cas")
	}
	x.reply, x.said = model.Int(1), "succeeded"
	if o.failed {
		x.reply, x.said = model.Int(0), "found another value"
	}
	switch {
	case from.kind == null && to.kind == null:
		return x, o.wrong(&o.input, "a cas that changes something")
	case from.kind == null:
		x.cmd = command(model.SET, to.name(), "NX")
		if x.reply = model.OK; o.failed {
			x.reply = model.Reply{}
		}
	case to.kind == null:
		x.cmd = command(model.CADEL, from.name())
	default:
		x.cmd = command(model.CAS, from.name(), to.name())
	}
	return x, nil
}

// element: an operation that changes a set.
func element(o *op, key string) (x meaning, err error) {
	if o.input.kind <= null {
		return x, o.wrong(&o.input, "an element to "+o.f.String())
	}
	x = meaning{cmd: model.Command{Verb: model.SADD, Args: []string{key, o.input.name()}}, mute: true}
	if o.f == remove {
		x.cmd.Verb = model.SREM
	}
	return x, nil
}

// addition: an operation that changes a counter.
func addition(o *op, key string) (x meaning, err error) {
	n := o.input.word
	switch {
	case o.f != add && o.input.kind <= null:
		n = "1"
	case o.input.kind != whole:
		return x, o.wrong(&o.input, "a whole number to "+o.f.String())
	}
	x = meaning{cmd: model.Command{Verb: model.INCRBY, Args: []string{key, n}}, mute: true}
	if o.f == decrement {
		x.cmd.Verb = model.DECRBY
	}
	return x, nil
}

// initial reads what every key holds at first: a value as the history would write it,
// or nil. "" asks for the model's own: nothing, of a counter 0, of what is appended to
// an empty string.
func (m *Model) initial(word string, ops []*op) (model.Value, error) {
	if word == "" {
		switch {
		case m.Name == "counter":
			return model.Text("0"), nil
		case slices.ContainsFunc(ops, func(o *op) bool { return o.f == appendTo }):
			return model.Text(""), nil
		}
		return model.Value{}, nil
	}
	r := &ednReader{src: word}
	v, err := r.form(0)
	if rest, _ := r.peek(); err == nil && rest != 0 {
		err = r.here().wrong(string(rest), "one value")
	}
	switch {
	case err != nil:
		return model.Value{}, err
	case v.kind == null && m.Name != "counter":
		return model.Value{}, nil
	case m.Name == "set" && v.kind != list:
		return model.Value{}, v.wrong(v.brief(), "the elements of a set, as [1 2], or nil")
	case m.Name == "set":
		members := make([]string, len(v.items))
		for i := range v.items {
			members[i] = v.items[i].name()
		}
		return model.SetOf(members...), nil
	case m.Name == "counter" && v.kind != whole:
		return model.Value{}, v.wrong(v.brief(), "a counter's value, a whole number")
	}
	return model.Text(v.name()), nil
}
