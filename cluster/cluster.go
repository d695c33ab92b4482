// Package cluster is the engine: nodes (a replica on a simulated host with a store
// of its own), clients with sessions, and workloads, driven by one clock. It is
// deterministic: the same options and calls append the same events to the log.
package cluster

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"capsim/cluster/store"
	"capsim/model"
	"capsim/netsim"
	"capsim/policies"
	"capsim/trace"
)

// MaxNodes is how many nodes a cluster with stores may have. Larger ones, up to MaxSwarm,
// have no stores: see swarm.
const (
	MaxNodes = policies.MaxOwn
	MaxSwarm = trace.MaxNodes
)

// MaxClients is how many clients may be hosts of their own.
const MaxClients = netsim.MaxPairs - MaxNodes

// Options say what to simulate.
type Options struct {
	Nodes   int             // 1..MaxSwarm
	Clients []string        // those that are hosts of their own, after the nodes; at most MaxClients
	Policy  policies.Choice // what rules at the start
	Seed    int64           // the one root of all draws
	Latency netsim.Dist     // of every link, one way
	Loss    float64         // 0..1, of every link
	Timeout time.Duration   // how long a client waits, above zero
	Stores  store.Cluster   // one store a node, for at most MaxNodes; closed by whoever opened it
	Log     *trace.Log      // where events go
	Input   string          // the text that the run works on; "" for none
	// Boot is why the replicas start: FirstBoot on empty stores; Restarted on what an earlier
	// run left (store.Resume), whose operations are not known any more and whose numbers are
	// given anew.
	Boot  policies.Boot
	Setup func(*netsim.Net) // what else differs on the network before anything is sent; nil for nothing
}

func (o Options) valid() error {
	switch {
	case o.Nodes < 1 || o.Nodes > MaxSwarm:
		return fmt.Errorf("nodes: read %d, expected 1 to %d", o.Nodes, MaxSwarm)
	case len(o.Clients) > MaxClients:
		return fmt.Errorf("remote clients: read %d, expected at most %d", len(o.Clients), MaxClients)
	case o.Policy.Spec == nil:
		return errors.New("no policy chosen")
	case o.Timeout <= 0:
		return fmt.Errorf("timeout: read %v, expected a duration above zero", o.Timeout)
	case o.Nodes > MaxNodes && o.Policy.Spec.Many == nil:
		return fmt.Errorf("nodes: read %d, expected 1 to %d: %s needs a store and a replica each", o.Nodes, MaxNodes, o.Policy.Spec.Name)
	case o.Nodes > MaxNodes && len(o.Clients) > 0:
		return fmt.Errorf("remote clients: read %d, expected none beside more than %d nodes", len(o.Clients), MaxNodes)
	case o.Log == nil || o.Stores == nil && o.Nodes <= MaxNodes:
		return errors.New("no store or no log")
	}
	return nil
}

// Cluster is a running simulation.
type Cluster struct {
	opt     Options
	net     *netsim.Net
	nodes   []*node // n1 first; none of a swarm
	swarm   *swarm  // nil up to MaxNodes
	hosts   []*node // nodes, and after them those of remote clients
	clients map[string]*client
	order   []*client // clients in the order of their first operation
	ops     ops
	wire    wire
	timers  timers
	ready   []*client // clients that became free with operations waiting
	policy  policies.Choice
	stretch int
	counts  map[string]int64
	acting  string // a statement that acts, until its first effect is recorded
	err     error
}

// New builds a cluster and starts its replicas at time 0.
func New(o Options) (*Cluster, error) {
	if err := o.valid(); err != nil {
		return nil, fmt.Errorf("cluster: %w", err)
	}
	c := &Cluster{opt: o, clients: map[string]*client{}, counts: map[string]int64{}, policy: o.Policy, stretch: 1}
	if o.Nodes > MaxNodes {
		c.swarm = newSwarm(c)
		return c, c.err
	}
	c.net = netsim.New(netsim.Options{Hosts: o.Nodes + len(o.Clients), Names: o.Clients, Seed: o.Seed, Latency: o.Latency, Loss: o.Loss}, handler{c})
	if o.Setup != nil {
		o.Setup(c.net)
	}
	c.wire.first = 1
	for i := range o.Nodes {
		id := model.NodeID(i + 1)
		c.nodes = append(c.nodes, newNode(c, id, o.Stores.Node(id)))
	}
	c.hosts = slices.Clip(c.nodes)
	for _, name := range o.Clients {
		c.hosts = append(c.hosts, newRemote(c, name))
	}
	c.emitPolicy()
	for _, n := range c.hosts {
		n.boot(o.Boot)
	}
	return c, c.err
}

// Now returns the instant that the run has reached.
func (c *Cluster) Now() model.Time { return c.net.Now() }

// Net returns the network, for faults to act on.
func (c *Cluster) Net() *netsim.Net { return c.net }

// Policy returns what rules now.
func (c *Cluster) Policy() policies.Choice { return c.policy }

// Timeout returns how long a client waits.
func (c *Cluster) Timeout() time.Duration { return c.opt.Timeout }

// Nodes returns how many nodes there are.
func (c *Cluster) Nodes() int { return c.opt.Nodes }

// Err returns why the run can't go on: a store failed. nil while all is well.
func (c *Cluster) Err() error { return c.err }

// Next returns the instant of the next thing that will happen by itself;
// model.Never if nothing will.
func (c *Cluster) Next() model.Time {
	if len(c.ready) > 0 {
		return c.net.Now()
	}
	return c.net.Next()
}

// Step does the next thing that happens by itself: false if nothing will, or if
// the run failed.
func (c *Cluster) Step() bool {
	if c.err != nil {
		return false
	}
	if len(c.ready) > 0 {
		cl := c.ready[0]
		c.ready = slices.Delete(c.ready, 0, 1)
		c.startNext(cl)
		return true
	}
	return c.net.Step() && c.err == nil
}

// RunThrough does all that happens up to and including t, and leaves the clock
// there.
func (c *Cluster) RunThrough(t model.Time) error {
	for c.Next() <= t && c.Step() {
	}
	if c.err == nil && c.net.Now() < t {
		c.net.AdvanceTo(t)
	}
	return c.err
}

// Act does a statement of the script, or a live command, and records it before its
// effects. A statement that can't be done says why and leaves nothing behind.
func (c *Cluster) Act(text string, do func() error) error {
	c.acting = text
	if err := do(); err != nil {
		c.acting = ""
		return err
	}
	c.recordActing()
	return c.err
}

func (c *Cluster) recordActing() {
	if text := c.acting; text != "" {
		c.acting = ""
		c.emit(trace.Event{Kind: trace.Statement, Text: text})
	}
}

// Finish ends the run: operations still open become unknown, those that never
// started are counted skipped, and the run's figures are recorded.
func (c *Cluster) Finish() {
	for _, cl := range c.order {
		if cl.busy != nil {
			cl.busy.close(c, model.Result{Outcome: model.Unknown, Why: "the run ended first"})
		}
		for _, q := range cl.queue {
			c.emit(trace.Event{Kind: trace.Skipped, Text: cl.name, Key: q.cmd.String()})
		}
		c.counts["skipped"] += int64(len(cl.queue))
		cl.queue = nil
	}
	c.counts["skipped"] += 0 // said of every run
	if c.swarm != nil {
		c.swarm.finish()
	}
	c.ready = nil
	names := make([]string, 0, len(c.counts))
	for name := range c.counts {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		c.emit(trace.Event{Kind: trace.Metric, Text: name, N: c.counts[name]})
	}
}

func (c *Cluster) emit(e trace.Event) {
	if c.acting != "" {
		c.recordActing()
	}
	e.At = c.net.Now()
	c.opt.Log.Append(e)
}

func (c *Cluster) most(name string, n int64) {
	if was, said := c.counts[name]; !said || n > was {
		c.counts[name] = n
	}
}

func (c *Cluster) fail(err error) {
	if c.err == nil && err != nil {
		c.err = err
	}
}

// node returns a host: a node, or that of a remote client.
func (c *Cluster) node(id model.NodeID) *node { return c.hosts[id-1] }
