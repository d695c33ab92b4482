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
	return nil
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
