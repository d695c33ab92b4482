package model

import (
	"slices"
	"strconv"
)

// ReplyKind is the shape of a reply.
type ReplyKind uint8

// The shapes of a reply: Redis's, and Siblings for several values of one register
// that no write has reconciled.
const (
	NilReply ReplyKind = iota
	StatusReply
	BulkReply
	IntReply
	ListReply
	ErrorReply
	SiblingsReply
)

// Reply is what an executed command answered. Immutable.
type Reply struct {
	Kind ReplyKind
	Str  string   // Status ("OK"), Bulk, Error ("WRONGTYPE …")
	Int  int64    // Int
	List []string // List (sets: sorted), Siblings (sorted)
}

// OK is the reply of a SET.
var OK = Reply{Kind: StatusReply, Str: "OK"}

// Bulk replies a string.
func Bulk(s string) Reply { return Reply{Kind: BulkReply, Str: s} }

// Int replies a number.
func Int(n int64) Reply { return Reply{Kind: IntReply, Int: n} }

// List replies a list.
func List(items []string) Reply { return Reply{Kind: ListReply, List: items} }

// Error replies an error of Redis's form: a code, then a text.
func Error(s string) Reply { return Reply{Kind: ErrorReply, Str: s} }

// Equal tells whether a client could not tell r from s.
func (r Reply) Equal(s Reply) bool {
	return r.Kind == s.Kind && r.Str == s.Str && r.Int == s.Int && slices.Equal(r.List, s.List)
}

// String prints the reply as expectations write it: milk, nil, 3, [a b], and an
// error with its text.
func (r Reply) String() string {
	switch r.Kind {
	case StatusReply, BulkReply:
		return Quote(r.Str)
	case IntReply:
		return strconv.FormatInt(r.Int, 10)
	case ListReply, SiblingsReply:
		return QuoteList(r.List)
	case ErrorReply:
		return "error " + Quote(r.Str)
	}
	return "nil"
}

// Outcome is what a client knows of its operation.
type Outcome uint8

// The outcomes. Open: still waiting. OKOutcome: executed, and the reply observed
// the state. Refused: not executed, now or later. Unknown: no answer in time; it
// may have happened, or may yet.
const (
	Open Outcome = iota
	OKOutcome
	Refused
	Unknown
)

var outcomeNames = [...]string{"open", "ok", "refused", "unknown"}

func (o Outcome) String() string { return outcomeNames[o] }

// Codes of refusal. Redis's own are used where it has one.
const (
	CodeNoQuorum    = "NOQUORUM"    // not enough nodes can be reached, so nothing was done
	CodeInDoubt     = "INDOUBT"     // the node does not know whether a write to the key took place
	CodeDown        = "DOWN"        // the node's process is gone
	CodeSwitched    = "SWITCHED"    // the policy was toggled before anything was done
	CodeUnsupported = "UNSUPPORTED" // the policy can't offer this command
)

// Result is the end of an operation, as its client learns it.
type Result struct {
	Outcome Outcome
	Reply   Reply   // of OKOutcome
	Code    string  // of Refused
	Why     string  // of Refused and Unknown: one clause for the story
	Context Context // what the session has now seen, for the keys it touched
	Past    Vector  // what the session carries from now on, of all keys; nil: what it had
}

// Answered wraps an executed command's reply.
func Answered(r Reply) Result { return Result{Outcome: OKOutcome, Reply: r} }

// Refuse says that nothing was done and nothing will be.
func Refuse(code, why string) Result { return Result{Outcome: Refused, Code: code, Why: why} }

// String prints the result as expectations write it.
func (r Result) String() string {
	switch r.Outcome {
	case OKOutcome:
		return r.Reply.String()
	case Refused:
		return "refused " + r.Code
	}
	return r.Outcome.String()
}
