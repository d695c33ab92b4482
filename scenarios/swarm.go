package scenarios

import (
	"fmt"
	"strings"

	"capsim/cluster"
	"capsim/labs"
)

// checkNodes judges what a cluster of more than cluster.MaxNodes can't have.
func (p *parser) checkNodes() {
	s := p.settings
	if s.Nodes <= cluster.MaxNodes || s.Policy.Spec == nil || p.nodesArgs == nil || p.tooMany {
		return
	}
	if s.Policy.Spec.MostNodes() <= cluster.MaxNodes {
		p.tooMany = true
		p.report(p.nodesArgs.wrong(0, fmt.Sprintf("a number of nodes, 1 to %d; more have only %s", cluster.MaxNodes, strings.Join(larger(), " and "))))
		return
	}
	if a := p.storeArgs; a != nil && s.Store != memoryStore {
		p.report(a.wrong(0, fmt.Sprintf("no store, or memory: more than %d nodes have none", cluster.MaxNodes), memoryStore))
	}
	if a := p.remoteArgs; a != nil {
		p.report(a.wrong(1, fmt.Sprintf("no remote client: beside more than %d nodes, clients stand beside the node that they ask", cluster.MaxNodes)))
	}
	s.Store = memoryStore
}

// memoryStore is the store of runs that leave nothing behind.
const memoryStore = "memory"

// larger lists the labs that can have more nodes than there are stores.
func larger() []string {
	var names []string
	for _, s := range labs.Catalog {
		if s.MostNodes() > cluster.MaxNodes {
			names = append(names, s.Name)
		}
	}
	return names
}
