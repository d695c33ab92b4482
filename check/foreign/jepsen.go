package foreign

import (
	"fmt"
	"strings"
)

// event is one line of a Jepsen history: an operation begins, or ends.
type event struct {
	place
	process string // "" for what is no client's: the nemesis
	kind    string // invoke, ok, fail or info
	f       string
	value   value
	key     value // absent if the value names it, or none does
	time    int64 // ns, if timed
	timed   bool
}

// outcome is how an operation ended.
type outcome uint8

const (
	open    outcome = iota // no answer: it may have happened, or may yet
	done                   // answered
	notDone                // it did not happen
)

// op is one operation of a history, from its beginning to its end.
type op struct {
	client  string // "process 3"; a process that got no answer begins a new life
	f       verb
	input   value
	output  value // what the answer says; absent if nothing
	key     value
	outcome outcome
	failed  bool // answered: the comparison of a cas found another value

	from, to         place // of its beginning and its end
	begin, end       int   // order among all beginnings and ends; end 0 while open
	beginAt, endedAt int64 // ns, if the history is timed
}

// pairing matches the ends of operations to their beginnings.
type pairing struct {
	format  Format
	ops     []*op
	open    map[string]*op
	lives   map[string]int // how often a process got no answer
	clients map[string]string
	events  int // lines so far, the nemesis's included
	n       int // beginnings and ends so far
	kept    int
	last    int64
	timed   bool
}

func newPairing(f Format) *pairing {
	return &pairing{format: f, open: map[string]*op{}, lives: map[string]int{}, clients: map[string]string{}, timed: true}
}

// take takes the next event in.
func (p *pairing) take(e *event) error {
	p.events++
	if e.process == "" {
		return nil
	}
	p.n++
	p.timed = p.timed && e.timed && e.time >= p.last
	p.last = e.time
	if p.kept += e.value.kept(); p.kept > maxKept {
		return e.wrong("", fmt.Sprintf("at most %d values in all operations", maxKept))
	}
	o := p.open[e.process]
	if e.kind == "invoke" {
		if o != nil {
			return e.wrong(fmt.Sprintf("the process %s invoke again", e.process), fmt.Sprintf("the end of its %s of line %d first", o.f, o.from.line))
		}
		return p.begin(e)
	}
	if o == nil {
		return e.wrong(fmt.Sprintf("the end of an operation of process %s", e.process), "one that it had begun")
	}
	if f, ok := verbs[e.f]; !ok || f != o.f {
		return e.wrong(":"+e.f, fmt.Sprintf(":%s, which process %s began at line %d", o.f, e.process, o.from.line))
	}
	delete(p.open, e.process)
	return p.finish(o, e)
}

func (p *pairing) begin(e *event) error {
	f, ok := verbs[e.f]
	if !ok {
		return e.wrong(":"+e.f, "an operation that capsim knows: "+verbNames(":"))
	}
	if len(p.ops) == MaxOperations {
		return e.wrong("", fmt.Sprintf("at most %d operations", MaxOperations))
	}
	o := &op{client: p.client("process " + e.process), f: f, input: e.value, key: e.key, from: e.place, begin: p.n, beginAt: e.time}
	p.ops = append(p.ops, o)
	p.open[e.process] = o
	return nil
}

// client names a process or client in its present life.
func (p *pairing) client(name string) string {
	if n := p.lives[name]; n > 0 {
		name += fmt.Sprintf(" (life %d)", n+1)
	}
	if same, ok := p.clients[name]; ok {
		return same // one string for all its operations
	}
	p.clients[name] = name
	return name
}

// finish ends the operation as the event says. In an EDN history what failed did not
// happen. In a text log a cas that failed compared, and found another value; what else
// failed did not happen.
func (p *pairing) finish(o *op, e *event) error {
	if e.kind == "info" {
		p.lives["process "+e.process]++
		return nil
	}
	o.to, o.end, o.endedAt = e.place, p.n, e.time
	_, _, echoed := e.value.pair()
	switch {
	case e.kind == "ok":
		o.outcome, o.output = done, e.value
	case p.format == TextLog && o.f == cas && echoed:
		o.outcome, o.failed = done, true
	default:
		o.outcome = notDone
	}
	return nil
}

// readEDN reads a Jepsen history: maps one after another, or in one vector or list.
func readEDN(src string) (*pairing, error) {
	r := &ednReader{src: src}
	p := newPairing(EDN)
	for {
		r.values = 0
		c, err := r.peek()
		if err != nil {
			return nil, err
		}
		switch c {
		case 0:
			return p, nil
		case '[', '(':
			if err := readVector(r, p, c); err != nil {
				return nil, err
			}
			continue
		}
		if err := readEvent(r, p); err != nil {
			return nil, err
		}
	}
}

// readVector reads the maps of a vector or list.
func readVector(r *ednReader, p *pairing, bracket byte) error {
	at := r.here()
	closing := byte(']')
	if bracket == '(' {
		closing = ')'
	}
	r.at++
	for {
		r.values = 0
		c, err := r.peek()
		switch {
		case err != nil:
			return err
		case c == 0:
			return r.here().wrong("the end of the file", fmt.Sprintf("%c, which ends the history begun at %d:%d", closing, at.line, at.col))
		case c == closing:
			r.at++
			return nil
		}
		if err := readEvent(r, p); err != nil {
			return err
		}
	}
}

const wantEvent = "an operation's map such as {:process 0, :type :invoke, :f :read, :value nil}"

func readEvent(r *ednReader, p *pairing) error {
	v, err := r.form(0)
	if err != nil {
		return err
	}
	if v.kind != table {
		return v.wrong(v.brief(), wantEvent)
	}
	e, err := eventOf(&v)
	if err != nil {
		return err
	}
	return p.take(e)
}

// eventOf reads a map of an EDN history. Keys that mean nothing here are ignored.
func eventOf(v *value) (*event, error) {
	e := &event{place: v.place}
	seen := map[string]bool{}
	var process, kindOf, f value
	for i := 0; i < len(v.items); i += 2 {
		k, x := &v.items[i], &v.items[i+1]
		if k.kind != scalar {
			continue
		}
		if seen[k.word] {
			return nil, k.wrong(k.word+" again", "each key once")
		}
		seen[k.word] = true
		switch k.word {
		case ":process":
			process = *x
		case ":type":
			kindOf = *x
		case ":f":
			f = *x
		case ":value":
			e.value = *x
		case ":key":
			e.key = *x
		case ":time":
			e.time, e.timed = nanoseconds(x)
		}
	}
	if process.kind == absent {
		return nil, v.wrong(v.brief(), "a :process, as in "+wantEvent[len("an operation's map such as "):])
	}
	if process.kind == scalar || process.kind == null {
		return e, nil // :nemesis
	}
	e.process = process.show()
	e.kind = strings.TrimPrefix(kindOf.word, ":")
	switch {
	case kindOf.kind == absent:
		return nil, v.wrong(v.brief(), "a :type: :invoke, :ok, :fail or :info")
	case !strings.HasPrefix(kindOf.word, ":") || !isEventKind(e.kind):
		return nil, kindOf.wrong(kindOf.brief(), ":invoke, :ok, :fail or :info")
	case f.kind == absent:
		return nil, v.wrong(v.brief(), "an :f: "+verbNames(":"))
	}
	e.f = strings.TrimPrefix(f.word, ":")
	return e, nil
}

func isEventKind(s string) bool { return s == "invoke" || s == "ok" || s == "fail" || s == "info" }
