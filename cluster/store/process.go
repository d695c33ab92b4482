package store

import (
	"bytes"
	"fmt"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"capsim/model"
)

// process is a redis-server that we started.
type process struct {
	at   endpoint
	pid  int
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
	log  tail
}

// startProcess starts a redis-server with a configuration of lines. It is ended
// with end, or when this process dies (on Linux).
func startProcess(path, config string, at endpoint) (*process, error) {
	p := &process{at: at, done: make(chan struct{})}
	p.cmd = exec.Command(path, "-") // the configuration comes on its standard input
	p.cmd.Stdin = strings.NewReader(config)
	p.cmd.Stdout, p.cmd.Stderr = &p.log, &p.log
	p.cmd.SysProcAttr = dieWithParent()
	started := make(chan error, 1)
	go func() {
		// The kernel ends the child when the thread that started it ends: so this one
		// must live as long as the child.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			_ = p.cmd.Wait()
			close(p.done)
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	p.pid = p.cmd.Process.Pid
	return p, nil
}

// ready waits until the server answers. It must be ours: a stranger may have taken
// the port in between.
func (p *process) ready(patience time.Duration) error {
	var last error
	for end := time.Now().Add(patience); time.Now().Before(end); {
		select {
		case <-p.done:
			return fmt.Errorf("redis-server ended at once, %s: %s", p.cmd.ProcessState, p.log.text())
		case <-time.After(5 * time.Millisecond):
		}
		if last = p.ours(); last == nil {
			return nil
		}
	}
	return fmt.Errorf("redis-server (process %d) did not answer within %s: %w", p.pid, patience, last)
}

// ours asks with a client of its own: one that was refused once waits a second.
func (p *process) ours() error {
	client := p.at.client()
	defer func() { _ = client.Close() }()
	info, err := client.Info(background, "server").Result()
	if err == nil && !strings.Contains(info, "process_id:"+strconv.Itoa(p.pid)+"\r\n") {
		err = fmt.Errorf("another server answers at %s", p.at.addr)
	}
	return err
}

// end kills the server and waits for its end. It has nothing worth saving.
func (p *process) end() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// ended tells how the process ended; "" if it lives. One that is just dying gets a
// moment: its connection breaks first.
func (p *process) ended() string {
	select {
	case <-p.done:
		return fmt.Sprintf("its process %d ended: %s", p.pid, p.cmd.ProcessState)
	case <-time.After(200 * time.Millisecond):
		return ""
	}
}

// tail keeps the end of what is written to it.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if over := len(t.buf) - 2000; over > 0 {
		t.buf = append(t.buf[:0], t.buf[over:]...)
	}
	return len(p), nil
}

// text returns the last line that says something.
func (t *tail) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := bytes.Split(bytes.TrimSpace(t.buf), []byte("\n"))
	line := strings.TrimSpace(string(lines[len(lines)-1]))
	if line == "" {
		return "it said nothing"
	}
	return strings.Trim(model.Quote(line), `"`)
}
