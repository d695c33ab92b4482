package model

import (
	"math"
	"slices"
	"strconv"
)

// Reader tells what a key holds.
type Reader func(key string) Value

// EffectKind says how a write changes its key.
type EffectKind uint8

// The kinds of effects. Put and Delete replace what was there; Add, AddMembers
// and RemoveMembers change it, so that policies may merge them.
const (
	Put EffectKind = iota
	Delete
	Add
	AddMembers
	RemoveMembers
)

// Effect is one change to one key.
type Effect struct {
	Key     string
	Kind    EffectKind
	Value   Value    // of Put
	Delta   int64    // of Add
	Members []string // of AddMembers and RemoveMembers: sorted, only those that change the set as read
}

// On returns what the effect makes of a value: the plain, sequential meaning.
func (e Effect) On(v Value) Value {
	switch e.Kind {
	case Put:
		return e.Value
	case Delete:
		return Value{}
	case Add:
		n, _ := number(v)
		return Text(strconv.FormatInt(n+e.Delta, 10)).until(v.Deadline)
	case AddMembers:
		return SetOf(append(slices.Clone(v.Members), e.Members...)...).until(v.Deadline)
	}
	rest := slices.DeleteFunc(slices.Clone(v.Members), func(m string) bool { return slices.Contains(e.Members, m) })
	if len(rest) == 0 {
		return Value{}
	}
	return SetOf(rest...).until(v.Deadline)
}

// Effects collects what a command changes, executed by a node whose wall clock reads
// Now. Its buffer may be used again.
type Effects struct {
	Now  Time
	List []Effect
}

func (e *Effects) add(x Effect) { e.List = append(e.List, x) }

// Apply executes a command: it returns the reply, and appends to e what changes. A
// command that changes nothing (a failed CAS, an error) has no effects. It is the
// one definition of what the commands mean; replies and errors are Redis's.
func Apply(c Command, read Reader, e *Effects) Reply {
	return Commands[c.Verb].apply(c, read, e)
}

// Redis's error texts, and the shop's.
const (
	ErrWrongType  = "WRONGTYPE Operation against a key holding the wrong kind of value"
	ErrNotInteger = "ERR value is not an integer or out of range"
	ErrOverflow   = "ERR increment or decrement would overflow"
	ErrSyntax     = "ERR syntax error"
	ErrNegative   = "ERR value is out of range, must be positive"
	ErrDecrement  = "ERR decrement would overflow"
	ErrOutOfStock = "OUTOFSTOCK not enough left"
)

func applyGet(c Command, read Reader, _ *Effects) Reply {
	switch v := read(c.Args[0]); v.Type {
	case None:
		return Reply{}
	case String:
		return Bulk(v.Str)
	}
	return Error(ErrWrongType)
}

func applyDel(c Command, read Reader, e *Effects) Reply {
	if read(c.Args[0]).Type == None {
		return Int(0)
	}
	e.add(Effect{Key: c.Args[0], Kind: Delete})
	return Int(1)
}

func applyExists(c Command, read Reader, _ *Effects) Reply {
	return truth(read(c.Args[0]).Type != None)
}

func truth(b bool) Reply {
	if b {
		return Int(1)
	}
	return Int(0)
}

// integer reads a number as Redis does: no sign but a minus, no space, no leading
// zero, within 64 bits.
func integer(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && strconv.FormatInt(n, 10) == s
}

func number(v Value) (int64, bool) {
	if v.Type == None {
		return 0, true
	}
	return integer(v.Str)
}

func applyIncr(c Command, read Reader, e *Effects) Reply {
	delta := int64(1)
	if len(c.Args) == 2 {
		n, ok := integer(c.Args[1])
		if !ok {
			return Error(ErrNotInteger)
		}
		delta = n
	}
	if c.Verb == DECR || c.Verb == DECRBY {
		if delta == math.MinInt64 {
			return Error(ErrDecrement)
		}
		delta = -delta
	}
	v := read(c.Args[0])
	if v.Type != None && v.Type != String {
		return Error(ErrWrongType)
	}
	old, ok := number(v)
	if !ok {
		return Error(ErrNotInteger)
	}
	if delta > 0 && old > math.MaxInt64-delta || delta < 0 && old < math.MinInt64-delta {
		return Error(ErrOverflow)
	}
	e.add(Effect{Key: c.Args[0], Kind: Add, Delta: delta})
	return Int(old + delta)
}

func applyAppend(c Command, read Reader, e *Effects) Reply {
	v := read(c.Args[0])
	if v.Type != None && v.Type != String {
		return Error(ErrWrongType)
	}
	if v.Type == String && c.Args[1] == "" {
		return Int(int64(len(v.Str)))
	}
	e.add(Effect{Key: c.Args[0], Kind: Put, Value: Text(v.Str + c.Args[1]).until(v.Deadline)})
	return Int(int64(len(v.Str) + len(c.Args[1])))
}

func applyCAS(c Command, read Reader, e *Effects) Reply {
	v := read(c.Args[0])
	if v.Type != None && v.Type != String {
		return Error(ErrWrongType)
	}
	if v.Type == None || v.Str != c.Args[1] {
		return Int(0)
	}
	e.add(Effect{Key: c.Args[0], Kind: Put, Value: Text(c.Args[2])})
	return Int(1)
}

func applyCADel(c Command, read Reader, e *Effects) Reply {
	v := read(c.Args[0])
	if v.Type != None && v.Type != String {
		return Error(ErrWrongType)
	}
	if v.Type == None || v.Str != c.Args[1] {
		return Int(0)
	}
	e.add(Effect{Key: c.Args[0], Kind: Delete})
	return Int(1)
}

// take reads how many there are and how many are wanted; the reply is an error if
// it can't be done.
func take(key, want string, read Reader) (have, n int64, fail Reply) {
	n, ok := integer(want)
	if !ok {
		return 0, 0, Error(ErrNotInteger)
	}
	if n <= 0 {
		return 0, 0, Error(ErrNegative)
	}
	v := read(key)
	if v.Type != None && v.Type != String {
		return 0, 0, Error(ErrWrongType)
	}
	if have, ok = number(v); !ok {
		return 0, 0, Error(ErrNotInteger)
	}
	if have < n {
		return 0, 0, Error(ErrOutOfStock)
	}
	return have, n, Reply{}
}

func applyTake(c Command, read Reader, e *Effects) Reply {
	have, n, fail := take(c.Args[0], c.Args[1], read)
	if fail.Kind == ErrorReply {
		return fail
	}
	e.add(Effect{Key: c.Args[0], Kind: Add, Delta: -n})
	return Int(have - n)
}

func applyBuy(c Command, read Reader, e *Effects) Reply {
	have, n, fail := take(c.Args[0]+StockSuffix, c.Args[1], read)
	if fail.Kind == ErrorReply {
		return fail
	}
	sold := read(c.Args[0] + SoldSuffix)
	if sold.Type != None && sold.Type != String {
		return Error(ErrWrongType)
	}
	before, ok := number(sold)
	if !ok {
		return Error(ErrNotInteger)
	}
	if before > math.MaxInt64-n {
		return Error(ErrOverflow)
	}
	e.add(Effect{Key: c.Args[0] + StockSuffix, Kind: Add, Delta: -n})
	e.add(Effect{Key: c.Args[0] + SoldSuffix, Kind: Add, Delta: n})
	return Int(have - n)
}

func applyStrLen(c Command, read Reader, _ *Effects) Reply {
	v := read(c.Args[0])
	if v.Type != None && v.Type != String {
		return Error(ErrWrongType)
	}
	return Int(int64(len(v.Str)))
}

func applyPing(Command, Reader, *Effects) Reply { return Reply{Kind: StatusReply, Str: "PONG"} }

func applyRefund(c Command, _ Reader, e *Effects) Reply {
	n, ok := integer(c.Args[1])
	if !ok {
		return Error(ErrNotInteger)
	}
	e.add(Effect{Key: c.Args[0], Kind: Add, Delta: n})
	e.add(Effect{Key: RefundedKey(c.Args[0]), Kind: Add, Delta: n})
	return OK
}
