package store

import (
	"errors"
	"strings"

	"capsim/model"
)

// Error says that a node's Redis failed its run: the environment's fault, not the
// input's. Its text holds no password.
type Error struct {
	Node  model.NodeID // zero: of no one node
	Addr  string       // host:port; "" for one inside this process
	Doing string       // what was attempted: "reading the record of key x"
	Err   error        // never nil
}

func (e *Error) Unwrap() error { return e.Err }

// Error says whose Redis failed, where, at what, why, and what to do about it.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Node != 0 {
		b.WriteString(e.Node.String() + "'s ")
		if e.Addr == "" {
			b.WriteString("embedded Redis")
		} else {
			b.WriteString("Redis at " + e.Addr)
		}
		b.WriteString(" failed while ")
	}
	b.WriteString(e.Doing + ": " + e.Err.Error())
	return b.String()
}

// badBytes: what a Redis holds is not what was stored there.
type badBytes struct{ err error }

func (b *badBytes) Error() string { return "what it holds is no record: " + b.err.Error() }
func (b *badBytes) Unwrap() error { return b.err }

// scrub makes an error of a server or the network fit to be shown: no password in
// it, nothing that paints a screen, no more than a line.
func scrub(err error, secret string) error {
	text := err.Error()
	shown := text
	if secret != "" {
		shown = strings.ReplaceAll(shown, secret, "…")
	}
	if q := model.Quote(shown); len(q) > len(shown)+2 {
		shown = strings.Trim(q, `"`)
	}
	if len(shown) > 300 {
		shown = shown[:300] + "…"
	}
	if shown == text {
		return err
	}
	return errors.New(shown)
}

// short quotes a key for an error; keys may be long.
func short(s string) string {
	if len(s) > 40 {
		return model.Quote(s[:40]) + "…"
	}
	return model.Quote(s)
}
