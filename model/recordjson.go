package model

import "strconv"

// AppendRecord appends the record as one line of JSON, without the newline; null
// for none. It is what a node's Redis keeps and a trace shows. A lone register,
// which most records are, reads
//
//	{"value":"milk","op":3,"dot":"n1:2","stamp":"1200000000@n1","seen":"n1:2 n2:1"}
//
// and any other lists its parts, with the values that a client would get first:
// those are for people and not read back.
//
//	{"value":"7","heads":[{"kind":"add","op":5,"dot":"n2:1","stamp":"1250000000.1@n2"}],
//	 "seen":"n1:2 n2:1","base":{"value":"4","stamp":"1200000000@n1","absorbed":"n1:+2-0"},
//	 "totals":"n1:+4-0 n2:+1-0","elements":{"milk":"n1:1 n2:1"},
//	 "sales":[{"op":5,"n":1,"dot":"n2:1","stamp":"1250000000.1@n2","refunded":true}],"stale":true}
//
// Parts that are empty are left out.
func AppendRecord(dst []byte, r *Record) []byte {
	if r == nil {
		return append(dst, "null"...)
	}
	if r.plain() {
		h := &r.Heads[0]
		dst = AppendValue(append(dst, `{"value":`...), h.Value)
		dst = appendWrite(append(dst, ','), h.Op, h.Dot, h.Stamp)
	} else {
		dst = appendShown(append(dst, `{"value":`...), r)
		dst = AppendHeads(append(dst, `,"heads":`...), r.Heads)
	}
	dst = AppendDots(append(dst, `,"seen":"`...), r.Seen)
	dst = append(dst, '"')
	if r.merged() {
		dst = appendMerged(dst, r)
	}
	if r.Stale {
		dst = append(dst, `,"stale":true`...)
	}
	return append(dst, '}')
}

// plain tells whether the record is one register and nothing else.
func (r *Record) plain() bool {
	return len(r.Heads) == 1 && !r.merged() && (r.Heads[0].Kind == Put || r.Heads[0].Kind == Delete)
}

// appendShown writes what a client would get.
func appendShown(dst []byte, r *Record) []byte {
	vs := r.Values()
	switch len(vs) {
	case 0:
		return append(dst, "null"...)
	case 1:
		return AppendValue(dst, vs[0])
	}
	dst = append(dst, `{"siblings":[`...)
	for i, v := range vs {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendValue(dst, v)
	}
	return append(dst, "]}"...)
}

func appendWrite(dst []byte, op OpID, d Dot, s Stamp) []byte {
	dst = strconv.AppendUint(append(dst, `"op":`...), uint64(op), 10)
	dst = AppendDots(append(dst, `,"dot":"`...), []Dot{d})
	dst = appendStamp(append(dst, `","stamp":"`...), s)
	return append(dst, '"')
}

var effectNames = [...]string{"put", "delete", "add", "sadd", "srem"}

func (k EffectKind) String() string {
	if int(k) < len(effectNames) {
		return effectNames[k]
	}
	return "?"
}

// AppendHeads appends heads as a JSON array, as they are in a record.
func AppendHeads(dst []byte, hs []Head) []byte {
	dst = append(dst, '[')
	for i := range hs {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendHead(dst, &hs[i])
	}
	return append(dst, ']')
}

func appendHead(dst []byte, h *Head) []byte {
	dst = append(dst, `{"kind":"`...)
	dst = append(dst, h.Kind.String()...)
	dst = append(dst, '"', ',')
	if h.Kind == Put {
		dst = AppendValue(append(dst, `"value":`...), h.Value)
		dst = append(dst, ',')
	}
	return append(appendWrite(dst, h.Op, h.Dot, h.Stamp), '}')
}

func appendMerged(dst []byte, r *Record) []byte {
	if b := r.Base; b != nil {
		dst = AppendValue(append(dst, `,"base":{"value":`...), b.Value)
		dst = appendStamp(append(dst, `,"stamp":"`...), b.Stamp)
		if len(b.Absorbed) > 0 {
			dst = appendTotals(append(dst, `","absorbed":"`...), b.Absorbed)
		}
		dst = append(dst, '"', '}')
	}
	if len(r.Totals) > 0 {
		dst = appendTotals(append(dst, `,"totals":"`...), r.Totals)
		dst = append(dst, '"')
	}
	for i := range r.Elements {
		sep := ","
		if i == 0 {
			sep = `,"elements":{`
		}
		dst = AppendJSON(append(dst, sep...), r.Elements[i].Member)
		dst = AppendDots(append(dst, ':', '"'), r.Elements[i].Dots)
		dst = append(dst, '"')
	}
	if len(r.Elements) > 0 {
		dst = append(dst, '}')
	}
	for i := range r.Sales {
		s, sep := &r.Sales[i], ","
		if i == 0 {
			sep = `,"sales":[`
		}
		dst = strconv.AppendInt(append(append(dst, sep...), `{"n":`...), s.N, 10)
		dst = appendWrite(append(dst, ','), s.Op, s.Dot, s.Stamp)
		if s.Refunded {
			dst = append(dst, `,"refunded":true`...)
		}
		dst = append(dst, '}')
	}
	if len(r.Sales) > 0 {
		dst = append(dst, ']')
	}
	return dst
}
