package store

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"capsim/model"
)

func TestSpawn(t *testing.T) {
	needRedis(t)
	t.Setenv("TMPDIR", t.TempDir())
	c := open(t, spawn{}, 3, "r")
	list := Servers(c)
	if len(list) != 3 {
		t.Fatal(list)
	}
	for i, s := range list {
		if s.Node != model.NodeID(i+1) || s.Pid == 0 || !strings.HasPrefix(s.Addr, "127.0.0.1:") || !alive(s.Pid) {
			t.Error(s)
		}
		put(t, c.Node(s.Node), "k", sample(i))
	}
	if left, _ := filepath.Glob(os.TempDir() + "/capsim-*"); len(left) > 0 {
		t.Error("left behind:", left)
	}
	if err := syscall.Kill(list[1].Pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_, err := c.Node(2).Record("k")
	environment(t, err, "n2's Redis at "+list[1].Addr+" stopped answering", fmt.Sprintf("its process %d ended: signal: killed", list[1].Pid))
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	for _, s := range list {
		if alive(s.Pid) {
			t.Error("it outlives its run:", s)
		}
	}
}

func alive(pid int) bool { return syscall.Kill(pid, 0) == nil }

func TestServersOfOthers(t *testing.T) {
	if s := Servers(open(t, memory{}, 3, "r")); s != nil {
		t.Error(s)
	}
	at := sharedServers(t)
	for _, s := range Servers(open(t, servers{at: at}, 3, "theirs")) {
		if s.Pid != 0 || s.Addr != at[s.Node-1].addr {
			t.Error(s)
		}
	}
}

func TestSpawnWithoutRedis(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := spawn{}.Open(3, "r")
	environment(t, err, "starting redis-servers", "not found", "sudo apt install redis-server")
}

func TestSpawnThatFails(t *testing.T) {
	needRedis(t)
	_, err := startServers(1, "no-such-directive yes")
	environment(t, err, "starting redis-servers", "redis-server ended at once, exit status 1", "miniredis")
}

// TestServersDieWithUs kills a process that has spawned servers, in the way that
// leaves it no time to clean up.
func TestServersDieWithUs(t *testing.T) {
	if os.Getenv("CAPSIM_TEST_SPAWN") != "" {
		for _, s := range Servers(open(t, spawn{}, 2, "r")) {
			fmt.Println("pid", s.Pid)
		}
		time.Sleep(time.Minute)
		return
	}
	needRedis(t)
	if _, err := os.Stat("/proc/self"); err != nil {
		t.Skip("only Linux ends children with their parent")
	}
	child := exec.Command(os.Args[0], "-test.run=^TestServersDieWithUs$")
	child.Env = append(os.Environ(), "CAPSIM_TEST_SPAWN=1")
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var pids []int
	for lines := bufio.NewScanner(out); len(pids) < 2 && lines.Scan(); {
		var pid int
		if _, err := fmt.Sscanf(lines.Text(), "pid %d", &pid); err == nil {
			pids = append(pids, pid)
		}
	}
	if len(pids) != 2 || !alive(pids[0]) {
		t.Fatal("no servers", pids)
	}
	_ = child.Process.Kill()
	_ = child.Wait()
	for range 200 {
		if !running(pids[0]) && !running(pids[1]) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the servers live on", pids)
}

// running: an orphan that has ended may wait long for someone to collect it.
func running(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(stat), ") Z ")
}
