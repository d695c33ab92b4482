package store

import (
	"bufio"
	"errors"
	"io"
	"net"
	"time"

	"github.com/alicebob/miniredis/v2/server"
)

// embedded is a connection to a Redis in this process. What is written to it is
// executed at once, in the writer's goroutine; its replies wait to be read. So
// nothing ever blocks, pipelines may have any length, and one goroutine does all.
//
// Source of the idea: go-redis needs no more of a net.Conn than that its replies
// are there when it reads.
type embedded struct {
	srv    *server.Server
	peer   *server.Peer
	in     []byte // a command not yet whole
	out    []byte // replies
	read   int    // how much of out was read
	closed bool
}

func dialEmbedded(srv *server.Server) *embedded {
	c := &embedded{srv: srv}
	c.peer = server.NewPeer(bufio.NewWriterSize((*replies)(c), 1<<10))
	return c
}

// replies is the writing end of a connection's out.
type replies embedded

func (r *replies) Write(p []byte) (int, error) {
	r.out = append(r.out, p...)
	return len(p), nil
}

// errNoReply can only mean that a client reads more replies than it sent commands.
var errNoReply = errors.New("no reply is waiting on the embedded connection")

func (c *embedded) Read(p []byte) (int, error) {
	switch {
	case c.closed:
		return 0, net.ErrClosed
	case len(p) == 0:
		return 0, nil
	case c.read == len(c.out):
		return 0, errNoReply
	}
	n := copy(p, c.out[c.read:])
	if c.read += n; c.read == len(c.out) {
		c.out, c.read = c.out[:0], 0
	}
	return n, nil
}

func (c *embedded) Write(p []byte) (int, error) {
	if c.closed {
		return 0, net.ErrClosed
	}
	data := p
	if len(c.in) > 0 {
		c.in = append(c.in, p...)
		data = c.in
	}
	for len(data) > 0 {
		args, n, err := parseCommand(data)
		if err == io.ErrUnexpectedEOF {
			break
		}
		if err != nil {
			return 0, err
		}
		c.srv.Dispatch(c.peer, args)
		data = data[n:]
	}
	c.peer.Flush()
	c.in = append(c.in[:0], data...)
	return len(p), nil
}

func (c *embedded) Close() error {
	c.closed = true
	return nil
}

func (c *embedded) LocalAddr() net.Addr              { return embeddedAddr{} }
func (c *embedded) RemoteAddr() net.Addr             { return embeddedAddr{} }
func (c *embedded) SetDeadline(time.Time) error      { return nil }
func (c *embedded) SetReadDeadline(time.Time) error  { return nil }
func (c *embedded) SetWriteDeadline(time.Time) error { return nil }

type embeddedAddr struct{}

func (embeddedAddr) Network() string { return "embedded" }
func (embeddedAddr) String() string  { return "embedded" }
