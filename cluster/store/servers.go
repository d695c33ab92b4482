package store

import (
	"errors"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"capsim/model"
)

// servers gives each node a real Redis, that was there before and stays after.
type servers struct {
	at       []endpoint    // of n1, n2, …; one server may serve several nodes
	lifetime time.Duration // of a lock that nobody refreshes; zero means lockLifetime
}

func (servers) Name() string { return "redis" }

func (s servers) Open(nodes int, run string) (Cluster, error) { return s.open(nodes, run, false) }

func (s servers) open(nodes int, run string, keep bool) (Cluster, error) {
	if err := checkOpen("redis", nodes, run); err != nil {
		return nil, err
	}
	if len(s.at) != nodes {
		return nil, inputError("the store has %d Redis URL%s and the run %d nodes: give one URL a node (the same one may be given again)", len(s.at), plural(len(s.at)), nodes)
	}
	return openServers(s.at, nil, run, s.lifetime, keep)
}

// Resume opens the stores of a run that has ended, or whose process is gone, with what is in
// them; of a run that never was they are empty. Only servers that were there before keep
// anything: of others the error is an *InputError.
func Resume(o Opener, nodes int, run string) (Cluster, error) {
	s, ok := o.(servers)
	if !ok {
		return nil, inputError("a %s store ends with its run: only Redis servers given by URL keep one", o.Name())
	}
	return s.open(nodes, run, true)
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// Server tells where a node's real Redis is.
type Server struct {
	Node model.NodeID
	Addr string // host:port
	Pid  int    // of its process, if the cluster started it; else 0
}

// Servers lists the real servers of a cluster, a node each; nil if it has none.
func Servers(c Cluster) []Server {
	sc, ok := c.(*serverCluster)
	if !ok {
		return nil
	}
	list := make([]Server, len(sc.nodes))
	for i, n := range sc.nodes {
		list[i] = Server{Node: n.node, Addr: n.addr}
		if n.process != nil {
			list[i].Pid = n.process.pid
		}
	}
	return list
}

type serverCluster struct {
	clients   []*redis.Client
	nodes     []*redisNode
	processes []*process    // those we started
	stop      chan struct{} // closed to end the refreshing of the locks
	refreshed sync.WaitGroup
	closed    bool
}

// openServers connects, takes the locks of all nodes, and removes what an earlier
// run of the same id left, unless it is to be kept. processes are those of the servers, or none.
func openServers(at []endpoint, processes []*process, run string, lifetime time.Duration, keep bool) (Cluster, error) {
	c := &serverCluster{processes: processes, stop: make(chan struct{})}
	for i, e := range at {
		client := e.client()
		n := newRedisNode(client.Conn(), model.NodeID(i+1), run)
		n.addr, n.secret = e.shown(), e.password
		if processes != nil {
			n.process = processes[i]
		}
		c.clients = append(c.clients, client)
		c.nodes = append(c.nodes, n)
		if err := c.claim(n, client, lifetime, keep); err != nil {
			for _, claimed := range c.nodes[:i] { // a run that never began leaves nothing
				if !keep {
					_ = claimed.conn.Del(background, claimed.prefix+ownerName).Err()
				}
			}
			_ = c.Close()
			return nil, err
		}
	}
	for _, n := range c.nodes {
		c.refreshed.Add(1)
		go func() {
			defer c.refreshed.Done()
			n.lock.keep(c.stop, func() { _ = n.conn.Ping(background).Err() })
		}()
	}
	return c, nil
}

// claim makes the node's prefix the run's own, and empty, unless what is there is to be kept.
func (c *serverCluster) claim(n *redisNode, client *redis.Client, lifetime time.Duration, keep bool) error {
	l := newLock(client, n.prefix, lifetime)
	if err := l.acquire(); err != nil {
		return n.fail("taking the lock of its keys "+n.prefix+"…", err)
	}
	n.lock = l
	mark := redis.NewStatusCmd(background, "set", n.prefix+ownerName, l.token)
	if keep {
		if err := n.resume(mark); err != nil {
			return n.fail("taking up what an earlier run left under "+n.prefix+"…", err)
		}
		return nil
	}
	if err := n.clear(mark); err != nil {
		return n.fail("removing what an earlier run left under "+n.prefix+"…", err)
	}
	return nil
}

func (c *serverCluster) Node(n model.NodeID) Node { return c.nodes[n-1] }

// Close gives the locks back and leaves the records. All servers are asked at the
// same time: those that are dead cost one timeout, not one each.
func (c *serverCluster) Close() error {
	if c.closed {
		return nil
	}
	c.closed = true
	close(c.stop)
	c.refreshed.Wait()
	errs := make([]error, len(c.nodes))
	var wg sync.WaitGroup
	for i, n := range c.nodes {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if n.lock != nil && c.processes == nil {
				if err := n.lock.release(); err != nil {
					errs[i] = n.fail("releasing the lock of its keys", err)
				}
			}
			_ = n.conn.Close()
			_ = c.clients[i].Close()
		}()
	}
	wg.Wait()
	for _, p := range c.processes {
		p.end()
	}
	return errors.Join(errs...)
}
