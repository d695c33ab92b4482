package labs

import (
	"fmt"
	"strconv"
	"strings"

	"capsim/model"
	"capsim/policies"
)

// locksStorage is the host of the resources that locks guard. It knows nothing of locks: it
// takes every write; of a resource that checks fencing tokens, every one whose token is not
// below the highest that it has seen. What it has is on its disk before it answers.
//
// Where what keeps the locks has no such numbers to give, as Redlock has none, the storage
// counts them itself: a number for everybody who asks, each higher than the last.
type locksStorage struct {
	conf    *locksConf
	names   []string // of the records, quoted, in the order in which they came
	records map[string]*model.Record
}

// The storage's keys: a resource's content is under its name.
const (
	seenPrefix  = "seen:"  // the highest token of a write
	countPrefix = "token:" // the last number given
)

// Each key's record is a blob of its own, and another names them all: the node's records are
// those of what keeps the locks, which may replace them by another node's.
const (
	storageNames  = "locks/storage"
	storagePrefix = "locks/storage/"
)

func (s *locksStorage) start(env policies.Env) {
	s.records = map[string]*model.Record{}
	for _, quoted := range strings.Fields(string(env.Store().Meta(storageNames))) {
		key, err := strconv.Unquote(quoted)
		rec, wrong := model.ParseRecord(env.Store().Meta(storagePrefix + key))
		if err != nil || wrong != nil {
			continue // no disk of a run's own says that
		}
		if env.Boot() == policies.Switched && strings.HasPrefix(key, seenPrefix) {
			env.Applied(key, nil) // tokens begin anew
			continue
		}
		s.names, s.records[key] = append(s.names, quoted), rec
		env.Applied(key, rec)
	}
}

func (s *locksStorage) number(key string) int64 {
	n, _ := strconv.ParseInt(s.records[key].Value().Str, 10, 64)
	return n
}

// put makes a key have a value, on the disk and on the screen.
func (s *locksStorage) put(env policies.Env, key, text string, op model.OpID) {
	if s.records[key] == nil {
		s.names = append(s.names, strings.ReplaceAll(strconv.QuoteToASCII(key), " ", `\x20`))
		env.Store().PutMeta(storageNames, []byte(strings.Join(s.names, " ")))
	}
	rec, over := nextRecord(env, key, s.records[key], model.Text(text), op)
	s.records[key] = rec
	env.Store().PutMeta(storagePrefix+key, model.AppendRecord(nil, rec))
	env.Wrote(op, key, over)
	env.Applied(key, rec)
}

func (s *locksStorage) call(env policies.Env, from model.NodeID, m *locksCall) {
	answer := &locksReply{client: m.client, seq: m.seq}
	if m.verb == askToken {
		answer.n = s.number(countPrefix+m.name) + 1
		answer.ok = true
		s.put(env, countPrefix+m.name, strconv.FormatInt(answer.n, 10), m.op)
		env.Send(from, answer)
		return
	}
	seen := s.number(seenPrefix + m.name)
	fenced := s.conf.fenced(m.name)
	if fenced && m.token < seen {
		answer.n = seen
		env.Count("locks.fenced", 1)
		env.Note("locks.fenced", "says", fmt.Sprintf("%v refuses %s's write to %s: its fencing token %d is older than %d, which has been seen.",
			env.Self(), m.client, m.name, m.token, seen), "tone", "good")
		env.Send(from, answer)
		return
	}
	if fenced && m.token > seen {
		s.put(env, seenPrefix+m.name, strconv.FormatInt(m.token, 10), m.op)
	}
	s.put(env, m.name, m.value, m.op)
	env.Fact(policies.Fact{Kind: policies.Access, Op: m.op, Key: m.name, Text: m.client, N: m.token})
	env.Count("locks.writes", 1)
	answer.ok = true
	env.Send(from, answer)
}
