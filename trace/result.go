package trace

import (
	"strconv"

	"capsim/model"
)

// appendResult writes how an operation ended. A reply is null, "milk", 3, ["a","b"],
// or says what else it is: {"status":"OK"}, {"error":"WRONGTYPE …"},
// {"siblings":["a","b"]}.
//
//	,"outcome":"ok","reply":{"status":"OK"},"context":{"cart":"n1:2 n2:1"}
func appendResult(dst []byte, r *model.Result) []byte {
	dst = append(append(append(dst, `,"outcome":"`...), r.Outcome.String()...), '"')
	if r.Outcome == model.OKOutcome || r.Reply.Kind != model.NilReply {
		dst = appendReply(append(dst, `,"reply":`...), &r.Reply)
	}
	if r.Code != "" {
		dst = model.AppendJSON(append(dst, `,"code":`...), r.Code)
	}
	if r.Why != "" {
		dst = model.AppendJSON(append(dst, `,"why":`...), r.Why)
	}
	if len(r.Past) > 0 {
		dst = append(model.AppendDots(append(dst, `,"past":"`...), r.Past), '"')
	}
	for i := range r.Context {
		sep := ","
		if i == 0 {
			sep = `,"context":{`
		}
		dst = appendSeen(append(dst, sep...), &r.Context[i])
	}
	if len(r.Context) > 0 {
		dst = append(dst, '}')
	}
	return dst
}

// appendSeen writes what a session has seen of a key: "cart":"n1:2 n2:1", or with the
// heads that it carries "cart":{"seen":"n1:2 n2:1","heads":[…]}.
func appendSeen(dst []byte, s *model.Seen) []byte {
	dst = append(model.AppendJSON(dst, s.Key), ':')
	if len(s.Heads) > 0 {
		dst = append(dst, `{"seen":`...)
	}
	dst = append(model.AppendDots(append(dst, '"'), s.Vector), '"')
	if len(s.Heads) > 0 {
		dst = append(model.AppendHeads(append(dst, `,"heads":`...), s.Heads), '}')
	}
	return dst
}

func appendReply(dst []byte, r *model.Reply) []byte {
	switch r.Kind {
	case model.StatusReply:
		return append(model.AppendJSON(append(dst, `{"status":`...), r.Str), '}')
	case model.BulkReply:
		return model.AppendJSON(dst, r.Str)
	case model.IntReply:
		return strconv.AppendInt(dst, r.Int, 10)
	case model.ListReply:
		return model.AppendJSONList(dst, r.List)
	case model.ErrorReply:
		return append(model.AppendJSON(append(dst, `{"error":`...), r.Str), '}')
	case model.SiblingsReply:
		return append(model.AppendJSONList(append(dst, `{"siblings":`...), r.List), '}')
	}
	return append(dst, "null"...)
}

// result reads what follows `,"outcome":"`.
func (d *decoder) result() *model.Result {
	r := &model.Result{}
	in := &d.in
	switch {
	case in.Has(`open"`):
		r.Outcome = model.Open
	case in.Has(`ok"`):
		r.Outcome = model.OKOutcome
	case in.Has(`refused"`):
		r.Outcome = model.Refused
	case in.Has(`unknown"`):
		r.Outcome = model.Unknown
	default:
		in.Fail("open, ok, refused or unknown")
	}
	if r.Outcome == model.OKOutcome {
		in.Need(`,"reply":`)
		r.Reply = d.reply()
	} else if in.Has(`,"reply":`) {
		r.Reply = d.reply()
	}
	if in.Has(`,"code":`) {
		r.Code = d.str()
	}
	if in.Has(`,"why":`) {
		r.Why = d.str()
	}
	if in.Has(`,"past":`) {
		r.Past = in.Vector()
	}
	if in.Has(`,"context":{`) {
		r.Context = d.context()
	}
	return r
}

func (d *decoder) reply() (r model.Reply) {
	in := &d.in
	switch {
	case in.Has("null"):
	case in.Has(`{"status":`):
		r = model.Reply{Kind: model.StatusReply, Str: d.str()}
		in.Need("}")
	case in.Has(`{"error":`):
		r = model.Error(d.str())
		in.Need("}")
	case in.Has(`{"siblings":`):
		r = model.Reply{Kind: model.SiblingsReply, List: in.List()}
		in.Need("}")
	case in.Next() == '[':
		r = model.List(in.List())
	case in.Next() == '"':
		r = model.Bulk(d.str())
	default:
		r = model.Int(d.int64())
	}
	return r
}

func (d *decoder) context() (c model.Context) {
	for {
		s := model.Seen{Key: d.str()}
		d.in.Need(":")
		heads := d.in.Has(`{"seen":`)
		s.Vector = d.in.Vector()
		if heads {
			d.in.Need(`,"heads":`)
			s.Heads = d.in.Heads()
			d.in.Need("}")
		}
		c = append(c, s)
		if d.in.Has("}") || d.in.Err() != nil {
			return c
		}
		d.in.Need(",")
	}
}
