package store

import (
	"cmp"
	"slices"
	"strings"

	"capsim/model"
)

// Entry is a Redis key of one node, as it stands in its Redis: a record or a blob.
type Entry struct {
	Name  string // the whole Redis key: "capsim:run:n1:key:cart"
	Key   string // of a record: the user's key
	Meta  string // of a blob: its name
	Bytes []byte // what is stored there
}

// Entries reads what a node keeps, by name: of more than most entries the first ones;
// all is how many there are. For a store that is no Redis it says what a Redis would
// hold. Nothing is changed.
func Entries(n Node, most int) (entries []Entry, all int, err error) {
	l, ok := n.(lister)
	if !ok {
		return nil, 0, nil
	}
	return l.entries(most)
}

// lister is what every driver's nodes can do.
type lister interface {
	entries(most int) ([]Entry, int, error)
}

// entryOf names a Redis key by its member of the index.
func entryOf(prefix, member string) Entry {
	e := Entry{Name: prefix + member}
	if key, ok := strings.CutPrefix(member, recordSpace); ok {
		e.Key = key
	} else {
		e.Meta = strings.TrimPrefix(member, metaSpace)
	}
	return e
}

func (n *redisNode) entries(most int) ([]Entry, int, error) {
	members, err := n.conn.SMembers(background, n.prefix+indexName).Result()
	if err != nil {
		return nil, 0, n.fail("listing the keys", err)
	}
	slices.Sort(members)
	all := len(members)
	members = members[:min(all, most)]
	list := make([]Entry, 0, len(members))
	for _, m := range members {
		e := entryOf(n.prefix, m)
		b, err := n.fetch(e.Name)
		if err != nil {
			return nil, 0, n.fail("reading "+short(e.Name), err)
		}
		e.Bytes = slices.Clone(b)
		list = append(list, e)
	}
	return list, all, nil
}

func (n *memoryNode) entries(most int) ([]Entry, int, error) {
	list := make([]Entry, 0, len(n.records)+len(n.metas))
	for key, rec := range n.records {
		e := entryOf(n.prefix, recordSpace+key)
		e.Bytes = model.AppendRecord(nil, rec)
		list = append(list, e)
	}
	for name, blob := range n.metas {
		e := entryOf(n.prefix, metaSpace+name)
		e.Bytes = slices.Clone(blob)
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b Entry) int { return cmp.Compare(a.Name, b.Name) })
	return list[:min(len(list), most)], len(list), nil
}
