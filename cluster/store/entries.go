package store

import (
	"cmp"
	"slices"
	"strings"

	"capsim/model"
)

// Entry is a Redis key of one node, as it stands in its Redis: a record, a blob or a
// list.
type Entry struct {
	Name  string   // the whole Redis key: "capsim:run:n1:key:cart"
	Key   string   // of a record: the user's key
	Meta  string   // of a blob: its name
	List  string   // of a list: its name
	Bytes []byte   // of a record or a blob: what is stored there
	Items []string // of a list: its first ones, at most ListShown
	Len   int      // of a list: how many it has
}

// ListShown is how many items of a list an Entry has at most.
const ListShown = 100

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
	} else if list, ok := strings.CutPrefix(member, listSpace); ok {
		e.List = list
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
		if err := n.read(&e, strings.HasPrefix(m, listSpace)); err != nil {
			return nil, 0, n.fail("reading "+short(e.Name), err)
		}
		list = append(list, e)
	}
	return list, all, nil
}

// read takes what is stored there.
func (n *redisNode) read(e *Entry, isList bool) error {
	if !isList {
		b, err := n.fetch(e.Name)
		e.Bytes = slices.Clone(b)
		return err
	}
	items, err := n.conn.LRange(background, e.Name, 0, ListShown-1).Result()
	if err != nil {
		return err
	}
	count, err := n.conn.LLen(background, e.Name).Result()
	e.Items, e.Len = items, int(count)
	return err
}

func (n *memoryNode) entries(most int) ([]Entry, int, error) {
	list := make([]Entry, 0, len(n.records)+len(n.metas)+len(n.lists))
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
	for name, items := range n.lists {
		e := entryOf(n.prefix, listSpace+name)
		e.Items, e.Len = slices.Clone(items[:min(len(items), ListShown)]), len(items)
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b Entry) int { return cmp.Compare(a.Name, b.Name) })
	return list[:min(len(list), most)], len(list), nil
}
