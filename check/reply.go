package check

import (
	"fmt"
	"slices"
	"strings"

	"capsim/model"
	"capsim/trace"
)

// reply: how the client's last completed operation ended.
var reply = Check{
	Name:  "reply",
	Usage: "CLIENT CMP VALUE | error CODE | refused CODE | unknown",
	Doc:   "how a client's last operation ended: reply bob = milk, error WRONGTYPE, refused NOQUORUM, unknown",
	Parse: parseReply,
}

// expected is what a reply is compared to.
type expected struct {
	outcome model.Outcome
	failed  bool   // an error reply
	code    string // of a refusal or an error; "" for any
	rel     relation
	value   literal
}

func parseReply(words []string) (Test, error) {
	client, err := word(words, 0, "a client")
	if err != nil {
		return nil, err
	}
	const want = "= VALUE, != VALUE, error CODE, refused CODE or unknown"
	kind, err := word(words, 1, want)
	if err != nil {
		return nil, err
	}
	e := expected{outcome: model.OKOutcome}
	switch kind {
	case "unknown":
		e.outcome, err = model.Unknown, atMost(words, 2)
	case "error", "refused":
		e.failed = kind == "error"
		if kind == "refused" {
			e.outcome = model.Refused
		}
		if e.code, err = word(words, 2, "a code such as WRONGTYPE or NOQUORUM"); err == nil {
			err = atMost(words, 3)
		}
	default:
		if !slices.Contains(relations, relation(kind)) {
			return nil, &ArgError{Word: 1, Got: kind, Want: want}
		}
		e.rel = relation(kind)
		e.value, err = parseLiteral(words, 2, "a value: milk, nil, 3, [a b]")
	}
	if err != nil {
		return nil, err
	}
	return func(h *History) Finding { return h.reply(client, e) }, nil
}

func (h *History) reply(client string, want expected) Finding {
	o := h.lastCompleted(client)
	if o == nil {
		return Finding{Witness: fmt.Sprintf("No operation of %s has ended.", model.Quote(client))}
	}
	f := Finding{At: o.Done, Witness: fmt.Sprintf("%s ended %s.", tell(o), clip(endOf(o)))}
	f.point(o)
	f.Verdict = want.meets(*o.Result, o.Command.Verb)
	return f
}

// meets compares an operation's end to what is expected. A list may be a hash's, and that of
// a lab's own command has an order.
func (e expected) meets(r model.Result, verb model.Verb) Verdict {
	isError := r.Reply.Kind == model.ErrorReply
	switch {
	case e.rel == "!=" && (r.Outcome != model.OKOutcome || isError):
		return Yes
	case r.Outcome != e.outcome:
		return No
	case e.outcome == model.Unknown:
		return Yes
	case e.outcome == model.Refused:
		return verdictOf(r.Code == e.code)
	case isError || e.failed:
		code, _, _ := strings.Cut(r.Reply.Str, " ")
		return verdictOf(isError && e.failed && code == e.code)
	}
	got, _ := literalOfReply(r.Reply)
	got.hash = verb == model.HGETALL && got.list
	got.ordered = verb == model.CALL && got.list
	holds, ordered := got.compare(e.rel, e.value)
	if !ordered {
		return Unknown
	}
	return verdictOf(holds)
}

// endOf writes an operation's result: "with milk", "refused NOQUORUM", "unknown".
func endOf(o *trace.Op) string {
	if answeredOK(o) {
		return "with " + o.Result.String()
	}
	return o.Result.String()
}

// lastCompleted returns the client's operation that ended last; nil if none has.
func (h *History) lastCompleted(client string) *trace.Op {
	for n := h.until; n >= 1; n-- {
		e := h.log.At(n)
		if e.Kind != trace.Return {
			continue
		}
		if o := h.x.Op(e.Op); o != nil && o.Client == client && !o.System && o.Returned == n && o.Result != nil {
			return o
		}
	}
	return nil
}
