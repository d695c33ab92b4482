package netsim

import (
	"strings"

	"capsim/model"
)

var partitionFault = Fault{
	Name:  "partition",
	Usage: "partition A | B [| C] [hold]",
	Doc: "Isolates groups of nodes from each other, both ways, in place of the partition before; " +
		"* is the rest, and a node in no group is alone. A remote client that is neither named nor in * reaches all.",
	Parse: parsePartition,
}

func parsePartition(a Args) (Action, error) {
	words := a.Words
	hold := len(words) > 0 && words[len(words)-1] == "hold"
	if hold {
		words = words[:len(words)-1]
	}
	group, err := parseGroups(a, words)
	if err != nil {
		return nil, err
	}
	p := &partition{group: group, cut: cut{cutMode(hold), "partition " + strings.Join(words, " ")}}
	return func(n *Net) error {
		n.part = p
		n.settle()
		return nil
	}, nil
}

// parseGroups returns the group of each node, by id.
func parseGroups(a Args, words []string) ([]int32, error) {
	group := make([]int32, a.Hosts+1) // 0: not named
	current, members, star, starAt, named := int32(1), 0, int32(0), 0, 0
	for i, w := range words {
		switch id, ok := a.parseNode(w); {
		case w == "|" && members == 0:
			return nil, a.wrong(i, a.wantNode()+", before |")
		case w == "|":
			current, members = current+1, 0
			continue
		case w == "*" && star != 0:
			return nil, a.wrong(i, "* only once: it is all nodes not named")
		case w == "*":
			star, starAt = current, i
		case !ok:
			return nil, a.wrong(i, a.wantNode()+", * or |, with spaces between them")
		case group[id] != 0:
			return nil, a.wrong(i, "each node once: "+w+" has a group already")
		default:
			group[id] = current
			named++
		}
		members++
	}
	switch {
	case current == 1 && members > 0:
		return nil, a.wrong(len(words), "| and a second group")
	case members == 0:
		return nil, a.wrong(len(words), a.wantNode()+", or *")
	case star != 0 && named == a.Hosts:
		return nil, a.wrong(starAt, "a node left for *: all are named already")
	}
	for id := model.NodeID(1); int(id) <= a.Hosts; id++ {
		if group[id] == 0 {
			group[id] = star
		}
		if group[id] == 0 && int(id) <= a.Hosts-len(a.Names) {
			group[id] = -int32(id) // alone
		}
	}
	return group, nil
}
