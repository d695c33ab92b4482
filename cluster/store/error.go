package store

import (
	"errors"
	"strings"
	"unicode/utf8"

	"capsim/model"
)

// Error says that a node's Redis failed its run: the environment's fault, not the
// input's. Its text holds no password.
type Error struct {
	Node  model.NodeID // zero: of no one node
	Addr  string       // host:port; "" for one inside this process
	Doing string       // what was attempted: "reading the record of key x"
	Err   error        // never nil

	advice string // what to do; "" if there is nothing to say
}

func (e *Error) Unwrap() error { return e.Err }

// Error says whose Redis failed, where, at what, why, and what to do about it.
func (e *Error) Error() string {
	var b strings.Builder
	switch {
	case e.Node == 0:
	case e.Addr == "":
		b.WriteString(e.Node.String() + "'s embedded Redis failed while ")
	default:
		b.WriteString(e.Node.String() + "'s Redis at " + e.Addr + " " + verb(e.Err) + " while ")
	}
	b.WriteString(e.Doing + ": " + e.Err.Error())
	if e.advice != "" {
		b.WriteString("; " + e.advice)
	}
	return b.String()
}

// fail wraps an error of the node's connection.
func (n *redisNode) fail(doing string, err error) error {
	e := &Error{Node: n.node, Addr: n.addr, Doing: doing, Err: scrub(err, n.secret), advice: advise(err)}
	if n.process != nil && isGone(err) {
		if how := n.process.ended(); how != "" {
			e.Err = &endedError{e.Err, how}
		}
	}
	return e
}

// endedError adds how a server's process ended.
type endedError struct {
	err error
	how string
}

func (e *endedError) Error() string { return e.err.Error() + " (" + e.how + ")" }
func (e *endedError) Unwrap() error { return e.err }

// badBytes: what a Redis holds is not what was stored there.
type badBytes struct{ err error }

func (b *badBytes) Error() string { return "what it holds is no record: " + b.err.Error() }
func (b *badBytes) Unwrap() error { return b.err }

// scrub makes an error of a server or the network fit to be shown: no password in
// it (old servers repeat an AUTH that they don't know), nothing that paints a
// screen, no more than a few lines.
func scrub(err error, secret string) error {
	text := err.Error()
	shown := text
	if secret != "" {
		shown = strings.ReplaceAll(shown, secret, "…")
	}
	shown = printable(shown)
	if len(shown) > 300 {
		shown = strings.ToValidUTF8(shown[:300], "") + "…"
	}
	if shown == text {
		return err
	}
	return errors.New(shown)
}

// printable escapes what is no printable character, and leaves quotes as they are.
func printable(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		_, n := utf8.DecodeRuneInString(s[i:])
		c := s[i : i+n]
		if c != `"` && c != `\` {
			c = strings.Trim(model.Quote(c), `"`)
		}
		if c == "" {
			c = s[i : i+n] // a space, that Quote puts between quotes
		}
		b.WriteString(c)
		i += n
	}
	return b.String()
}

// short quotes a key for an error; keys may be long.
func short(s string) string {
	if len(s) > 40 {
		return model.Quote(s[:40]) + "…"
	}
	return model.Quote(s)
}
