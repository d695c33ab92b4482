package tui

import (
	"fmt"
	"strconv"
	"strings"

	"capsim/model"
	"capsim/trace"
)

// inspect prints all that is known of a node.
func (p *plain) inspect(rest string) error {
	s := p.here()
	id := s.host(rest)
	if id == 0 {
		return fmt.Errorf("inspect: read %s, expected a node, as: inspect n2", model.Quote(rest))
	}
	p.inspectHost(s.view.Host(id))
	for i := 1; i <= s.nodes+len(s.view.Clients); i++ {
		p.inspectLink(id, model.NodeID(i))
	}
	if int(id) > s.nodes {
		return nil
	}
	for _, key := range s.view.Keys() {
		p.println(id.String() + " " + p.holds(id, key) + " of " + model.Quote(key) + ".")
	}
	return p.inspectDisk(id)
}

// inspectDisk prints what a node's Redis holds: the run's own, or, in the past, that of
// another run up to there.
func (p *plain) inspectDisk(id model.NodeID) error {
	r := p.run
	if !p.live() {
		var err error
		if r, err = p.run.replica(); err != nil {
			return err
		}
		defer func() { _ = r.Close() }()
		if err := r.RunTo(p.at); err != nil {
			return err
		}
	}
	d := diskView{diskKey: diskKey{node: id}}
	d.read(r)
	if d.failed != "" {
		return fmt.Errorf("the Redis of %v can't be read: %s", id, d.failed)
	}
	p.println("The Redis of " + id.String() + " holds " + itoa(d.all) + plural(d.all, " record.", " records."))
	for _, line := range d.text() {
		p.println("  " + printable(shortened(line, maxRecord)))
	}
	if d.all > len(d.entries) {
		p.println("And " + itoa(d.all-len(d.entries)) + " more.")
	}
	return nil
}

// maxRecord bounds what is printed of a record, in bytes.
const maxRecord = 2000

// shortened cuts a text that is too long, and says so.
func shortened(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return text[:most] + "… (" + itoa(len(text)) + " bytes)"
}

func (p *plain) inspectHost(h *trace.NodeView) {
	line := p.hostName(h.ID) + " is " + h.State.String()
	if c := h.Condition(); c != "" {
		line += ", runs with " + c
	}
	if h.Incarnation > 1 {
		line += ", booted " + itoa(h.Incarnation) + " times"
	}
	p.println(line + ".")
	if int(h.ID) > p.nodes {
		return
	}
	if term := p.termOf(h.ID, p.n); term != "" {
		p.println(p.hostName(h.ID) + " believes that it leads, term " + printable(term) + ".")
	} else if p.leads[h.ID].at(p.n) != nil {
		p.println(p.hostName(h.ID) + " believes that it leads.")
	}
}

// inspectLink says how the link from a to b is, if not as at first.
func (p *plain) inspectLink(a, b model.NodeID) {
	if a == b {
		return
	}
	there, back := linkText(p.view.Link(a, b)), linkText(p.view.Link(b, a))
	name := p.hostName(a) + " to " + p.hostName(b)
	switch {
	case there == "" && back == "":
	case there == back:
		p.println("The link " + name + ", both ways: " + there + ".")
	case there == "":
		p.println("The link " + name + ", only back: " + back + ".")
	case back == "":
		p.println("The link " + name + ", only there: " + there + ".")
	default:
		p.println("The link " + name + ", there: " + there + "; back: " + back + ".")
	}
}

// linkText says how a direction of a link is; "" if it is as at first.
func linkText(l trace.Link) string {
	var out []string
	add := func(what, value string) {
		if value != "" {
			out = append(out, what+value)
		}
	}
	switch l.Cut {
	case "drop":
		add("cut, messages are lost, by ", l.Cause)
	case "hold":
		add("cut, messages wait, by ", l.Cause)
	}
	add("delay ", l.Latency)
	share := func(what string, of float64) {
		if of > 0 {
			add(what, strconv.FormatFloat(of*100, 'f', -1, 64)+" percent")
		}
	}
	share("loss ", l.Loss)
	share("duplicates ", l.Duplicate)
	share("reorders ", l.Reorder)
	add("bandwidth ", l.Bandwidth)
	add("flaps ", l.Flap)
	return printable(strings.Join(out, ", "))
}
