package store

import (
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"capsim/model"
)

func (n *redisNode) Commit(b *Batch) error {
	if len(b.ops) == 0 {
		return nil
	}
	err := error(nil)
	if n.lock != nil {
		err = n.lock.confirm()
	}
	if err == nil {
		n.encode(b)
		if b.onlyPuts() {
			err = n.putAll(b)
		} else {
			err = n.transact(n.commands(b))
		}
	}
	if err != nil {
		return n.fail("committing a step's writes", err)
	}
	return nil
}

func (b *Batch) onlyPuts() bool {
	for i := range b.ops {
		if k := b.ops[i].kind; k != putRecord && k != putMeta {
			return false
		}
	}
	return true
}

// encode makes n.values of what the batch puts, one for each write.
func (n *redisNode) encode(b *Batch) {
	clear(n.values)
	n.buf = n.buf[:0]
	n.values = slices.Grow(n.values[:0], len(b.ops))[:len(b.ops)]
	for i := range b.ops {
		w := &b.ops[i]
		n.values[i].bytes = w.blob
		if w.kind == putRecord {
			start := len(n.buf)
			n.buf = model.AppendRecord(n.buf, w.rec)
			n.values[i].bytes = n.buf[start:] // stays, even if buf grows elsewhere
		}
	}
}

func (n *redisNode) spaceOf(w *write) *space {
	switch w.kind {
	case putMeta, dropMeta:
		return &n.metas
	case pushList, dropList:
		return &n.lists
	}
	return &n.records
}

// add takes the name in and returns its Redis key, and whether it is new.
func (s *space) add(name string) (key *string, isNew bool) {
	if key = s.keys[name]; key != nil {
		return key, false
	}
	k := s.keyOf(name)
	s.keys[name] = &k
	return &k, true
}

// putAll does what most steps need, puts of names that are there, by one command:
// MSET, which is atomic and writes in order. New names take a transaction.
func (n *redisNode) putAll(b *Batch) error {
	args := append(n.args[:0], "mset")
	var index []any
	for i := range b.ops {
		w := &b.ops[i]
		s := n.spaceOf(w)
		key, isNew := s.add(w.name)
		if isNew {
			index = append(index, s.member+w.name)
		}
		args = append(args, key, &n.values[i])
	}
	n.args = args
	put := redis.NewStatusCmd(background, args...)
	if index == nil {
		return n.conn.Process(background, put)
	}
	return n.transact([]redis.Cmder{n.index("sadd", index...), put})
}

// commands lists what the batch takes, write by write: puts and drops of one name
// must stay in order.
func (n *redisNode) commands(b *Batch) (cmds []redis.Cmder) {
	for i := range b.ops {
		w := &b.ops[i]
		s := n.spaceOf(w)
		if w.drops() {
			if key := s.keys[w.name]; key != nil {
				delete(s.keys, w.name)
				cmds = append(cmds, n.index("srem", s.member+w.name), redis.NewIntCmd(background, "del", key))
			}
			continue
		}
		key, isNew := s.add(w.name)
		if isNew {
			cmds = append(cmds, n.index("sadd", s.member+w.name))
		}
		if w.kind == pushList {
			cmds = append(cmds, pushes(key, w.list)...)
		} else {
			cmds = append(cmds, redis.NewStatusCmd(background, "set", key, &n.values[i]))
		}
	}
	return cmds
}

func (w *write) drops() bool {
	return w.kind == dropRecord || w.kind == dropMeta || w.kind == dropList
}

// mostPushed is how many items one command pushes: a server refuses those with too many
// arguments.
const mostPushed = 1 << 12

// pushes makes the commands that push the items.
func pushes(key *string, items []string) (cmds []redis.Cmder) {
	for part := range slices.Chunk(items, mostPushed) {
		args := make([]any, 2, 2+len(part))
		args[0], args[1] = "rpush", key
		for _, item := range part {
			args = append(args, item)
		}
		cmds = append(cmds, redis.NewIntCmd(background, args...))
	}
	return cmds
}

// index makes a command that adds or removes members of the index.
func (n *redisNode) index(verb string, members ...any) redis.Cmder {
	return redis.NewIntCmd(background, append([]any{verb, n.prefix + indexName}, members...)...)
}

// transact executes all of the commands, or none.
func (n *redisNode) transact(cmds []redis.Cmder) error {
	if len(cmds) == 0 {
		return nil
	}
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
// is to be done.
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
	clear(n.records.keys)
	clear(n.metas.keys)
	clear(n.lists.keys)
	return n.transact(append(cmds, also...))
}

// resume takes in what the index names, and does the command.
func (n *redisNode) resume(mark redis.Cmder) error {
	members, err := n.conn.SMembers(background, n.prefix+indexName).Result()
	if err != nil {
		return err
	}
	for _, m := range members {
		for _, s := range []*space{&n.records, &n.metas, &n.lists} {
			if name, ok := strings.CutPrefix(m, s.member); ok {
				s.add(name)
				break
			}
		}
	}
	return n.transact([]redis.Cmder{mark})
}
