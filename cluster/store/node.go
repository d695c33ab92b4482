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
	indexName   = "index" // the set of all names in use: what KEYS or SCAN would have to search for
	ownerName   = "run"   // which process's run the records are from
	lockName    = "lock"  // there while that run lives
)

func prefixOf(run string, n model.NodeID) string { return "capsim:" + run + ":" + n.String() + ":" }

// redisNode is a node's store in a Redis, embedded or real.
//
// Invariant: indexed holds just the members of the index key, which are just the
// names of records and blobs that are there. (A run has its prefix for itself.)
type redisNode struct {
	conn    *redis.Conn
	node    model.NodeID
	addr    string // "" if embedded
	secret  string // a password that no error may show
	prefix  string
	lock    *lock    // nil if embedded
	process *process // that we started for it, or nil

	indexed map[string]bool // by name: key:K or meta:M
	key     string          // the argument of get
	get     *redis.StringCmd
	buf     []byte // the encoded records of the batch at hand
}

var background = context.Background()

func newRedisNode(conn *redis.Conn, node model.NodeID, run string) *redisNode {
	n := &redisNode{conn: conn, node: node, prefix: prefixOf(run, node), indexed: map[string]bool{}}
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
	b, err := n.fetch(n.prefix + recordSpace + key)
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
	b, err := n.fetch(n.prefix + metaSpace + name)
	if err != nil {
		return nil, n.fail("reading "+short(name), err)
	}
	return b, nil
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

func (n *redisNode) Commit(b *Batch) error {
	if len(b.ops) == 0 {
		return nil
	}
	const doing = "committing a step's writes"
	if n.lock != nil {
		if err := n.lock.confirm(); err != nil {
			return n.fail(doing, err)
		}
	}
	n.buf = n.buf[:0]
	cmds := make([]redis.Cmder, 0, 2*len(b.ops))
	for i := range b.ops {
		cmds = n.commands(cmds, &b.ops[i])
	}
	var err error
	switch len(cmds) {
	case 0:
	case 1:
		err = n.conn.Process(background, cmds[0])
	default:
		err = n.transact(cmds)
	}
	if err != nil {
		return n.fail(doing, err)
	}
	return nil
}

// commands appends what one write takes: the write, and a change of the index if
// the name is new or gone.
func (n *redisNode) commands(cmds []redis.Cmder, w *write) []redis.Cmder {
	name := recordSpace + w.name
	if w.kind == putMeta || w.kind == dropMeta {
		name = metaSpace + w.name
	}
	key := n.prefix + name
	switch w.kind {
	case putRecord, putMeta:
		if !n.indexed[name] {
			n.indexed[name] = true
			cmds = append(cmds, redis.NewIntCmd(background, "sadd", n.prefix+indexName, name))
		}
		value := w.blob
		if w.kind == putRecord {
			start := len(n.buf)
			n.buf = model.AppendRecord(n.buf, w.rec)
			value = n.buf[start:len(n.buf):len(n.buf)]
		}
		return append(cmds, redis.NewStatusCmd(background, "set", key, value))
	}
	if !n.indexed[name] {
		return cmds
	}
	delete(n.indexed, name)
	return append(cmds, redis.NewIntCmd(background, "srem", n.prefix+indexName, name), redis.NewIntCmd(background, "del", key))
}

// transact executes all of the commands, or none.
func (n *redisNode) transact(cmds []redis.Cmder) error {
	tx := n.conn.TxPipeline()
	for _, c := range cmds {
		_ = tx.Process(background, c) // only queues it
	}
	_, err := tx.Exec(background)
	if err == nil {
		return nil
	}
	for _, c := range cmds {
		if own := c.Err(); own != nil && !strings.HasPrefix(own.Error(), "EXECABORT") {
			return own // the reason, where err may only say that there was one
		}
	}
	return err
}

func (n *redisNode) Wipe() error {
	if err := n.clear(); err != nil {
		return n.fail("wiping the node's disk", err)
	}
	return nil
}

// clear removes what the index names, and the index, together with whatever else
// is given.
func (n *redisNode) clear(also ...redis.Cmder) error {
	members, err := n.conn.SMembers(background, n.prefix+indexName).Result()
	if err != nil {
		return err
	}
	var cmds []redis.Cmder
	for part := range slices.Chunk(members, 500) {
		args := []any{"del"}
		for _, m := range part {
			args = append(args, n.prefix+m)
		}
		cmds = append(cmds, redis.NewIntCmd(background, args...))
	}
	cmds = append(cmds, redis.NewIntCmd(background, "del", n.prefix+indexName))
	clear(n.indexed)
	return n.transact(append(cmds, also...))
}
