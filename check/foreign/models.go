package foreign

import (
	"slices"
	"strings"
)

// verb is what an operation does.
type verb uint8

const (
	read verb = iota
	write
	cas
	appendTo
	add
	remove
	increment
	decrement
	verbCount
)

var verbWords = [verbCount]string{"read", "write", "cas", "append", "add", "remove", "inc", "dec"}

func (f verb) String() string { return verbWords[f] }

// verbs are the names that histories have for them.
var verbs = map[string]verb{
	"read": read, "get": read, "write": write, "put": write, "cas": cas, "append": appendTo,
	"add": add, "remove": remove, "inc": increment, "increment": increment, "dec": decrement, "decrement": decrement,
}

// verbNames lists the verbs, each with a prefix.
func verbNames(prefix string) string { return prefix + strings.Join(verbWords[:], ", "+prefix) }

// Model is what the operations of a history act on.
type Model struct {
	Name  string
	Doc   string
	verbs []verb
}

// Models is the one ordered list of models.
var Models = []Model{
	{"register", "read, write, append: one value a key", []verb{read, write, appendTo}},
	{"cas-register", "a register with cas as well: compare and set", []verb{read, write, appendTo, cas}},
	{"set", "add and remove an element, read them all", []verb{read, add, remove}},
	{"counter", "add (or inc, dec) a number, read the sum", []verb{read, add, increment, decrement}},
}

// ModelNames lists the models.
func ModelNames() []string {
	var names []string
	for _, m := range Models {
		names = append(names, m.Name)
	}
	return names
}

func findModel(name string) *Model {
	i := slices.IndexFunc(Models, func(m Model) bool { return m.Name == name })
	if i < 0 {
		return nil
	}
	return &Models[i]
}

// guess returns the model that fits what the operations do, and why.
func guess(ops []*op) (name, why string) {
	var has [verbCount]bool
	lists := false
	for _, o := range ops {
		has[o.f] = true
		lists = lists || o.f == read && o.output.kind == list || o.f == add && o.input.kind != whole
	}
	switch {
	case has[cas]:
		return "cas-register", "it has cas"
	case has[write]:
		return "register", "it has write, and no cas"
	case has[appendTo]:
		return "register", "it has append, and no cas"
	case has[remove]:
		return "set", "it has remove"
	case has[add] && lists:
		return "set", "it has add, and lists"
	case has[add] || has[increment] || has[decrement]:
		return "counter", "it adds numbers, and reads no lists"
	}
	return "register", "it only reads"
}

// fits says which operation the model does not have.
func (m *Model) fits(ops []*op) error {
	for _, o := range ops {
		if slices.Contains(m.verbs, o.f) {
			continue
		}
		words := make([]string, len(m.verbs))
		for i, f := range m.verbs {
			words[i] = f.String()
		}
		return o.from.wrong(o.f.String(), "an operation of the model "+m.Name+": "+strings.Join(words, ", ")+" (--model takes another: "+strings.Join(ModelNames(), ", ")+")")
	}
	return nil
}

// keys finds the key of every operation, where values are tuples [key value] as
// jepsen.independent writes them, or a key is given beside the value. Without keys the
// history is of one object.
func (p *pairing) keys() (keyed bool, err error) {
	if len(p.ops) == 0 {
		return false, nil
	}
	if slices.ContainsFunc(p.ops, func(o *op) bool { return o.key.kind != absent }) {
		for _, o := range p.ops {
			if o.key.kind == absent {
				return true, o.from.wrong("", "a key, as other operations of the history have one")
			}
		}
		return true, nil
	}
	if p.format == JSONLines || !p.tuples() {
		return false, nil
	}
	for _, o := range p.ops {
		k, v, ok := o.input.pair()
		if !ok {
			return true, o.where(&o.input).wrong(o.input.brief(), "a tuple [key value], as the reads of the history have")
		}
		o.key, o.input = *k, *v
		if o.outcome != done || o.failed {
			continue
		}
		k, v, ok = o.output.pair()
		switch {
		case o.output.kind <= null:
			o.output = value{}
		case !ok || k.name() != o.key.name():
			return true, o.where(&o.output).wrong(o.output.brief(), "a tuple ["+o.key.show()+" value], as the operation began with")
		default:
			o.output = *v
		}
	}
	return true, nil
}

// tuples tells whether the values are tuples: reads begin with [key nil]; where there are
// no reads, every value is a pair, and that of a cas holds another one.
func (p *pairing) tuples() bool {
	reads := false
	pairs := true
	for _, o := range p.ops {
		_, v, ok := o.input.pair()
		if o.f == read && ok && v.kind == null {
			return true
		}
		if reads = reads || o.f == read; ok && o.f == cas {
			_, _, ok = v.pair()
		}
		pairs = pairs && ok
	}
	return pairs && !reads
}
