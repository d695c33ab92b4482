package model

import (
	"fmt"
	"strings"
)

// Verb is a command's name.
type Verb uint8

// The verbs, in the order of Commands.
const (
	GET Verb = iota
	SET
	DEL
	EXISTS
	INCR
	DECR
	INCRBY
	DECRBY
	APPEND
	SADD
	SREM
	SMEMBERS
	SISMEMBER
	CAS
	CADEL
	TAKE
	BUY
	PING
	STRLEN
	SCARD
	HSET
	HGET
	HDEL
	HGETALL
	PEXPIRE
	PTTL
	WAIT
	REFUND // made by the system
	EXPIRE // made by the system
	CALL   // a lab's own command: its name and its words are the arguments
)

// Family says which kind of thing a command acts on; policies merge by it.
type Family uint8

// The families. AnyFamily commands act on a key whatever it holds.
const (
	AnyFamily Family = iota
	RegisterFamily
	CounterFamily
	SetFamily
	HashFamily
)

// CommandSpec describes one command.
type CommandSpec struct {
	Verb   Verb
	Name   string
	Usage  string // as Redis writes it
	Doc    string // one line
	Min    int    // arguments after the name, at least
	Max    int    // at most; -1 for any number
	Write  bool   // may change something
	Reads  bool   // its reply tells of the state, more than "done"
	Family Family
	System bool // made by the system, never by a client
	apply  func(c Command, read Reader, e *Effects) Reply
}

// Commands is the one ordered list of data commands: parsers, help and policies
// read it.
var Commands = []CommandSpec{
	{GET, "GET", "GET key", "read a string", 1, 1, false, true, RegisterFamily, false, applyGet},
	{SET, "SET", "SET key value [NX|XX] [PX milliseconds] [GET]", "write a string", 2, 6, true, false, RegisterFamily, false, applySet},
	{DEL, "DEL", "DEL key", "delete a key; replies 1 or 0, or OK where a policy can't know which", 1, 1, true, true, AnyFamily, false, applyDel},
	{EXISTS, "EXISTS", "EXISTS key", "1 if the key is there", 1, 1, false, true, AnyFamily, false, applyExists},
	{INCR, "INCR", "INCR key", "add 1 to a number", 1, 1, true, true, CounterFamily, false, applyIncr},
	{DECR, "DECR", "DECR key", "subtract 1 from a number", 1, 1, true, true, CounterFamily, false, applyIncr},
	{INCRBY, "INCRBY", "INCRBY key increment", "add to a number", 2, 2, true, true, CounterFamily, false, applyIncr},
	{DECRBY, "DECRBY", "DECRBY key decrement", "subtract from a number", 2, 2, true, true, CounterFamily, false, applyIncr},
	{APPEND, "APPEND", "APPEND key value", "append to a string", 2, 2, true, true, RegisterFamily, false, applyAppend},
	{SADD, "SADD", "SADD key member [member …]", "add to a set", 2, -1, true, true, SetFamily, false, applySAdd},
	{SREM, "SREM", "SREM key member [member …]", "remove from a set", 2, -1, true, true, SetFamily, false, applySRem},
	{SMEMBERS, "SMEMBERS", "SMEMBERS key", "read a set", 1, 1, false, true, SetFamily, false, applySMembers},
	{SISMEMBER, "SISMEMBER", "SISMEMBER key member", "1 if the member is in the set", 2, 2, false, true, SetFamily, false, applySIsMember},
	{CAS, "CAS", "CAS key old new", "write new if the value is old: 1, else 0", 3, 3, true, true, RegisterFamily, false, applyCAS},
	{CADEL, "CADEL", "CADEL key expected", "delete if the value is as expected: 1, else 0", 2, 2, true, true, RegisterFamily, false, applyCADel},
	{TAKE, "TAKE", "TAKE key n", "subtract n if at least n are there, else OUTOFSTOCK", 2, 2, true, true, CounterFamily, false, applyTake},
	{BUY, "BUY", "BUY item n", "take n from item:stock, add n to item:sold, or OUTOFSTOCK", 2, 2, true, true, CounterFamily, false, applyBuy},
	{PING, "PING", "PING", "ask the node for a sign of life", 0, 0, false, false, AnyFamily, false, applyPing},
	{STRLEN, "STRLEN", "STRLEN key", "the length of a string, in bytes", 1, 1, false, true, RegisterFamily, false, applyStrLen},
	{SCARD, "SCARD", "SCARD key", "how many members a set has", 1, 1, false, true, SetFamily, false, applySCard},
	{HSET, "HSET", "HSET key field value [field value …]", "write fields of a hash; replies how many are new", 3, -1, true, true, HashFamily, false, applyHSet},
	{HGET, "HGET", "HGET key field", "read a field of a hash", 2, 2, false, true, HashFamily, false, applyHGet},
	{HDEL, "HDEL", "HDEL key field [field …]", "delete fields of a hash", 2, -1, true, true, HashFamily, false, applyHDel},
	{HGETALL, "HGETALL", "HGETALL key", "read a hash: fields and values in turn, by field", 1, 1, false, true, HashFamily, false, applyHGetAll},
	{PEXPIRE, "PEXPIRE", "PEXPIRE key milliseconds", "let a key expire: 1, or 0 if it is not there", 2, 2, true, true, AnyFamily, false, applyPExpire},
	{PTTL, "PTTL", "PTTL key", "milliseconds until a key expires: -1 never, -2 not there", 1, 1, false, true, AnyFamily, false, applyPTTL},
	{WAIT, "WAIT", "WAIT numreplicas timeout", "wait until so many replicas have the session's writes, or so many ms; replies how many have", 2, 2, false, false, AnyFamily, false, applyWait},
	{REFUND, "REFUND", "REFUND key n", "put back what was oversold: made by the system, never by a client", 2, 2, true, false, CounterFamily, true, applyRefund},
	{EXPIRE, "EXPIRE", "EXPIRE key deadline", "delete a key if its value has that deadline: made by the system when it is over", 2, 2, true, false, AnyFamily, true, applyExpire},
	{CALL, "CALL", "CALL name [word …]", "a lab's own command: never written so by a client, who names it alone", 1, -1, false, false, AnyFamily, true, applyCall},
}

// Takes tells whether the command may have n arguments.
func (s *CommandSpec) Takes(n int) bool {
	return n >= s.Min && (s.Max < 0 || n <= s.Max) && (s.Verb != HSET || n%2 == 1)
}

// Command is one data command: a verb and its arguments. Immutable.
type Command struct {
	Verb Verb
	Args []string
}

// Spec returns the command's description.
func (c Command) Spec() *CommandSpec { return &Commands[c.Verb] }

// Name returns the command's name as a client writes it; of a CALL, that of the lab's
// own command.
func (c Command) Name() string {
	if c.Verb == CALL && len(c.Args) > 0 {
		return c.Args[0]
	}
	return Commands[c.Verb].Name
}

// Words returns what follows the name.
func (c Command) Words() []string {
	if c.Verb == CALL && len(c.Args) > 0 {
		return c.Args[1:]
	}
	return c.Args
}

// Writes tells whether the command may change something that data checks speak of: a
// lab's own command never does.
func (c Command) Writes() bool { return Commands[c.Verb].Write }

// Key returns the command's only or first key; "" if it names none.
func (c Command) Key() string {
	switch {
	case c.Verb == BUY:
		return c.Args[0] + StockSuffix
	case len(c.Args) == 0, c.Verb == WAIT, c.Verb == CALL:
		return ""
	}
	return c.Args[0]
}

// Keys returns the keys that the command may touch; none of a CALL: what its words
// mean only its lab knows.
func (c Command) Keys() []string {
	switch {
	case c.Verb == BUY:
		return []string{c.Args[0] + StockSuffix, c.Args[0] + SoldSuffix}
	case len(c.Args) == 0, c.Verb == WAIT, c.Verb == CALL:
		return nil
	case c.Verb == REFUND:
		return []string{c.Args[0], RefundedKey(c.Args[0])}
	}
	return c.Args[:1:1]
}

// RefundedKey names the counter of what was refunded of a stock.
func RefundedKey(stock string) string { return strings.TrimSuffix(stock, StockSuffix) + RefundedSuffix }

// The shop's keys: BUY item acts on item:stock and item:sold, a refund on
// item:stock and item:refunded.
const (
	StockSuffix    = ":stock"
	SoldSuffix     = ":sold"
	RefundedSuffix = ":refunded"
)

// String writes the command as the script language reads it.
func (c Command) String() string {
	var b strings.Builder
	b.WriteString(c.Name())
	for _, a := range c.Words() {
		b.WriteByte(' ')
		b.WriteString(Quote(a))
	}
	return b.String()
}

// ParseCommand reads a command's words. The error is Redis's own: unknown command,
// or wrong number of arguments. Names are read in any case.
func ParseCommand(words []string) (Command, error) {
	if len(words) == 0 {
		return Command{}, fmt.Errorf("ERR no command")
	}
	name := strings.ToUpper(words[0])
	for i := range Commands {
		s := &Commands[i]
		if s.Name != name || s.System {
			continue
		}
		// What is wrong with SET's options its reply says.
		if n := len(words) - 1; !s.Takes(n) && (s.Verb != SET || n < s.Min) {
			return Command{}, fmt.Errorf("ERR wrong number of arguments for '%s' command", strings.ToLower(name))
		}
		return Command{Verb: s.Verb, Args: words[1:]}, nil
	}
	return Command{}, fmt.Errorf("ERR unknown command '%s'", words[0])
}
