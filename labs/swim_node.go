package labs

import (
	"fmt"
	"strconv"
	"time"

	"capsim/model"
	"capsim/policies"
)

// swimMeta is where a node's incarnation number is on its disk.
const swimMeta = "incarnation"

// start begins to run: nobody's period begins with another's.
func (m *swimMember) start() {
	m.env.After(time.Duration(m.env.Rand().Int64N(int64(m.p.period))), policies.Tag{Kind: swimPeriodTimer})
}

// timer takes a timer.
func (m *swimMember) timer(tag policies.Tag) {
	if tag.Kind == swimPeriodTimer {
		m.begin()
		return
	}
	m.timeout(tag.N)
}

// request answers a client by what the member holds.
func (m *swimMember) request(req policies.Request) {
	words := req.Command.Words()
	var about swimNews
	if len(words) > 0 {
		id, ok := model.ParseNode(words[0])
		if !ok || int(id) > len(m.holds) {
			m.env.Reply(req.Op, model.Answered(model.Error("ERR there is no node "+model.Quote(words[0]))))
			return
		}
		about = *m.of(id)
	}
	switch req.Command.Name() {
	case "MEMBERS":
		var names []string
		for _, s := range m.holds {
			if isSwimMember(s) {
				names = append(names, s.about.String())
			}
		}
		m.env.Reply(req.Op, model.Answered(model.List(names)))
	case "HOLDS":
		m.env.Reply(req.Op, model.Answered(model.Bulk(swimStates[about.state])))
	case "INCARNATION":
		m.env.Reply(req.Op, model.Answered(model.Int(int64(about.number))))
	}
}

// swimReplica is one node with a disk.
type swimReplica struct {
	p swimParams
	m *swimMember
}

var _ policies.Replica = (*swimReplica)(nil)

// Start implements policies.Replica. After a restart the incarnation number is above that of the
// life before.
func (r *swimReplica) Start(env policies.Env) {
	number := uint32(0)
	if blob := env.Store().Meta(swimMeta); blob != nil {
		n, err := strconv.ParseUint(string(blob), 10, 31)
		if err != nil {
			panic(fmt.Sprintf("labs: %v's incarnation number on disk: %v", env.Self(), err))
		}
		number = uint32(n) + 1
	}
	r.m = newSwimMember(env, &r.p, number)
	r.m.keep()
	env.Serving()
	r.m.start()
}

func (r *swimReplica) as(env policies.Env) *swimMember {
	r.m.env = env
	return r.m
}

func (r *swimReplica) Request(env policies.Env, req policies.Request) { r.as(env).request(req) }

func (r *swimReplica) Receive(env policies.Env, from model.NodeID, msg policies.Message) {
	r.as(env).receive(from, msg.(*swimMessage))
}

func (r *swimReplica) Timer(env policies.Env, tag policies.Tag) { r.as(env).timer(tag) }

// swimCrowd plays every node of a large group. What a disk would keep of a node is its
// incarnation number.
type swimCrowd struct {
	p       swimParams
	members []*swimMember // of n1 …; nil before the first start
}

var _ policies.Crowd = (*swimCrowd)(nil)

// Period implements policies.Crowd: each node has a period of its own.
func (*swimCrowd) Period() time.Duration { return 0 }

// Tick implements policies.Crowd: it is never due.
func (*swimCrowd) Tick(policies.Env, int64) {}

// Start implements policies.Crowd.
func (c *swimCrowd) Start(env policies.Env) {
	if c.members == nil {
		c.members = make([]*swimMember, env.N())
	}
	number := uint32(0)
	if was := c.members[env.Self()-1]; was != nil && env.Boot() != policies.WipedBoot {
		number = was.own().number + 1
	}
	m := newSwimMember(env, &c.p, number)
	c.members[env.Self()-1] = m
	m.start()
}

func (c *swimCrowd) as(env policies.Env) *swimMember {
	m := c.members[env.Self()-1]
	m.env = env
	return m
}

func (c *swimCrowd) Request(env policies.Env, req policies.Request) { c.as(env).request(req) }

func (c *swimCrowd) Receive(env policies.Env, from model.NodeID, msg policies.Message) {
	c.as(env).receive(from, msg.(*swimMessage))
}

func (c *swimCrowd) Timer(env policies.Env, tag policies.Tag) { c.as(env).timer(tag) }
