package store

import (
	"flag"
	"os"
	"os/exec"
	"sync"
	"testing"

	"capsim/model"
)

// needRedis skips the test if no redis-server is installed, and fails it where
// that must not happen.
func needRedis(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err == nil {
		return
	}
	const how = "no redis-server on the PATH; install it: sudo apt install redis-server"
	if os.Getenv("CAPSIM_REQUIRE_REDIS") != "" {
		t.Fatal(how)
	}
	t.Skip(how)
}

// The servers that tests share, by URL as a user gives them.
var shared struct {
	once      sync.Once
	processes []*process
	err       error
}

func sharedServers(t testing.TB) []endpoint {
	t.Helper()
	needRedis(t)
	shared.once.Do(func() { shared.processes, shared.err = startServers(3, "") })
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	var at []endpoint
	for _, p := range shared.processes {
		at = append(at, p.at)
	}
	return at
}

// TestMain lets property tests run short; -rapid.checks makes them as long as one
// likes.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "40"); err != nil {
		panic(err)
	}
	code := m.Run()
	for _, p := range shared.processes {
		p.end()
	}
	os.Exit(code)
}

func open(t testing.TB, o Opener, nodes int, run string) Cluster {
	t.Helper()
	c, err := o.Open(nodes, run)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// put commits one record.
func put(t testing.TB, n Node, key string, rec *model.Record) {
	t.Helper()
	var b Batch
	b.PutRecord(key, rec)
	if err := n.Commit(&b); err != nil {
		t.Fatal(err)
	}
}
