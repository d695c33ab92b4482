package labs

import (
	"strconv"
	"strings"

	"capsim/model"
)

// Sessions in the state machine. A session is the key session:ID: whose it is, the one
// connection that may act for it, and its ephemeral nodes. client:NAME names a client's
// newest session, so that clients who stand beside their nodes can move between them.

func sessionKey(id string) string { return "session:" + id }

func clientKey(name string) string { return "client:" + name }

// zkSession is a session as its record holds it.
type zkSession struct {
	client, conn, server string
	ephemerals           []string // paths, in the order of their creation
}

func (s *zkSession) value() model.Value {
	m := []string{"client", s.client, "connection", s.conn}
	if len(s.ephemerals) > 0 {
		m = append(m, "ephemerals", strings.Join(s.ephemerals, " "))
	}
	return model.Value{Type: model.Hash, Members: append(m, "server", s.server)}
}

// sessionOf reads a session; false if there is none.
func sessionOf(v model.Value) (zkSession, bool) {
	return zkSession{
		client: fieldOf(v, "client"), conn: fieldOf(v, "connection"), server: fieldOf(v, "server"),
		ephemerals: strings.Fields(fieldOf(v, "ephemerals")),
	}, v.Type == model.Hash
}

func (t *zkTxn) session(id string) zkSession {
	s, _ := sessionOf(t.value(sessionKey(id)))
	return s
}

func (t *zkTxn) putSession(id string, s zkSession) { t.put(sessionKey(id), s.value()) }

// honoured tells why a connection may not act for a session: it has ended, or another
// connection acts for it now. So nothing that was sent on an older connection takes
// effect after what is sent on the newer: a client's commands are executed in its order.
func (t *zkTxn) honoured(id, conn string) model.Reply {
	s, ok := sessionOf(t.value(sessionKey(id)))
	switch {
	case !ok:
		return zkError(zkSessionExpired, "%s", id)
	case s.conn != conn:
		return zkError(zkSessionMoved, "%s", id)
	}
	return model.Reply{}
}

// What an OPEN may ask for beside a session's id.
const (
	zkNewSession = ""
	// The client's newest, if it has not ended; else a new one. The id of a session that the
	// client knows to have expired may follow.
	zkAnySession = "*"
)

// expiredMark follows the id in a client's key while the client has to be told.
const expiredMark = " expired"

// onlyStay says that an OPEN is not to take the session away from another server.
const onlyStay = "stay"

// open: client session connection server stay. It begins a session, or gives one that
// lives to another connection; the reply is the session's id.
func (t *zkTxn) open(w []string) model.Reply {
	client, id := w[0], w[1]
	newest := t.value(clientKey(client)).Str
	if knows, anyone := strings.CutPrefix(id, zkAnySession); anyone {
		id = zkNewSession
		if ended, tell := strings.CutSuffix(newest, expiredMark); tell && ended != knows {
			t.put(clientKey(client), model.Text(ended))
			return zkError(zkSessionExpired, "%s", ended)
		}
		if newest != "" && t.value(sessionKey(newest)).Type != model.None {
			id = newest
		}
	}
	if id == zkNewSession && t.session(newest).conn == w[2] {
		id = newest // the OPEN was proposed twice
	}
	if id == zkNewSession {
		n, _ := strconv.Atoi(strings.TrimPrefix(strings.TrimSuffix(newest, expiredMark), client+"-"))
		id = client + "-" + strconv.Itoa(n+1)
		t.put(clientKey(client), model.Text(id))
		t.putSession(id, zkSession{client: client, conn: w[2], server: w[3]})
		return model.Bulk(id)
	}
	s, ok := sessionOf(t.value(sessionKey(id)))
	if !ok {
		return zkError(zkSessionExpired, "%s", id)
	}
	if w[4] == onlyStay && s.server != w[3] {
		return zkError(zkSessionMoved, "%s", id)
	}
	s.conn, s.server = w[2], w[3]
	t.putSession(id, s)
	return model.Bulk(id)
}

// closeSession: session connection. Its client ends it.
func (t *zkTxn) closeSession(w []string) model.Reply {
	if wrong := t.honoured(w[0], w[1]); wrong.Kind == model.ErrorReply {
		return wrong
	}
	t.end(w[0])
	return model.OK
}

// expireSession: session connection. The leader, which heard nothing of the session for
// its timeout, ends it: unless another connection took it over in the meantime.
func (t *zkTxn) expireSession(w []string) model.Reply {
	if wrong := t.honoured(w[0], w[1]); wrong.Kind == model.ErrorReply {
		return wrong
	}
	client := t.session(w[0]).client
	t.end(w[0])
	if t.value(clientKey(client)).Str == w[0] {
		t.put(clientKey(client), model.Text(w[0]+expiredMark))
	}
	return model.OK
}

// end ends a session, and its ephemeral nodes with it.
func (t *zkTxn) end(id string) {
	for _, path := range t.session(id).ephemerals {
		t.remove(path)
	}
	t.put(sessionKey(id), model.Value{})
}
