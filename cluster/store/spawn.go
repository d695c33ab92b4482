package store

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"time"
)

// spawn starts a redis-server for each node, on ports of this machine's loopback,
// and ends them with the run.
type spawn struct{}

func (spawn) Name() string { return "spawn" }

func (spawn) Open(nodes int, run string) (Cluster, error) {
	if err := checkOpen("spawn", nodes, run); err != nil {
		return nil, err
	}
	processes, err := startServers(nodes, "")
	if err != nil {
		return nil, err
	}
	at := make([]endpoint, nodes)
	for i, p := range processes {
		at[i] = p.at
	}
	return openServers(at, processes, run, 0, false)
}

// startTime is how long a redis-server has to come up on a busy machine.
const startTime = 10 * time.Second

// startServers starts redis-servers that answer, with more lines of configuration
// than they need.
func startServers(count int, more string) (list []*process, err error) {
	const doing = "starting redis-servers for the run"
	path, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, &Error{Doing: doing, Err: err, advice: installAdvice}
	}
	// They save nothing; the directory is theirs so that nothing of ours could be
	// overwritten, and is gone before they are.
	dir, err := os.MkdirTemp("", "capsim-redis-")
	if err != nil {
		return nil, &Error{Doing: doing, Err: err}
	}
	defer func() {
		_ = os.RemoveAll(dir)
		if err != nil {
			for _, p := range list {
				p.end()
			}
			list = nil
		}
	}()
	for range count {
		p, err := startServer(path, dir, more)
		if err != nil {
			return list, &Error{Doing: doing, Err: err, advice: "or use --store miniredis"}
		}
		list = append(list, p)
	}
	return list, nil
}

const installAdvice = "install it with: sudo apt install redis-server (or use --store miniredis, which needs none)"

// startServer starts one on a free port. Between our look and its start the port
// may be taken: then it tries another.
func startServer(path, dir, more string) (*process, error) {
	var last error
	for range 5 {
		at, err := freePort()
		if err != nil {
			return nil, err
		}
		_, port, _ := net.SplitHostPort(at.addr)
		config := fmt.Sprintf("port %s\nbind 127.0.0.1\nsave \"\"\nappendonly no\ndaemonize no\nloglevel warning\ndir %s\n%s\n", port, strconv.Quote(dir), more)
		p, err := startProcess(path, config, at)
		if err != nil {
			return nil, err
		}
		if last = p.ready(startTime); last == nil {
			return p, nil
		}
		lives := p.ended() == ""
		p.end()
		if lives {
			break // a port that is taken would have ended it
		}
	}
	return nil, last
}

func freePort() (endpoint, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return endpoint{}, fmt.Errorf("finding a free port: %w", err)
	}
	return endpoint{addr: l.Addr().String()}, l.Close()
}
