package store

import (
	"context"
	"net"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"capsim/model"
)

// mini gives each node a miniredis of its own in this process, on no port, spoken
// to through go-redis as a real server would be.
type mini struct{}

func (mini) Name() string { return "miniredis" }

func (mini) Open(nodes int, run string) (Cluster, error) {
	if err := checkOpen("miniredis", nodes, run); err != nil {
		return nil, err
	}
	c := &miniCluster{}
	for i := range nodes {
		if err := c.add(model.NodeID(i+1), run); err != nil {
			_ = c.Close()
			return nil, err
		}
	}
	return c, nil
}

type miniCluster struct {
	servers []*miniredis.Miniredis
	clients []*redis.Client
	nodes   []*redisNode
}

func (c *miniCluster) Node(n model.NodeID) Node { return c.nodes[n-1] }

func (c *miniCluster) add(node model.NodeID, run string) error {
	m := miniredis.NewMiniRedis()
	c.servers = append(c.servers, m)
	// Dial starts a miniredis without a listener; what it returns is not what we
	// talk through: it deadlocks on long pipelines and is four times as slow.
	first, err := m.Dial()
	if err != nil {
		return &Error{Node: node, Doing: "starting it", Err: err}
	}
	_ = first.Close()
	opt := clientOptions()
	opt.Addr = "embedded"
	opt.ReadTimeout, opt.WriteTimeout = -2, -2 // no deadlines at all: nothing can block
	opt.Dialer = func(context.Context, string, string) (net.Conn, error) { return dialEmbedded(m.Server()), nil }
	client := redis.NewClient(opt)
	c.clients = append(c.clients, client)
	c.nodes = append(c.nodes, newRedisNode(client.Conn(), node, run))
	return nil
}

func (c *miniCluster) Close() error {
	for _, cl := range c.clients {
		_ = cl.Close() // a connection in memory has nothing to fail at
	}
	for _, m := range c.servers {
		m.Close()
	}
	return nil
}

// clientOptions is what every client of ours needs: a plain connection that does
// what it is told, once, and says so at once if it can't.
func clientOptions() *redis.Options {
	quiet()
	return &redis.Options{
		Protocol:                 2,  // RESP3 could push messages between replies
		MaxRetries:               -1, // a retry could do a write twice, and hides a dying server
		DialerRetries:            1,
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
		ReadBufferSize:           4 << 10, // the default is eight times that, for each node of each fork
		WriteBufferSize:          4 << 10,
		PipelinePoolSize:         -1, // transactions run on the one connection that commands run on
		PoolSize:                 2,
		ConnMaxIdleTime:          -1,
	}
}
