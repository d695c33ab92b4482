package trace

import (
	"maps"
	"slices"
	"strconv"

	"capsim/model"
)

// Format is the version of the trace file's format that this program writes. It
// reads no newer one.
const Format = 1

// MaxLine bounds a line of a trace file, in bytes.
const MaxLine = 16 << 20

// MaxNodes bounds the nodes that a header may speak of.
const MaxNodes = 1_000_000

// Header is the first line of a trace file: what the run was made of. A file that
// begins otherwise is no trace.
//
//	{"trace":"capsim","format":1,"program":"capsim 0.2","name":"split-brain","title":"…",
//	 "nodes":3,"seed":42,"store":"memory","script":"use nodes 3\n…","files":{"delays.txt":"…"}}
type Header struct {
	Format  int    // when writing, 0 stands for the constant Format
	Program string // name and version of the program that wrote the file
	Name    string // the scenario's, as the library or the file system has it
	Title   string // the scenario's, for people
	Nodes   int
	Seed    int64
	Store   string            // miniredis, memory, redis, spawn
	Script  string            // the whole script as run, with flags folded into its `use` lines
	Files   map[string]string // content of the files that it names
}

// File is a trace file as read.
type File struct {
	Header Header
	Log    *Log
	End    End    // zero if the file was cut
	Cut    bool   // there is no end mark: the run was cut off
	Hash   string // SHA-256 of the event lines as read
}

// End is the last line of a trace file: {"end":true,"events":12,"sha256":"…"}.
type End struct {
	Events int
	SHA256 string // of the event lines, each with its newline; lower-case hex
}

func appendHeader(dst []byte, h *Header) []byte {
	str := func(name, s string) {
		dst = append(append(append(dst, `,"`...), name...), `":`...)
		dst = model.AppendJSON(dst, s)
	}
	num := func(name string, n int64) {
		dst = append(append(append(dst, `,"`...), name...), `":`...)
		dst = strconv.AppendInt(dst, n, 10)
	}
	dst = append(dst, `{"trace":"capsim"`...)
	format := h.Format
	if format == 0 {
		format = Format
	}
	num("format", int64(format))
	str("program", h.Program)
	str("name", h.Name)
	str("title", h.Title)
	num("nodes", int64(h.Nodes))
	num("seed", h.Seed)
	str("store", h.Store)
	str("script", h.Script)
	dst = append(dst, `,"files":{`...)
	for i, name := range slices.Sorted(maps.Keys(h.Files)) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(model.AppendJSON(dst, name), ':')
		dst = model.AppendJSON(dst, h.Files[name])
	}
	return append(dst, "}}\n"...)
}

func appendEnd(dst []byte, e End) []byte {
	dst = strconv.AppendInt(append(dst, `{"end":true,"events":`...), int64(e.Events), 10)
	dst = append(append(dst, `,"sha256":"`...), e.SHA256...)
	return append(dst, "\"}\n"...)
}

// fieldNames are what a kind of event calls its fields Key, Text and N.
type fieldNames struct{ key, text, n string }

// names has, by kind, `,"kind":"send"` and the names of the fields as they are
// written, with what stands around them.
var names = func() (out [len(kindNames)]struct {
	kind string
	fieldNames
},
) {
	own := map[Kind]fieldNames{
		PolicyStart: {key: "records", text: "policy", n: "stretch"},
		NodeBoot:    {key: "client", text: "boot", n: "incarnation"},
		Return:      {n: "late"},
		Discarded:   {text: "why"},
		Send:        {key: "copies", text: "message", n: "due"},
		Drop:        {text: "fault"},
		Hold:        {text: "fault"},
		Release:     {n: "due"},
		HostChange:  {text: "change"},
		Condition:   {text: "how"},
		Note:        {text: "note"},
		Metric:      {text: "name", n: "value"},
		Skipped:     {key: "verb", text: "client"},
		Acquire:     {key: "resource", text: "holder", n: "token"},
		Relinquish:  {key: "resource", text: "holder"},
		Access:      {key: "resource", text: "holder", n: "token"},
		Effect:      {key: "transaction", text: "part", n: "by"},
		Commit:      {key: "transaction"},
		Abort:       {key: "transaction"},
		Mark:        {key: "as", text: "state"},
		Gauge:       {text: "name"},
		Begin:       {key: "transaction", n: "parts"},
	}
	field := func(name, usual string) string {
		if name == "" {
			name = usual
		}
		return `,"` + name + `":`
	}
	for k := range out {
		o := own[Kind(k)]
		out[k].kind = `,"kind":"` + kindNames[k] + `"`
		out[k].fieldNames = fieldNames{field(o.key, "key"), field(o.text, "text"), field(o.n, "value")}
	}
	return out
}()

// AppendEvent appends event n of a log as a line of a trace file, newline included.
// Fields that are zero are left out, but for Applied's record; n and at stand first.
//
//	{"n":7,"at":2000,"kind":"invoke","node":"n1","op":1,"command":["SET","cart","milk"],"client":"alice"}
//	{"n":9,"at":2000,"kind":"applied","node":"n1","key":"cart","record":{"value":"milk",…}}
//	{"n":12,"at":2000,"kind":"send","node":"n1","peer":"n2","msg":4,"message":"ap.write","due":12000000,"ops":[1]}
//
// It panics on an event of no known kind.
func AppendEvent(dst []byte, n int, e *Event) []byte {
	if e.Kind == 0 || int(e.Kind) >= len(names) {
		panic("trace: an event of no known kind")
	}
	name := &names[e.Kind]
	dst = strconv.AppendInt(append(dst, `{"n":`...), int64(n), 10)
	dst = strconv.AppendInt(append(dst, `,"at":`...), int64(e.At), 10)
	dst = append(dst, name.kind...)
	if e.Node != 0 {
		dst = appendNode(append(dst, `,"node":"n`...), e.Node)
	}
	if e.Peer != 0 {
		dst = appendNode(append(dst, `,"peer":"n`...), e.Peer)
	}
	if e.Op != 0 {
		dst = strconv.AppendUint(append(dst, `,"op":`...), uint64(e.Op), 10)
	}
	if e.Msg != 0 {
		dst = strconv.AppendUint(append(dst, `,"msg":`...), uint64(e.Msg), 10)
	}
	if e.Key != "" {
		dst = model.AppendJSON(append(dst, name.key...), e.Key)
	}
	if e.Text != "" {
		dst = model.AppendJSON(append(dst, name.text...), e.Text)
	}
	if e.N != 0 {
		dst = strconv.AppendInt(append(dst, name.n...), e.N, 10)
	}
	for i, op := range e.Ops {
		sep := ","
		if i == 0 {
			sep = `,"ops":[`
		}
		dst = strconv.AppendUint(append(dst, sep...), uint64(op), 10)
	}
	if len(e.Ops) > 0 {
		dst = append(dst, ']')
	}
	return append(appendBody(dst, e), "}\n"...)
}

func appendNode(dst []byte, n model.NodeID) []byte {
	return append(strconv.AppendInt(dst, int64(n), 10), '"')
}

func appendBody(dst []byte, e *Event) []byte {
	switch b := e.Body.(type) {
	case *Call:
		if b != nil {
			return appendCall(dst, b)
		}
	case *model.Result:
		if b != nil {
			return appendResult(dst, b)
		}
	case *model.Record:
		if b != nil {
			return model.AppendRecord(append(dst, `,"record":`...), b)
		}
	case *Link:
		if b != nil {
			return appendLink(dst, b)
		}
	case Fields:
		if len(b) > 0 {
			return model.AppendJSONList(append(dst, `,"fields":`...), b)
		}
	case Census:
		if len(b) > 0 {
			return appendCensus(dst, b)
		}
	}
	if e.Kind == Applied {
		dst = append(dst, `,"record":null`...)
	}
	return dst
}

func appendCall(dst []byte, c *Call) []byte {
	dst = append(append(append(dst, `,"command":["`...), c.Command.Spec().Name...), '"')
	for _, a := range c.Command.Args {
		dst = model.AppendJSON(append(dst, ','), a)
	}
	dst = append(dst, ']')
	if c.Client != "" {
		dst = model.AppendJSON(append(dst, `,"client":`...), c.Client)
	}
	if c.Cause != 0 {
		dst = strconv.AppendUint(append(dst, `,"cause":`...), uint64(c.Cause), 10)
	}
	return dst
}

func appendLink(dst []byte, l *Link) []byte {
	dst = model.AppendJSON(append(dst, `,"link":{"cut":`...), l.Cut)
	dst = model.AppendJSON(append(dst, `,"cause":`...), l.Cause)
	dst = model.AppendJSON(append(dst, `,"latency":`...), l.Latency)
	dst = strconv.AppendFloat(append(dst, `,"loss":`...), l.Loss, 'g', -1, 64)
	if l.Duplicate != 0 {
		dst = strconv.AppendFloat(append(dst, `,"duplicate":`...), l.Duplicate, 'g', -1, 64)
	}
	if l.Reorder != 0 {
		dst = strconv.AppendFloat(append(dst, `,"reorder":`...), l.Reorder, 'g', -1, 64)
	}
	if l.Bandwidth != "" {
		dst = model.AppendJSON(append(dst, `,"bandwidth":`...), l.Bandwidth)
	}
	if l.Flap != "" {
		dst = model.AppendJSON(append(dst, `,"flap":`...), l.Flap)
	}
	return append(dst, '}')
}
