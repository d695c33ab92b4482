package netsim

import (
	"fmt"
	"strings"

	"capsim/model"
)

// Links is a set of links, as a statement names it.
type Links struct {
	a, b model.NodeID // 0 is every host
	both bool
	text string
}

// ParseLinks reads n1->n2, n1-n2 and the like, with * for every host, in a
// network of so many hosts, the last of which have names. Its errors are *ArgError,
// with Word 0.
func ParseLinks(s string, hosts int, names ...string) (Links, error) {
	l := Links{text: s}
	wrong := func(want string) (Links, error) { return Links{}, &ArgError{Got: s, Want: want} }
	a, b, ok := strings.Cut(s, "->")
	if !ok {
		a, b, ok = strings.Cut(s, "-")
		l.both = true
	}
	if !ok {
		return wrong(wantLinks)
	}
	args := Args{Hosts: hosts, Names: names}
	for _, end := range []struct {
		name string
		id   *model.NodeID
	}{{a, &l.a}, {b, &l.b}} {
		if end.name == "*" {
			continue
		}
		if *end.id, ok = args.parseNode(end.name); !ok {
			return wrong(args.wantNode() + ", on either side of - or ->")
		}
	}
	if l.a == l.b && l.a != 0 {
		return wrong("two different nodes: a node's messages to itself are on no link")
	}
	if hosts < 2 {
		return wrong("a network of two nodes at least")
	}
	if hosts > maxOwn && (l.a == 0) != (l.b == 0) {
		return wrong(fmt.Sprintf("at most %d links, or all as *-*: a node's links to all of %d others can't differ from the rest (partition isolates it)", maxOwn, hosts-1))
	}
	return l, nil
}

// String returns the links as they were written.
func (l Links) String() string { return l.text }

// Each calls f with every link of the set once, by from, then to; hosts is that of
// ParseLinks.
func (l Links) Each(hosts int, f func(from, to model.NodeID)) {
	all := model.NodeID(hosts)
	for from := model.NodeID(1); from <= all; from++ {
		forth := l.a == 0 || l.a == from
		back := l.both && (l.b == 0 || l.b == from)
		switch {
		case forth && l.b == 0, back && l.a == 0:
			for to := model.NodeID(1); to <= all; to++ {
				if from != to {
					f(from, to)
				}
			}
		case forth && from != l.b:
			f(from, l.b)
		case back && from != l.a:
			f(from, l.a)
		}
	}
}

// maxOwn is how many links a statement may give a record of their own, where links have
// none by themselves.
const maxOwn = 2_000

// All tells whether the set is every link.
func (l Links) All() bool { return l.a == 0 && l.b == 0 }

// change calls f with every link of the set, to change it, and lets that take
// effect. All links at once cost no record of their own.
func (n *Net) change(set Links, f func(*link)) {
	if set.All() {
		n.links.each(f)
	} else {
		set.Each(n.Hosts(), func(from, to model.NodeID) { f(n.links.own(from, to)) })
	}
	n.settle()
}
