package scenarios

import (
	"fmt"
	"slices"

	"capsim/cluster/store"
	"capsim/model"
)

// DiskEntry is a Redis key of a node, and what is stored there.
type DiskEntry = store.Entry

// Disk reads what a node's Redis holds now: at most so many entries, by name; all is how
// many there are. It must not be called while the session runs.
func (r *Session) Disk(node model.NodeID, most int) (entries []DiskEntry, all int, err error) {
	if node < 1 || int(node) > r.script.Settings.Nodes {
		return nil, 0, fmt.Errorf("no disk of %v: the cluster has n1 to n%d", node, r.script.Settings.Nodes)
	}
	return store.Entries(r.stores.Node(node), most)
}

// Replica returns a session that will do what this one did and will do, live commands
// included, and that stands at the beginning. It keeps its nodes' state in memory, and
// asks nothing. The two share nothing that changes.
func (r *Session) Replica() (*Session, error) {
	o := r.opt
	o.Trace, o.Log, o.Memory, o.Interactive = nil, nil, true, false
	return open(r.script, o, slices.Clone(r.sched.steps))
}
