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
	REFUND // made by the system
)

// Family says which kind of thing a command acts on; policies merge by it.
type Family uint8

// The families. AnyFamily commands act on a key whatever it holds.
const (
	AnyFamily Family = iota
	RegisterFamily
	CounterFamily
	SetFamily
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
	apply  func(c Command, read Reader, e *Effects) Reply
}

// Commands is the one ordered list of data commands: parsers, help and policies
// read it.
var Commands = []CommandSpec{
	{GET, "GET", "GET key", "read a string", 1, 1, false, true, RegisterFamily, applyGet},
	{SET, "SET", "SET key value [NX|XX]", "write a string", 2, 3, true, false, RegisterFamily, applySet},
	{DEL, "DEL", "DEL key", "delete a key", 1, 1, true, true, AnyFamily, applyDel},
	{EXISTS, "EXISTS", "EXISTS key", "1 if the key is there", 1, 1, false, true, AnyFamily, applyExists},
	{INCR, "INCR", "INCR key", "add 1 to a number", 1, 1, true, true, CounterFamily, applyIncr},
	{DECR, "DECR", "DECR key", "subtract 1 from a number", 1, 1, true, true, CounterFamily, applyIncr},
	{INCRBY, "INCRBY", "INCRBY key increment", "add to a number", 2, 2, true, true, CounterFamily, applyIncr},
	{DECRBY, "DECRBY", "DECRBY key decrement", "subtract from a number", 2, 2, true, true, CounterFamily, applyIncr},
	{APPEND, "APPEND", "APPEND key value", "append to a string", 2, 2, true, true, RegisterFamily, applyAppend},
	{SADD, "SADD", "SADD key member [member …]", "add to a set", 2, -1, true, true, SetFamily, applySAdd},
	{SREM, "SREM", "SREM key member [member …]", "remove from a set", 2, -1, true, true, SetFamily, applySRem},
	{SMEMBERS, "SMEMBERS", "SMEMBERS key", "read a set", 1, 1, false, true, SetFamily, applySMembers},
	{SISMEMBER, "SISMEMBER", "SISMEMBER key member", "1 if the member is in the set", 2, 2, false, true, SetFamily, applySIsMember},
	{CAS, "CAS", "CAS key old new", "write new if the value is old: 1, else 0", 3, 3, true, true, RegisterFamily, applyCAS},
	{CADEL, "CADEL", "CADEL key expected", "delete if the value is as expected: 1, else 0", 2, 2, true, true, RegisterFamily, applyCADel},
	{TAKE, "TAKE", "TAKE key n", "subtract n if at least n are there, else OUTOFSTOCK", 2, 2, true, true, CounterFamily, applyTake},
	{BUY, "BUY", "BUY item n", "take n from item:stock, add n to item:sold, or OUTOFSTOCK", 2, 2, true, true, CounterFamily, applyBuy},
	{PING, "PING", "PING", "ask the node for a sign of life", 0, 0, false, false, AnyFamily, applyPing},
	{REFUND, "REFUND", "REFUND key n", "put back what was oversold: made by the system, never by a client", 2, 2, true, false, CounterFamily, applyRefund},
}

// Command is one data command: a verb and its arguments. Immutable.
type Command struct {
	Verb Verb
	Args []string
}

// Spec returns the command's description.
func (c Command) Spec() *CommandSpec { return &Commands[c.Verb] }

// Writes tells whether the command may change something.
func (c Command) Writes() bool { return Commands[c.Verb].Write }

// Key returns the command's only or first key; "" if it names none.
func (c Command) Key() string {
	switch {
	case c.Verb == BUY:
		return c.Args[0] + StockSuffix
	case len(c.Args) == 0:
		return ""
	}
	return c.Args[0]
}

// Keys returns the keys that the command may touch.
func (c Command) Keys() []string {
	switch {
	case c.Verb == BUY:
		return []string{c.Args[0] + StockSuffix, c.Args[0] + SoldSuffix}
	case len(c.Args) == 0:
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
	b.WriteString(Commands[c.Verb].Name)
	for _, a := range c.Args {
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
		if s.Name != name || s.Verb == REFUND {
			continue
		}
		n := len(words) - 1
		if n < s.Min || s.Max >= 0 && n > s.Max && s.Verb != SET {
			return Command{}, fmt.Errorf("ERR wrong number of arguments for '%s' command", strings.ToLower(name))
		}
		return Command{Verb: s.Verb, Args: words[1:]}, nil
	}
	return Command{}, fmt.Errorf("ERR unknown command '%s'", words[0])
}
