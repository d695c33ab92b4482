package store

import (
	"maps"
	"slices"

	"capsim/model"
)

// memory keeps everything in maps, the records as they are: they are immutable.
type memory struct{}

func (memory) Name() string { return "memory" }

func (memory) Open(nodes int, run string) (Cluster, error) {
	c := make(memoryCluster, nodes)
	for i := range c {
		c[i] = &memoryNode{prefix: prefixOf(run, model.NodeID(i+1))}
		_ = c[i].Wipe()
	}
	return c, nil
}

type memoryCluster []*memoryNode

func (c memoryCluster) Node(n model.NodeID) Node { return c[n-1] }

func (c memoryCluster) Close() error { return nil }

type memoryNode struct {
	prefix  string // of the keys that a Redis would have
	records map[string]*model.Record
	metas   map[string][]byte
	lists   map[string][]string
	sorted  []string // the keys of records; nil if they have to be sorted again
}

func (n *memoryNode) Record(key string) (*model.Record, error) { return n.records[key], nil }

func (n *memoryNode) Meta(name string) ([]byte, error) { return n.metas[name], nil }

func (n *memoryNode) Items(list string) ([]string, error) { return n.lists[list], nil }

func (n *memoryNode) Len(list string) (int, error) { return len(n.lists[list]), nil }

func (n *memoryNode) Keys() ([]string, error) {
	if n.sorted == nil {
		n.sorted = slices.AppendSeq(make([]string, 0, len(n.records)), maps.Keys(n.records))
		slices.Sort(n.sorted)
	}
	return n.sorted, nil
}

func (n *memoryNode) Commit(b *Batch) error {
	for i := range b.ops {
		switch w := &b.ops[i]; w.kind {
		case putRecord:
			before := len(n.records)
			n.records[w.name] = w.rec
			if len(n.records) != before {
				n.sorted = nil
			}
		case dropRecord:
			before := len(n.records)
			delete(n.records, w.name)
			if len(n.records) != before {
				n.sorted = nil
			}
		case putMeta:
			n.metas[w.name] = w.blob
		case dropMeta:
			delete(n.metas, w.name)
		case pushList:
			n.lists[w.name] = append(n.lists[w.name], w.list...)
		case dropList:
			delete(n.lists, w.name)
		}
	}
	return nil
}

func (n *memoryNode) Wipe() error {
	n.records = map[string]*model.Record{}
	n.metas = map[string][]byte{}
	n.lists = map[string][]string{}
	n.sorted = nil
	return nil
}
