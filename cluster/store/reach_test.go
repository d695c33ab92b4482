package store

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"
)

func TestPasswords(t *testing.T) {
	p := own(t, 1, "")[0]
	good := p.at
	c := good.client()
	defer func() { _ = c.Close() }()
	if err := c.ConfigSet(background, "requirepass", "hunter2").Err(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ user, password, want string }{
		{"", "", "NOAUTH"},
		{"", "hunter22", "WRONGPASS"},
		{"nobody", "hunter2", "WRONGPASS"},
	} {
		e := good
		e.user, e.password = c.user, c.password
		_, err := servers{at: []endpoint{e}}.Open(1, "r")
		environment(t, err, "n1's Redis at "+p.at.addr, c.want, "give its right password", "redis://:PASSWORD@host:port")
		for u := err; u != nil; u = errors.Unwrap(u) {
			if strings.Contains(fmt.Sprintf("%v %+v %s", u, u, u), "hunter") {
				t.Errorf("the password is in %v", u)
			}
		}
	}
	o, err := Parse("redis://:hunter2@" + p.at.addr)
	if err != nil {
		t.Fatal(err)
	}
	put(t, open(t, o, 1, "r").Node(1), "k", sample(1))
	if s := fmt.Sprint(o.Name()); strings.Contains(s, "hunter") {
		t.Error(s)
	}
}

// TestOldServerRepeatsThePassword: servers without AUTH or HELLO answer with the
// arguments that they did not understand.
func TestOldServerRepeatsThePassword(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				buf := make([]byte, 1<<10)
				for {
					if _, err := c.Read(buf); err != nil {
						return
					}
					_, _ = c.Write([]byte("-ERR unknown command `AUTH`, with args beginning with: `hunter2`, \x1b[31mred\r\n"))
				}
			}()
		}
	}()
	_, err = servers{at: []endpoint{{addr: l.Addr().String(), password: "hunter2"}}}.Open(1, "r")
	environment(t, err, "n1's Redis at "+l.Addr().String(), "unknown command")
	for u := err; u != nil; u = errors.Unwrap(u) {
		if strings.Contains(u.Error(), "hunter2") || strings.Contains(u.Error(), "\x1b") {
			t.Errorf("%q must not be shown", u)
		}
	}
}

func TestNobodyThere(t *testing.T) {
	e, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	_, err = servers{at: []endpoint{e}}.Open(1, "r")
	environment(t, err, "n1's Redis at "+e.addr+" refused the connection", "connection refused", "start a redis-server there")
	_, err = servers{at: []endpoint{{addr: "no-such-host.invalid:6379"}}}.Open(1, "r")
	environment(t, err, "no-such-host.invalid:6379", "while taking the lock")
}

// TestSilentServer: one that accepts and says nothing costs one timeout.
func TestSilentServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	start := time.Now()
	_, err = servers{at: []endpoint{{addr: l.Addr().String()}}}.Open(1, "r")
	environment(t, err, "n1's Redis at "+l.Addr().String()+" stopped answering", "timeout", "see that it runs")
	if d := time.Since(start); d > 3*answerTime {
		t.Errorf("it took %s", d)
	}
}
