package labs

import (
	"fmt"
	"strings"
	"time"

	"capsim/model"
	"capsim/policies"
)

// locksParams are the lab's parameters; those of cp's log come after them.
var locksParams = append([]policies.Param{
	{Name: "by", Default: "redis", Values: []string{"redis", "redlock", "database", "zookeeper"}, Doc: "what keeps the locks"},
	{Name: "ttl", Default: "2s", Check: isLease, Try: []string{"400ms", "1s"}, Doc: "how long a lock lasts that is not given back; LOCK's ttl goes before it"},
	{Name: "wait", Default: "800ms", Check: isLease, Try: []string{"100ms", "3s"}, Doc: "how long LOCK tries; a client that waits less than that (use timeout) does not learn what came of it"},
	{Name: "retry", Default: "200ms", Check: isLease, Try: []string{"20ms"}, Doc: "the longest of the random delays between two attempts"},
	{Name: "node-timeout", Default: "200ms", Check: isLease, Try: []string{"50ms"}, Doc: "how long an attempt waits for a node's answer"},
	{Name: "validity", Default: "on", Values: []string{"on", "off"}, Doc: "redis, redlock, database: whether a client that has got its answers checks how long that took; off: it counts the ttl from then on"},
	{Name: "clock", Default: "wall", Values: []string{"wall", "monotonic"}, Doc: "redis, redlock: by which clock nodes let locks run out, and clients measure time"},
	{Name: "fsync", Default: "always", Values: []string{"always", "everysec", "no"}, Doc: "redis, redlock: when a node's locks reach its disk: with the answer, each second, or each 30 s"},
	{Name: "restart-delay", Default: "0s", Check: isDelay, Try: []string{"1s", "10s"}, Doc: "redis, redlock: for how long a node that restarts grants no lock"},
	{Name: "failover", Default: "500ms", Check: isFailover, Try: []string{"off", "300ms"}, Doc: "redis: how long the primary must be silent for a replica to take its place; off: never"},
	{Name: "fencing", Default: "off", Check: isFencing, Try: []string{"on", "on"}, Doc: "what checks fencing tokens: off, on, or the name of the one resource that does"},
	{Name: "storage", Default: "n3", Check: isStorage, Try: []string{"n1"}, Doc: "the node that has the resources which locks guard"},
	{Name: "work", Default: "10ms", Check: isDelay, Try: []string{"0s", "300ms"}, Doc: "what passes between a WRITE's check that the lock is held and the sending"},
	{Name: "session", Default: "2s", Doc: "zookeeper: a session's timeout", Check: policies.IsDuration, Try: []string{"1s", "600ms"}},
	{Name: "tick", Default: "100ms", Doc: "zookeeper: how often the leader beats and clients are checked", Check: policies.IsDuration, Try: []string{"50ms"}},
	{Name: "sync", Default: "leader", Doc: "zookeeper: how a SYNC asks; no lock needs one", Values: []string{"leader", "quorum"}},
}, policies.LogParams()...)

// maxLease bounds the durations that a lab of locks is given.
const maxLease = time.Hour

func isLease(value string) error {
	if d, err := time.ParseDuration(value); err != nil || d < time.Millisecond || d > maxLease {
		return fmt.Errorf("a duration from 1ms to 1h, such as 2s")
	}
	return nil
}

func isDelay(value string) error {
	if d, err := time.ParseDuration(value); err != nil || d < 0 || d > maxLease {
		return fmt.Errorf("a duration up to 1h, such as 10ms or 0s")
	}
	return nil
}

func isFailover(value string) error {
	if value == "off" {
		return nil
	}
	if d, err := time.ParseDuration(value); err != nil || d < leastFailover || d > maxLease {
		return fmt.Errorf("off, or a duration from %v to 1h, such as 500ms", leastFailover)
	}
	return nil
}

func isFencing(value string) error {
	if value == "" || isResource(value) != nil {
		return fmt.Errorf("off, on, or a resource's name of up to %d bytes", maxResource)
	}
	return nil
}

func isStorage(value string) error {
	if n, ok := model.ParseNode(value); !ok || n > 9 {
		return fmt.Errorf("a node, n1 to n9")
	}
	return nil
}

// maxResource bounds the name of a resource, in bytes; a text that is written to one may be
// so long many times over.
const (
	maxResource = 100
	maxText     = 10_000
)

// isResource tells why a word can't name a resource.
func isResource(name string) error {
	if name == "" || len(name) > maxResource || strings.ContainsAny(name, ":/") || validPath("/"+name) != nil {
		return fmt.Errorf("a resource's name: 1 to %d bytes, without a space, colon or slash", maxResource)
	}
	return nil
}

// locksFits tells why the parameters can't stand in a cluster of so many nodes.
func locksFits(p policies.Params, nodes int) error {
	if n, _ := model.ParseNode(p["storage"]); int(n) > nodes {
		return fmt.Errorf("storage=%s: there are %d nodes", p["storage"], nodes)
	}
	if p["by"] == "zookeeper" {
		return zkFits(p, nodes)
	}
	return nil
}

// locksCaution says what a choice of parameters gives up that its reader might count on.
func locksCaution(p policies.Params, nodes int) string {
	c := readLocksConf(p)
	switch {
	case c.by == "redlock" && nodes%2 == 0:
		return fmt.Sprintf("Of %d nodes %d are a majority, as of %d: the last one makes nothing safer.", nodes, nodes/2+1, nodes-1)
	case c.by == "redlock" && nodes == 1:
		return "Redlock over one node is a lock on one node."
	case c.keepsLeases() && c.fsync != fsyncAlways && c.restartDelay < c.ttl:
		return "A node that crashes forgets locks that it granted, and grants them again: fsync=always, or a restart-delay longer than any ttl, prevents that."
	}
	return ""
}

// When a node's locks reach its disk, in the words of the parameter fsync.
const (
	fsyncAlways   = "always"
	fsyncEverySec = "everysec"
	fsyncNo       = "no"
)

// locksConf is what locksParams say.
type locksConf struct {
	by           string
	ttl          time.Duration
	wait         time.Duration
	retry        time.Duration
	nodeTimeout  time.Duration
	validity     bool
	monotonic    bool
	fsync        string
	restartDelay time.Duration
	failover     time.Duration // 0: off
	fencing      string        // off, on, or a resource
	storage      model.NodeID
	work         time.Duration
}

func readLocksConf(p policies.Params) locksConf {
	c := locksConf{
		by: p["by"], ttl: p.Duration("ttl"), wait: p.Duration("wait"), retry: p.Duration("retry"), nodeTimeout: p.Duration("node-timeout"),
		validity: p["validity"] == "on", monotonic: p["clock"] == "monotonic", fsync: p["fsync"],
		restartDelay: p.Duration("restart-delay"), fencing: p["fencing"], work: p.Duration("work"),
	}
	if p["failover"] != "off" {
		c.failover = p.Duration("failover")
	}
	c.storage, _ = model.ParseNode(p["storage"])
	return c
}

// keepsLeases tells whether Redis nodes keep the locks.
func (c *locksConf) keepsLeases() bool { return c.by == "redis" || c.by == "redlock" }

// fenced tells whether writes to the resource must bear a token that is not below the
// highest seen.
func (c *locksConf) fenced(name string) bool { return c.fencing == "on" || c.fencing == name }

// clock returns what a process measures leases by.
func (c *locksConf) clock(env policies.Env) model.Time {
	if c.monotonic {
		return env.Monotonic()
	}
	return env.Now()
}

// drift is what a client takes off a lease because clocks run at different rates: 1 % of it
// and 2 ms, as the reference implementation of Redlock does.
func drift(ttl time.Duration) time.Duration { return ttl/100 + 2*time.Millisecond }
