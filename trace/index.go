package trace

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"capsim/model"
)

// Version is the number of a write among the writes of one key: v3 of cart.
type Version struct {
	Key string
	N   int // from 1
}

// Op is what the log says of one operation. Event numbers are 0 for what has not
// happened.
type Op struct {
	ID       model.OpID
	Client   string       // "" for the system
	Node     model.NodeID // the one it asks
	Host     model.NodeID // of a remote client; 0: it stands beside the node
	Command  model.Command
	System   bool       // the system made it
	Cause    model.OpID // of a system write: the operation that made it necessary
	Invoked  int        // event number of its Invoke or SystemWrite
	Returned int        // event number of the Return that counts
	At       model.Time // of the invocation
	Done     model.Time // of the return; 0 while open
	Result   *model.Result
	Versions []Version // of a write: its number for each key, counted at invocation
	Wrote    int       // event number of its first Wrote; 0: it had no effect
	Source   *Source   // of a history that another program wrote; nil in a trace
	effect   *Event    // its first Wrote of all; see Index.others
}

// Source is what a foreign history says of an operation beside what a trace does.
type Source struct {
	Told  string // the operation as its file has it: "process 3's write 3 (lines 4–5)"
	Said  string // how it ended, where the reply is no value: "succeeded"; else ""
	Mute  bool   // it was answered, but the reply was not recorded
	Timed bool   // the history says when things happened, not only in which order
}

// Version returns the operation's number for the key, 0 if it does not write it.
func (o *Op) Version(key string) int {
	for _, v := range o.Versions {
		if v.Key == key {
			return v.N
		}
	}
	return 0
}

// Index is what is static about a run: its operations, keys and versions. It is
// built from a log, and extended as the log grows.
type Index struct {
	folded int
	ops    []*Op // ascending by ID
	keys   keyTable
	writes [][]model.OpID // by key: the writers in the order of their versions
	names  map[model.NodeID]string
	others map[model.OpID][]*Event // of operations that write several keys: the first Wrote for each further one
	fresh  []Op                    // to be given out
	called map[Version]int         // the event that gave a lab's own command its number
	single []Version               // to be given out to operations that write one key, as most do
}

// NewIndex returns the index of an empty log.
func NewIndex() *Index { return &Index{} }

// Extend folds the events of the log that come after those already folded. The log
// is the one folded before, or a longer snapshot of the same run.
func (x *Index) Extend(l *Log) {
	for x.folded < l.Len() {
		x.folded++
		x.fold(x.folded, l.At(x.folded))
	}
}

func (x *Index) fold(n int, e *Event) {
	x.keys.mention(n, e)
	switch e.Kind {
	case NodeBoot:
		if e.Key != "" && x.names[e.Node] == "" {
			x.name(e.Node, e.Key)
		}
	case Invoke, SystemWrite:
		x.invoke(n, e)
	case Return:
		op := x.Op(e.Op)
		if op == nil || e.N != 0 || op.Returned != 0 {
			return // a late answer changes nothing
		}
		op.Returned, op.Done, op.Result = n, e.At, e.Result()
	case Doubt:
		x.call(n, x.Op(e.Op), e.Key)
	case Wrote:
		op := x.Op(e.Op)
		if op == nil {
			return
		}
		if op.Wrote == 0 {
			op.Wrote = n
		}
		x.call(n, op, e.Key)
		switch {
		case op.effect == nil:
			op.effect = e
		case x.effect(op, e.Key) == nil:
			if x.others == nil {
				x.others = map[model.OpID][]*Event{}
			}
			x.others[op.ID] = append(x.others[op.ID], e)
		}
	}
}

// call gives a lab's own command its number for a key: which keys it writes, it shows by
// writing them, or by leaving a node in doubt of it.
func (x *Index) call(n int, op *Op, key string) {
	if op == nil || op.Command.Verb != model.CALL || op.Version(key) != 0 {
		return
	}
	x.number(n, op, key)
	if x.called == nil {
		x.called = map[Version]int{}
	}
	x.called[op.Versions[len(op.Versions)-1]] = n
}

func (x *Index) name(id model.NodeID, name string) {
	if x.names == nil {
		x.names = map[model.NodeID]string{}
	}
	x.names[id] = name
}

// Name returns what a host is called: "n2", or a remote client's name.
func (x *Index) Name(id model.NodeID) string {
	if name := x.names[id]; name != "" {
		return name
	}
	return id.String()
}

func (x *Index) invoke(n int, e *Event) {
	call := e.Call()
	if call == nil || e.Op == 0 {
		return
	}
	if x.Op(e.Op) != nil {
		return // an id is given once
	}
	op := x.room()
	*op = Op{
		ID: e.Op, Client: call.Client, Node: e.Node, Host: e.Peer, Command: call.Command,
		System: e.Kind == SystemWrite, Cause: call.Cause, Invoked: n, At: e.At,
	}
	i, _ := x.find(e.Op)
	x.ops = slices.Insert(x.ops, i, op)
	if !op.Command.Writes() {
		return
	}
	keys := keysOf(op.Command)
	op.Versions = x.versions(len(keys))[:0]
	for _, key := range keys {
		x.number(n, op, key)
	}
}

// number gives an operation the next version of a key.
func (x *Index) number(n int, op *Op, key string) {
	k := x.keys.id(n, key)
	for len(x.writes) <= k {
		x.writes = append(x.writes, nil)
	}
	x.writes[k] = append(x.writes[k], op.ID)
	op.Versions = append(op.Versions, Version{Key: key, N: len(x.writes[k])})
}

// room returns a new operation. Most of a run's memory is operations and events, so
// they are made many at a time.
func (x *Index) room() *Op {
	if len(x.fresh) == 0 {
		x.fresh = make([]Op, 64)
	}
	op := &x.fresh[0]
	x.fresh = x.fresh[1:]
	return op
}

// versions returns room for the versions of an operation that writes so many keys.
func (x *Index) versions(keys int) []Version {
	if keys != 1 {
		return make([]Version, keys)
	}
	if len(x.single) == 0 {
		x.single = make([]Version, 64)
	}
	one := x.single[:1:1]
	x.single = x.single[1:]
	return one
}

// find returns the place of the operation. Ids are dense from 1 in a run's own
// log, so the first guess hits.
func (x *Index) find(id model.OpID) (int, bool) {
	if i := int(id) - 1; i >= 0 && i < len(x.ops) && x.ops[i].ID == id {
		return i, true
	}
	if n := len(x.ops); n == 0 || x.ops[n-1].ID < id {
		return n, false
	}
	return slices.BinarySearchFunc(x.ops, id, func(o *Op, id model.OpID) int { return cmp.Compare(o.ID, id) })
}

// Op returns what is known of the operation, nil if it is not known.
func (x *Index) Op(id model.OpID) *Op {
	if i, found := x.find(id); found {
		return x.ops[i]
	}
	return nil
}

// Ops returns all operations, ascending by ID. The caller must not change the list.
func (x *Index) Ops() []*Op { return x.ops }

// Version returns the number of the operation among the writes of the key; 0: none.
func (x *Index) Version(op model.OpID, key string) int {
	if o := x.Op(op); o != nil {
		return o.Version(key)
	}
	return 0
}

// Writer returns the operation that is the key's n-th version; 0: none.
func (x *Index) Writer(key string, n int) model.OpID {
	k, ok := x.keys.find(key)
	if !ok || k >= len(x.writes) || n < 1 || n > len(x.writes[k]) {
		return 0
	}
	return x.writes[k][n-1]
}

// WriterBy returns the operation that is the key's v-th version, if it has that number by
// event n: it was asked for by then, or, of a lab's own command, it has written there. nil: none.
func (x *Index) WriterBy(key string, v, n int) *Op {
	op := x.Op(x.Writer(key, v))
	if op == nil || op.Invoked > n || x.called[Version{key, v}] > n {
		return nil
	}
	return op
}

// Keys returns the keys in the order in which they were first mentioned. The
// caller must not change the list.
func (x *Index) Keys() []string { return x.keys.names }

// effect returns the operation's first Wrote for the key, nil if there is none.
func (x *Index) effect(o *Op, key string) *Event {
	if o.effect == nil || o.effect.Key == key {
		return o.effect
	}
	for _, e := range x.others[o.ID] {
		if e.Key == key {
			return e
		}
	}
	return nil
}

// Supersedes returns the writes that the operation took the place of at the key:
// those of its first Wrote there. nil if it had no effect on the key.
func (x *Index) Supersedes(op model.OpID, key string) []model.OpID {
	if o := x.Op(op); o != nil {
		if e := x.effect(o, key); e != nil {
			return e.Ops
		}
	}
	return nil
}

// VersionName writes a version's number as the screen does: "v3"; "-" for none.
func VersionName(n int) string {
	if n <= 0 {
		return "-"
	}
	return "v" + strconv.Itoa(n)
}

// Names writes what a key contains: "v3", "v2|v3" for several writes in the order
// of their numbers, "-" for none. A write whose invocation is not in the log is "v?".
func (x *Index) Names(ops []model.OpID, key string) string {
	if len(ops) == 0 {
		return VersionName(0)
	}
	ns := make([]int, len(ops))
	for i, op := range ops {
		ns[i] = x.Version(op, key)
	}
	slices.Sort(ns)
	var b strings.Builder
	for i, n := range ns {
		if i > 0 {
			b.WriteByte('|')
		}
		if n == 0 {
			b.WriteString("v?")
		} else {
			b.WriteString(VersionName(n))
		}
	}
	return b.String()
}

// NamesAt writes what a key contains at a node: "v3@n1".
func (x *Index) NamesAt(ops []model.OpID, key string, node model.NodeID) string {
	return x.Names(ops, key) + "@" + node.String()
}
