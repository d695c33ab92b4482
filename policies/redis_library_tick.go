package policies

import (
	"capsim/model"
)

// tick repeats what may be lost, and gives up what takes too long.
func (l *library) tick(env Env) {
	l.env, l.ticking = env, false
	busy := false
	for _, c := range l.conns {
		l.tend(c)
		busy = busy || len(c.queue) > 0 || l.local == nil && c.state == libraryOpen
	}
	if busy {
		l.arm()
	}
}

func (l *library) tend(c *libraryConn) {
	now := l.env.Now()
	if !c.sent {
		l.refuseLate(c)
	}
	switch {
	case l.local == nil && c.state == libraryOpen && now.Sub(c.asked) >= libraryLook:
		c.asked = now
		l.env.Send(c.sentry, sentinelWhere{})
	case c.state == libraryConnecting && now.Sub(c.since) >= libraryPatience:
		c.state, c.conn = libraryIdle, 0 // and asks Sentinel anew
		l.pump(c)
	case len(c.queue) == 0:
	case c.state == libraryIdle:
		l.pump(c)
	case c.state == libraryAsking:
		l.env.Send(c.sentry, sentinelWhere{})
	case c.state == libraryConnecting:
		l.env.Send(c.primary, redisConnect{conn: c.conn, client: c.client})
	case c.sent && c.queue[0].req.Command.Verb != model.WAIT && now.Sub(c.since) >= librarySocket:
		l.close(c, "no answer from "+c.primary.String()+" within "+librarySocket.String())
		l.pump(c)
	case c.sent && (l.local == nil || c.primary != l.local.self):
		l.say(c)
	}
}

// refuseLate refuses commands for which no connection was found in time.
func (l *library) refuseLate(c *libraryConn) {
	for len(c.queue) > 0 && !c.sent && c.state != libraryOpen && l.env.Now().Sub(c.queue[0].at) >= libraryPatience {
		why := "the library can't reach a Sentinel"
		if c.primary != 0 {
			why = "the library has no connection to " + c.primary.String() + ", which Sentinel named as the primary"
		}
		l.end(c, model.Refuse(codeNoConnection, why))
	}
}
