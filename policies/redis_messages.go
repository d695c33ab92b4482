package policies

import "capsim/model"

var redisKinds = []string{
	"redis.psync", "redis.continue", "redis.fullresync", "redis.stream", "redis.ack", "redis.reset",
	"redis.connect", "redis.connected", "redis.request", "redis.reply",
	"sentinel.ping", "sentinel.pong", "sentinel.hello", "sentinel.ask", "sentinel.answer", "sentinel.replicaof",
	"sentinel.where", "sentinel.address",
}

// silentMessage is one that carries no writes.
type silentMessage struct{}

func (silentMessage) Writes() []model.OpID { return nil }

// redisPsync asks a primary for its stream. conn numbers the attempts of the replica,
// across its restarts: answers and streams of older ones don't count.
type redisPsync struct {
	silentMessage
	conn   uint64
	id     string // "" for none
	offset int64
}

func (*redisPsync) Kind() string { return "redis.psync" }

// redisContinue answers that the stream goes on from the replica's offset.
type redisContinue struct {
	conn    uint64
	id      string
	entries []redisEntry
}

func (*redisContinue) Kind() string           { return "redis.continue" }
func (m *redisContinue) Writes() []model.OpID { return entriesOps(m.entries) }

// redisFull answers with a copy of all data.
type redisFull struct {
	conn    uint64
	id      string
	offset  int64
	records []keyRecord
}

func (*redisFull) Kind() string { return "redis.fullresync" }
func (m *redisFull) Writes() []model.OpID {
	var ops []model.OpID
	for _, kr := range m.records {
		ops = headOps(ops, kr.rec)
	}
	return ops
}

// redisStream carries commands to a replica.
type redisStream struct {
	conn    uint64
	id      string
	entries []redisEntry
}

func (*redisStream) Kind() string           { return "redis.stream" }
func (m *redisStream) Writes() []model.OpID { return entriesOps(m.entries) }

// redisAck is REPLCONF ACK, of the stream that the connection is for. again: it is TCP asking for what is missing from the
// offset on, of which Redis knows nothing.
type redisAck struct {
	silentMessage
	conn   uint64
	id     string
	offset int64
	again  bool
}

func (redisAck) Kind() string { return "redis.ack" }

// redisReset says that a connection is not known, as TCP's RST. client: it is one of
// a library's.
type redisReset struct {
	silentMessage
	conn   uint64
	client bool
}

func (redisReset) Kind() string { return "redis.reset" }

// redisConnect opens a connection for a client; redisConnected answers with a cookie,
// which requests bear: an opening that comes late opens no door to requests of old.
type (
	redisConnect struct {
		silentMessage
		conn   uint64
		client string
	}
	redisConnected struct {
		silentMessage
		conn, cookie uint64
	}
)

func (redisConnect) Kind() string   { return "redis.connect" }
func (redisConnected) Kind() string { return "redis.connected" }

// redisRequest is the seq-th command on a connection, redisReply its answer.
type (
	redisRequest struct {
		conn, cookie uint64
		seq          int
		req          Request
	}
	redisReply struct {
		silentMessage
		conn uint64
		seq  int
		res  model.Result
	}
)

func (*redisRequest) Kind() string { return "redis.request" }
func (m *redisRequest) Writes() []model.OpID {
	if m.req.Command.Writes() {
		return []model.OpID{m.req.Op}
	}
	return nil
}
func (*redisReply) Kind() string { return "redis.reply" }

// libraryMessage is what a client's library gets.
type libraryMessage interface {
	Message
	forLibrary()
}

func (redisConnected) forLibrary()  {}
func (*redisReply) forLibrary()     {}
func (sentinelAddress) forLibrary() {}

func entriesOps(entries []redisEntry) []model.OpID {
	var ops []model.OpID
	for i := range entries {
		if entries[i].op != 0 {
			ops = append(ops, entries[i].op)
		}
	}
	return ops
}
