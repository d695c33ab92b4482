package policies

import (
	"slices"

	"capsim/model"
)

// What a node does with a session that has seen more than the node has.

// waiting are the requests that wait, in the order in which they came. It is memory.
type waiting struct {
	refuse bool
	list   []Request
}

// sessionParams are the parameters of causal sessions, of ap and of base.
var sessionParams = []Param{
	{Name: "sessions", Default: "none", Values: []string{"none", "causal"}, Doc: "whether a session never sees less than it has seen, nor anything before its cause"},
	{Name: "lacking", Default: "wait", Values: []string{"wait", "refuse"}, Doc: "what a node does that lacks what a causal session has seen"},
}

// sessions sets what the parameters say.
func (c *core) sessions(p Params) {
	if p["sessions"] == "causal" {
		c.causal = &causal{}
	}
	c.waiting.refuse = p["lacking"] == "refuse"
}

// withoutSessions and withSessions are conditions of claims.
func withoutSessions(p Params) bool { return p["sessions"] == "none" }
func withSessions(p Params) bool    { return p["sessions"] == "causal" }

// cautionSessions says what causal sessions give up.
func cautionSessions(p Params, nodes int) string {
	switch {
	case !withSessions(p) || nodes == 1:
		return ""
	case p["lacking"] == "refuse":
		return "a session that goes to a node which lacks what it has seen is refused BEHIND there: under a partition, for as long as that lasts"
	}
	return "a session that goes to a node which lacks what it has seen waits there, and under a partition gets no answer"
}

// ready tells whether the node has all that the session has seen. If not, the request
// waits or is refused. A session makes one request at a time: one of it that still
// waits here is given up.
func (c *core) ready(env Env, req *Request) bool {
	if c.causal == nil || covers(c.causal.have, req.Past) {
		return true
	}
	if c.waiting.refuse {
		env.Count("causal.refused", 1)
		env.Reply(req.Op, model.Refuse(CodeBehind, c.self.String()+" lacks "+lacks(c.causal.have, req.Past)+", which the session has seen"))
		return false
	}
	env.Count("causal.waited", 1)
	env.Note("causal.waits", "op", opName(req.Op), "for", lacks(c.causal.have, req.Past))
	w := &c.waiting
	w.list = slices.DeleteFunc(w.list, func(old Request) bool { return old.Client == req.Client })
	kept := *req
	kept.Context = slices.Clone(req.Context) // what the session learns while it waits is not for this request
	w.list = append(w.list, kept)
	return false
}

// admitted returns the first request that waits no longer, if there is one.
func (c *core) admitted() (Request, bool) {
	w := &c.waiting
	for i := range w.list {
		if covers(c.causal.have, w.list[i].Past) {
			req := w.list[i]
			w.list = slices.Delete(w.list, i, i+1)
			return req, true
		}
	}
	return Request{}, false
}

// CodeBehind refuses a session that has seen more than the node has.
const CodeBehind = "BEHIND"
