package foreign

import (
	"strings"
)

// logMark stands in each line of Jepsen's older logs that tells of an operation:
//
//	INFO  jepsen.util - 4	:invoke	:cas	[2 4]
const logMark = "jepsen.util - "

// readLog reads one of Jepsen's older logs. Lines that tell of no client's operation are
// skipped.
func readLog(src string) (*pairing, error) {
	p := newPairing(TextLog)
	n := int32(0)
	for line := range strings.Lines(src) {
		n++
		line = strings.TrimRight(line, "\r\n")
		before, rest, ok := strings.Cut(line, logMark)
		if !ok || !strings.HasPrefix(strings.TrimLeft(before, " \t"), "INFO") {
			continue
		}
		f := &fields{line: line, n: n, at: len(before) + len(logMark)}
		process := f.next()
		if !isNumber(process) || !strings.Contains(rest, ":") {
			if strings.HasPrefix(process, ":") {
				p.events++ // the nemesis
			}
			continue
		}
		e, err := f.event(process)
		if err != nil {
			return nil, err
		}
		if err := p.take(e); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// fields reads the words of a line.
type fields struct {
	line string
	n    int32
	at   int
	from int // where the last word began
}

func (f *fields) next() string {
	for f.at < len(f.line) && (f.line[f.at] == ' ' || f.line[f.at] == '\t') {
		f.at++
	}
	f.from = f.at
	for f.at < len(f.line) && f.line[f.at] != ' ' && f.line[f.at] != '\t' {
		f.at++
	}
	return f.line[f.from:f.at]
}

// here returns the place of the last word.
func (f *fields) here() place {
	p := (&lines{}).place(f.line, f.from)
	p.line = f.n
	return p
}

// event reads what follows the process: its kind, its operation, its value.
func (f *fields) event(process string) (*event, error) {
	e := &event{place: place{f.n, 1}, process: process}
	word := f.next()
	if e.kind = strings.TrimPrefix(word, ":"); !strings.HasPrefix(word, ":") || !isEventKind(e.kind) {
		return nil, f.here().wrong(word, ":invoke, :ok, :fail or :info")
	}
	word = f.next()
	if e.f = strings.TrimPrefix(word, ":"); !strings.HasPrefix(word, ":") {
		return nil, f.here().wrong(word, "an operation: "+verbNames(":"))
	}
	r := &ednReader{src: f.line, at: f.at}
	v, err := r.form(0)
	// Why it failed may be any text.
	if err != nil && (e.kind == "invoke" || e.kind == "ok") {
		at := err.(*Error)
		at.Line = int(f.n)
		return nil, at
	}
	if err == nil {
		e.value = v
	}
	e.value.line = f.n
	return e, nil
}
