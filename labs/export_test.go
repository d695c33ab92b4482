package labs

import (
	"capsim/model"
	"capsim/policies"
)

// ExecuteZK is the machine of the coordination lab's log, and ReadZK what a server
// answers of its own records.
var (
	ExecuteZK = executeZK
	ReadZK    = readZK
)

// ZKTaken is a reply (What is "") or the word of a watch that a client took.
type ZKTaken struct {
	Client, Session string
	Command         model.Command
	Reply           model.Reply
	Zxid            uint64
	Path, Kind      string
	What            string
}

// ProbedCoordination is the lab under another name, which tells of every entry that a
// node executes and of all that clients take.
func ProbedCoordination(name string, executed func(policies.Entry, model.Reply), taken func(ZKTaken)) *policies.Spec {
	spec := *specCoordination
	spec.Name = name
	probe := func(env policies.Env, c *zkClient, req policies.Request) {
		c.taken = func(m *zkDown) {
			t := ZKTaken{Client: c.name, Session: c.session, Zxid: m.zxid, What: m.what, Path: m.watch.path, Kind: m.watch.kind, Reply: m.reply}
			if m.kind == zkReply {
				t.Command = c.calls[0].command
			}
			taken(t)
		}
		coordinate(env, c, req)
	}
	spec.New = func(p policies.Params) policies.Replica {
		n := newZKNode(p, probe).(*zkNode)
		n.server.execute = func(e policies.Entry, read model.Reader, out *model.Effects) model.Reply {
			reply := executeZK(e, read, out)
			executed(e, reply)
			return reply
		}
		return n
	}
	spec.NewClient = func(p policies.Params) policies.Replica { return newZKHalf(p, probe) }
	return &spec
}
