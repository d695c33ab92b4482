package foreign

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// jsonReader reads the object of one line, and knows the place of each part.
type jsonReader struct {
	src    string
	line   int32
	d      *json.Decoder
	lines  lines
	values int
}

// jsonFields are what an operation's object may hold.
const jsonFields = `"client", "op", "key", "value", "call", "return", "outcome", "swapped"; what else you keep goes into "extra"`

func jsonLine(src string, line int32) (*jsonOp, error) {
	r := &jsonReader{src: src, line: line, d: json.NewDecoder(strings.NewReader(src))}
	r.d.UseNumber()
	start, err := r.token()
	if err != nil {
		return nil, err
	}
	if start.word != "{" || start.kind != table {
		return nil, start.wrong(start.word, `an operation's object, one a line, such as {"client":"a","op":"read","value":3,"call":0,"return":5}`)
	}
	got := map[string]value{}
	for r.d.More() {
		k, err := r.token()
		if err != nil {
			return nil, err
		}
		if _, again := got[k.word]; again {
			return nil, k.wrong(k.word+" again", "each field once")
		}
		v, err := r.value(0)
		if err != nil {
			return nil, err
		}
		switch k.word {
		case "client", "op", "key", "value", "call", "return", "outcome", "swapped", "extra":
			got[k.word] = v
		default:
			return nil, k.wrong(k.word, "one of "+jsonFields)
		}
	}
	if _, err := r.token(); err != nil {
		return nil, err
	}
	if end, err := r.token(); err == nil {
		return nil, end.wrong(end.word, "one operation a line")
	}
	return r.operation(start.place, got)
}

// token reads the next token; the kind table stands for one of { } and list for [ ].
func (r *jsonReader) token() (value, error) {
	from := int(r.d.InputOffset())
	for from < len(r.src) && strings.IndexByte(" \t\r\n:,", r.src[from]) >= 0 {
		from++
	}
	v := value{place: r.place(from)}
	t, err := r.d.Token()
	var bad *json.SyntaxError
	switch {
	case errors.As(err, &bad):
		at := bad.Offset // of what stands where it may not; within a word, behind it
		if at != r.d.InputOffset() {
			at--
		}
		v.place = r.place(min(max(int(at), 0), len(r.src)))
		return v, v.wrong("", "JSON ("+bad.Error()+")")
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		v.place = r.place(len(strings.TrimRight(r.src, "\r\n")))
		return v, v.wrong("the end of the line", "the rest of the object: an operation is one line")
	case err != nil:
		return v, v.wrong("", "JSON ("+err.Error()+")")
	}
	switch t := t.(type) {
	case json.Delim:
		v.word = t.String()
		if v.kind = list; t == '{' || t == '}' {
			v.kind = table
		}
	case string:
		v.kind, v.word = text, t
	case json.Number:
		v.kind, v.word = scalar, t.String()
		if n, err := t.Int64(); err == nil {
			v.kind, v.word = whole, strconv.FormatInt(n, 10)
		}
	case bool:
		v.kind, v.word = scalar, strconv.FormatBool(t)
	default:
		v.kind, v.word = null, "null"
	}
	return v, nil
}

func (r *jsonReader) place(at int) place {
	if at < r.lines.at {
		r.lines = lines{}
	}
	p := r.lines.place(r.src, at)
	p.line = r.line
	return p
}

// value reads a whole value.
func (r *jsonReader) value(depth int) (value, error) {
	v, err := r.token()
	if err != nil {
		return v, err
	}
	if r.values++; depth > maxDepth || r.values > maxValues {
		return v, v.wrong("", fmt.Sprintf("at most %d values in one operation, %d within each other", maxValues, maxDepth))
	}
	if v.kind != list && v.kind != table {
		return v, nil
	}
	v.word = ""
	for r.d.More() {
		item, err := r.value(depth + 1)
		if err != nil {
			return v, err
		}
		v.items = append(v.items, item)
	}
	_, err = r.token()
	return v, err
}

// operation reads the fields of an operation.
func (r *jsonReader) operation(at place, got map[string]value) (*jsonOp, error) {
	need := func(name, example string) (value, error) {
		v := got[name]
		if v.kind == absent || v.kind == null {
			return v, at.wrong("", fmt.Sprintf("%q, as in %q:%s", name, name, example))
		}
		return v, nil
	}
	client, err := need("client", `"a"`)
	if err != nil {
		return nil, err
	}
	name, err := need("op", `"read"`)
	if err != nil {
		return nil, err
	}
	f, ok := verbs[name.word]
	if !ok || name.kind != text {
		return nil, name.wrong(name.brief(), "an operation: "+verbNames(""))
	}
	call, err := need("call", "12.5")
	if err != nil {
		return nil, err
	}
	o := &jsonOp{op: &op{client: "client " + client.show(), f: f, key: got["key"], from: at, to: at}}
	if o.call, err = timeOf(call); err != nil {
		return nil, err
	}
	if err := r.end(o, got); err != nil {
		return nil, err
	}
	if o.outcome == notDone {
		return o, nil
	}
	return o, o.fill(got["value"], got["swapped"])
}

// end reads how the operation ended, and when.
func (r *jsonReader) end(o *jsonOp, got map[string]value) error {
	ret, how := got["return"], got["outcome"]
	switch {
	case how.kind == absent && ret.kind > null, how.kind == text && how.word == "ok":
		o.outcome = done
	case how.kind == text && how.word == "fail":
		o.outcome = notDone
	case how.kind == text && how.word == "unknown":
		return nil
	case how.kind == absent:
		return o.from.wrong("", `"return", or "outcome":"unknown" for an operation without an answer`)
	default:
		return how.wrong(how.brief(), `"ok", "fail" (it did not happen) or "unknown"`)
	}
	if o.outcome == notDone && ret.kind <= null {
		o.ret = o.call
		return nil
	}
	if ret.kind <= null {
		return o.from.wrong("", `"return", the time of the answer`)
	}
	var err error
	if o.ret, err = timeOf(ret); err == nil && o.ret.compare(o.call) < 0 {
		return ret.wrong(ret.word, "a return that is not before the call")
	}
	return err
}

func timeOf(v value) (instant, error) {
	if t, ok := parseInstant(v.word); ok && (v.kind == whole || v.kind == scalar) {
		return t, nil
	}
	return instant{}, v.wrong(v.brief(), "a time such as 1700000000123 or 12.5, in any unit")
}

// fill takes what the operation was given, and what it answered.
func (o *jsonOp) fill(v, swapped value) error {
	if o.f != cas && swapped.kind != absent {
		return swapped.wrong("", `"swapped" for a cas only`)
	}
	if o.f == read {
		if o.output = v; o.outcome == done && v.kind == absent {
			return o.from.wrong("", `"value", what the read returned (null if nothing was there)`)
		}
		return nil
	}
	if o.input = v; o.f != cas || swapped.kind == absent {
		return nil
	}
	if swapped.kind != scalar || swapped.word != "true" && swapped.word != "false" {
		return swapped.wrong(swapped.brief(), "true or false")
	}
	o.failed = swapped.word == "false"
	return nil
}
