package foreign

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"capsim/check"
	"capsim/model"
	"capsim/trace"
)

// Options say how a history is to be read.
type Options struct {
	Model string // "" to guess it from what the operations do
	Init  string // what every key holds at first, as EDN or nil; "" for the model's own
	Steps int    // that the search for an order may take; 0 for Steps
}

// Steps is how far the search for an order goes if nothing else is asked for: some
// seconds at worst.
const Steps = 3_000_000

// History is a history as checks look at it, and what was made of the file.
type History struct {
	*check.History
	Format Format
	Model  string
	Why    string // the model was taken; "" if it was asked for
	Init   string // what every key held at first
	Counts Counts

	places []place // by event number, from 0
}

// Counts says how many operations a file has, and what became of them.
type Counts struct {
	Operations int `json:"operations"`
	Clients    int `json:"clients"` // a process that got no answer counts again afterwards
	Keys       int `json:"keys"`
	Answered   int `json:"answered"`
	NotDone    int `json:"not_done"`   // failed: they did not happen, and are left out
	Unknown    int `json:"unknown"`    // without an answer: they may have happened
	Unrecorded int `json:"unrecorded"` // answered reads whose value was not recorded: left out
}

// Checks are those that a foreign history can be judged by: it has clients and what
// they were told, and no nodes.
var Checks = []string{"linearizable", "sequential", "causal", "causal-convergence", "read-your-writes", "monotonic-reads"}

// Read reads a history. Errors about the file are *Error; those about the options are
// not.
func Read(data []byte, o Options) (*History, error) {
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("larger than %d MiB, expected a smaller history", MaxBytes>>20)
	}
	data = bytes.TrimPrefix(data, bom)
	if !utf8.Valid(data) {
		return nil, firstBroken(data)
	}
	h := &History{Format: Sniff(data)}
	p, err := h.parse(string(data))
	if err != nil {
		return nil, err
	}
	if p.events == 0 {
		return nil, place{1, 1}.wrong("", "a history; there is no operation in it")
	}
	keyed, err := p.keys()
	if err != nil {
		return nil, err
	}
	if h.Model = o.Model; h.Model == "" {
		h.Model, h.Why = guess(p.ops)
	}
	m := findModel(h.Model)
	if m == nil {
		return nil, fmt.Errorf("--model: read %q, expected %s", h.Model, strings.Join(ModelNames(), ", "))
	}
	if err := m.fits(p.ops); err != nil {
		return nil, err
	}
	p.plain()
	init, err := m.initial(o.Init, p.ops)
	if err != nil {
		return nil, fmt.Errorf("--init %s: %w", o.Init, err)
	}
	h.Init = init.String()
	return h, h.build(p, m, init, keyed, cmp.Or(o.Steps, Steps))
}

func (h *History) parse(src string) (*pairing, error) {
	switch h.Format {
	case EDN:
		return readEDN(src)
	case TextLog:
		return readLog(src)
	case JSONLines:
		return readJSON(src)
	}
	head, _, _ := strings.Cut(strings.TrimLeft(src, " \t\r\n"), "\n")
	return nil, place{1, 1}.wrong(head, "a trace of capsim's, or a history: Jepsen's EDN, Jepsen's text log, or JSON lines (see capsim check --help)")
}

// firstBroken says where a file stops being text.
func firstBroken(data []byte) error {
	at := 0
	for at < len(data) {
		r, n := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && n <= 1 {
			break
		}
		at += n
	}
	p := (&lines{}).place(string(data[:at]), at)
	return p.wrong(string(data[at:at+1]), "text in UTF-8")
}

// build makes the log that checks read. What did not happen, and reads of which nothing
// is known, are not in it.
func (h *History) build(p *pairing, m *Model, init model.Value, keyed bool, steps int) error {
	var ends []logEnd
	clients, keys := map[string]bool{}, map[string]bool{}
	id := model.OpID(0)
	var sources []*trace.Source
	for _, o := range p.ops {
		key := "x"
		if keyed {
			key = o.key.name()
		}
		clients[o.client], keys[key] = true, true
		h.count(o)
		if o.outcome == notDone {
			continue
		}
		x, err := m.meaning(o, p.format, key)
		if err != nil {
			return err
		}
		if x.skip {
			if o.outcome == done {
				h.Counts.Unrecorded++
			}
			continue
		}
		id++
		sources = append(sources, &trace.Source{Told: o.tell(keyed), Said: x.said, Mute: x.mute, Timed: p.timed})
		ends = append(ends, logEnd{o.begin, o.beginAt, trace.Event{Kind: trace.Invoke, Op: id, Body: &trace.Call{Client: o.client, Command: x.cmd}}, o.from})
		if o.outcome == done {
			r := model.Answered(x.reply)
			end := logEnd{o.end, o.endedAt, trace.Event{Kind: trace.Return, Op: id, Body: &r}, o.to}
			if x.cmd.Writes() && !o.failed {
				wrote := end
				wrote.e = trace.Event{Kind: trace.Wrote, Op: id, Key: key}
				ends = append(ends, wrote)
			}
			ends = append(ends, end)
		}
	}
	h.Counts.Clients, h.Counts.Keys = len(clients), len(keys)
	h.open(p, ends, sources, check.Options{Over: true, Init: init, Steps: steps})
	return nil
}

// logEnd is an event of the log with its place in the order and in the file.
type logEnd struct {
	order int
	at    int64
	e     trace.Event
	place place
}

// open writes the log and opens it for the checks.
func (h *History) open(p *pairing, ends []logEnd, sources []*trace.Source, o check.Options) {
	slices.SortStableFunc(ends, func(a, b logEnd) int { return cmp.Compare(a.order, b.order) })
	log := &trace.Log{}
	for i, end := range ends {
		end.e.At = model.Time(i + 1)
		if p.timed {
			end.e.At = model.Time(end.at - ends[0].at)
		}
		log.Append(end.e)
		h.places = append(h.places, end.place)
	}
	index := trace.NewIndex()
	index.Extend(log)
	for _, o := range index.Ops() {
		o.Source, o.Versions = sources[o.ID-1], nil
	}
	h.History = check.NewHistory(log, index, trace.NewFolder(0, log), o)
}

func (h *History) count(o *op) {
	h.Counts.Operations++
	switch o.outcome {
	case done:
		h.Counts.Answered++
	case notDone:
		h.Counts.NotDone++
	default:
		h.Counts.Unknown++
	}
}

// Lines returns the lines of the file that the events stand for, ascending.
func (h *History) Lines(events []int) []int {
	lines := []int{}
	for _, n := range events {
		if n >= 1 && n <= len(h.places) {
			lines = append(lines, int(h.places[n-1].line))
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

// tell writes the operation as messages name it: "process 3's write 3 to x (lines 4–5)".
func (o *op) tell(keyed bool) string {
	var b strings.Builder
	b.WriteString(o.client + "'s " + o.f.String())
	switch {
	case o.f == read:
	case o.f == cas:
		from, to, _ := o.input.pair()
		b.WriteString(" " + from.show() + " " + to.show())
	case o.input.kind > null:
		b.WriteString(" " + o.input.show())
	case o.f == write:
		b.WriteString(" nil")
	}
	if keyed {
		b.WriteString(" " + keyWords[o.f] + " " + o.key.show())
	}
	b.WriteString(" (" + o.span() + ")")
	return b.String()
}

// keyWords stand between what is done and its key.
var keyWords = [verbCount]string{"of", "to", "on", "to", "to", "from", "of", "of"}

// span writes where the operation stands in its file.
func (o *op) span() string {
	switch {
	case o.outcome != done:
		return fmt.Sprintf("line %d, unanswered", o.from.line)
	case o.from == o.to:
		return fmt.Sprintf("line %d", o.from.line)
	case o.from.line == o.to.line:
		return fmt.Sprintf("line %d, columns %d and %d", o.from.line, o.from.col, o.to.col)
	}
	return fmt.Sprintf("lines %d–%d", o.from.line, o.to.line)
}
