package store

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"capsim/model"
)

// The names of a node's Redis keys, after its prefix capsim:RUN:nK:. Those of users
// come after "key:", so that nothing they are called can be taken for another.
const (
	recordSpace = "key:"
	metaSpace   = "meta:"
	listSpace   = "list:"
	indexName   = "index" // the set of all names in use: what KEYS or SCAN would have to search for
	ownerName   = "run"   // which process's run the records are from
	lockName    = "lock"  // there while that run lives
)

func prefixOf(run string, n model.NodeID) string { return "capsim:" + run + ":" + n.String() + ":" }

// redisNode is a node's store in a Redis, embedded or real.
//
// Invariant: records, metas and lists name just what the index key names, which is
// just what is there. (A run has its prefix for itself.)
type redisNode struct {
	conn    *redis.Conn
	node    model.NodeID
	addr    string // "" if embedded
	secret  string // a password that no error may show
	prefix  string
	lock    *lock    // nil if embedded
	process *process // that we started for it, or nil

	records, metas, lists space

	// What every command would have to allocate again.
	key    string // the argument of get
	get    *redis.StringCmd
	buf    []byte  // the encoded records of the batch at hand
	values []value // those and its blobs
	args   []any   // of its command
}

// space is the names in use, of records, of blobs or of lists, each with its Redis key.
type space struct {
	prefix string // of the Redis keys
	member string // what the index puts before a name
	keys   map[string]*string
}

// keyOf returns the Redis key of a name.
func (s *space) keyOf(name string) string {
	if key := s.keys[name]; key != nil {
		return *key
	}
	return s.prefix + s.member + name
}

// value is an argument that go-redis writes without a copy or an allocation.
type value struct{ bytes []byte }

// MarshalBinary returns the value's bytes.
func (v *value) MarshalBinary() ([]byte, error) { return v.bytes, nil }

var background = context.Background()

func newRedisNode(conn *redis.Conn, node model.NodeID, run string) *redisNode {
	n := &redisNode{conn: conn, node: node, prefix: prefixOf(run, node)}
	n.records = space{n.prefix, recordSpace, map[string]*string{}}
	n.metas = space{n.prefix, metaSpace, map[string]*string{}}
	n.lists = space{n.prefix, listSpace, map[string]*string{}}
	n.get = redis.NewStringCmd(background, "get", &n.key)
	return n
}

// fetch reads one key; nil if it is not there.
func (n *redisNode) fetch(key string) ([]byte, error) {
	n.key = key
	switch err := n.conn.Process(background, n.get); {
	case errors.Is(err, redis.Nil):
		return nil, nil
	case err != nil:
		return nil, err
	}
	b, err := n.get.Bytes()
	if b == nil {
		b = []byte{} // an empty blob is one that is there
	}
	return b, err
}

func (n *redisNode) Record(key string) (*model.Record, error) {
	b, err := n.fetch(n.records.keyOf(key))
	if err != nil {
		return nil, n.fail("reading the record of key "+short(key), err)
	}
	if b == nil {
		return nil, nil
	}
	rec, err := model.ParseRecord(b)
	if err == nil && rec == nil {
		err = errors.New("not a record: null")
	}
	if err != nil {
		return nil, n.fail("reading the record of key "+short(key), &badBytes{err})
	}
	return rec, nil
}

func (n *redisNode) Meta(name string) ([]byte, error) {
	b, err := n.fetch(n.metas.keyOf(name))
	if err != nil {
		return nil, n.fail("reading "+short(name), err)
	}
	return b, nil
}

func (n *redisNode) Items(list string) ([]string, error) {
	items, err := n.conn.LRange(background, n.lists.keyOf(list), 0, -1).Result()
	if err != nil {
		return nil, n.fail("reading the list "+short(list), err)
	}
	if len(items) == 0 {
		return nil, nil
	}
	return items, nil
}

func (n *redisNode) Len(list string) (int, error) {
	count, err := n.conn.LLen(background, n.lists.keyOf(list)).Result()
	if err != nil {
		return 0, n.fail("counting the list "+short(list), err)
	}
	return int(count), nil
}

func (n *redisNode) Keys() ([]string, error) {
	members, err := n.conn.SMembers(background, n.prefix+indexName).Result()
	if err != nil {
		return nil, n.fail("listing the keys", err)
	}
	keys := members[:0]
	for _, m := range members {
		if key, ok := strings.CutPrefix(m, recordSpace); ok {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys, nil
}
