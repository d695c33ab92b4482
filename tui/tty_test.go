//go:build unix

package tui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"

	"capsim/scenarios"
)

// helperEnv says what the test binary is to do as the program under a terminal.
const helperEnv = "CAPSIM_TEST_SCREEN"

// TestHelperProgram is not a test: it is the program, when a test starts this binary anew.
func TestHelperProgram(t *testing.T) {
	mode := os.Getenv(helperEnv)
	if mode == "" {
		t.Skip("the program for TestTerminalIsAsItWas")
	}
	script, err := scenarios.Parse("test.capsim", []byte("use store memory\nat 0.2s alice@n1 SET cart milk\nat 60s end\n"))
	if err != nil {
		t.Fatal(err)
	}
	open := func() (*scenarios.Session, error) {
		if mode == "panic" {
			panic("a defect on purpose")
		}
		return scenarios.Open(script, scenarios.Options{Interactive: true, Memory: true})
	}
	if err := Run(context.Background(), open, Options{}); err != nil {
		fmt.Println("ended:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// console is a terminal with a program on it.
type console struct {
	t      *testing.T
	master *os.File
	cmd    *exec.Cmd
	mu     sync.Mutex
	vt     *vt.Emulator
	text   strings.Builder
	done   chan struct{} // closed when nothing more is to come
}

// newConsole starts a program on a terminal of its own, that it controls.
func newConsole(t *testing.T, env []string, argv ...string) *console {
	t.Helper()
	c := &console{t: t, cmd: exec.Command(argv[0], argv[1:]...), vt: vt.NewEmulator(100, 30), done: make(chan struct{})}
	c.cmd.Env = append(os.Environ(), "TERM=screen-256color", "COLORTERM=", "NO_COLOR=") // of which nobody asks the colour of its background
	c.cmd.Env = append(c.cmd.Env, env...)
	master, tty, err := pty.Open()
	if err != nil {
		t.Skip("there are no pseudo-terminals here:", err)
	}
	c.master = master
	if err := pty.Setsize(master, &pty.Winsize{Rows: 30, Cols: 100}); err != nil {
		t.Fatal(err)
	}
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = tty, tty, tty
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.cmd.Process.Kill()
		_ = tty.Close()
		_ = master.Close()
	})
	go func() {
		defer close(c.done)
		buf := make([]byte, 1<<16)
		for {
			n, err := master.Read(buf)
			c.mu.Lock()
			_, _ = c.vt.Write(buf[:n])
			c.text.Write(buf[:n])
			c.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return c
}

func (c *console) screen() (text string, alternate bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.vt.String(), c.vt.IsAltScreen()
}

// until waits for the terminal to show something.
func (c *console) until(what string, shows func(text string, alternate bool) bool) {
	c.t.Helper()
	for range 1000 {
		if shows(c.screen()) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	text, alternate := c.screen()
	c.t.Fatalf("never came: %s; the terminal shows (alternate: %v)\n%s", what, alternate, text)
}

func (c *console) typed(keys string) {
	if _, err := c.master.WriteString(keys); err != nil {
		c.t.Fatal(err)
	}
}

func (c *console) modes() term.State {
	c.t.Helper()
	s, err := term.GetState(c.master.Fd())
	if err != nil {
		c.t.Fatal(err)
	}
	return *s
}

// left says what the program left of its own on the terminal.
func (c *console) left() (wrong []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	text := c.text.String()
	for on, off := range map[string]string{
		"\x1b[?1049h": "\x1b[?1049l", "\x1b[?25l": "\x1b[?25h", "\x1b[?7l": "\x1b[?7h",
		"\x1b[?2004h": "\x1b[?2004l", "\x1b[?1002h": "\x1b[?1002l", "\x1b[?1006h": "\x1b[?1006l",
	} {
		if i := strings.LastIndex(text, on); i > strings.LastIndex(text, off) {
			wrong = append(wrong, fmt.Sprintf("%q was not taken back", on))
		}
	}
	return wrong
}

func playing(text string, alternate bool) bool {
	return alternate && strings.Contains(text, "capsim") && strings.Contains(text, "verdict")
}

// However the program ends, the terminal is in the modes that it was in before, and shows
// what it showed.
func TestTerminalIsAsItWas(t *testing.T) {
	tests := []struct {
		name   string
		mode   string
		end    func(c *console)
		says   string
		signal syscall.Signal
	}{
		{name: "q", end: func(c *console) { c.typed("q") }},
		{name: "ctrl+c", end: func(c *console) { c.typed("\x03") }},
		{name: "a panic", mode: "panic", says: "experienced a panic"},
		{name: "SIGTERM", signal: syscall.SIGTERM, says: "terminated"},
		{name: "SIGINT", signal: syscall.SIGINT, says: "interrupt"},
		{name: "SIGHUP", signal: syscall.SIGHUP, says: "hangup"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			mode := tt.mode
			if mode == "" {
				mode = "play"
			}
			c := newConsole(t, []string{helperEnv + "=" + mode}, "/bin/sh", "-c", "read go; exec \"$0\" -test.run='^TestHelperProgram$'", os.Args[0])
			before := c.modes()
			c.typed("\n")
			if mode == "play" {
				c.until("the screen", playing)
				if c.modes() == before {
					t.Fatal("the terminal was not made raw: the test sees nothing")
				}
			}
			if tt.end != nil {
				tt.end(c)
			}
			if tt.signal != 0 {
				if err := c.cmd.Process.Signal(tt.signal); err != nil {
					t.Fatal(err)
				}
			}
			_ = c.cmd.Wait()
			c.until("the end", func(text string, alternate bool) bool { return !alternate && strings.Contains(text, tt.says) })
			if after := c.modes(); after != before {
				t.Errorf("the modes of the terminal were %+v and are %+v", before, after)
			}
			for _, wrong := range c.left() {
				t.Error(wrong)
			}
		})
	}
}

// ctrl+z gives the terminal back to the shell, and fg brings the screen back whole.
func TestSuspend(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := newConsole(t, []string{helperEnv + "=play", "PS1=prompt> ", "ENV="}, "/bin/sh", "-i")
	prompts := func(n int) func(string, bool) bool {
		return func(text string, alternate bool) bool { return !alternate && strings.Count(text, "prompt>") >= n }
	}
	c.until("the prompt", prompts(1))
	c.typed("stty -a >" + filepath.Join(dir, "before") + "; " + os.Args[0] + " -test.run='^TestHelperProgram$'\n")
	c.until("the screen", playing)
	c.typed("\x1a")
	c.until("the prompt", prompts(2))
	c.typed("stty -a >" + filepath.Join(dir, "stopped") + "; echo looked\n")
	c.until("the modes", func(text string, _ bool) bool { return strings.Count(text, "looked") >= 2 })
	for _, wrong := range c.left() {
		t.Error("stopped:", wrong)
	}
	c.typed("fg\n")
	c.until("the screen again", playing)
	c.typed("?")
	c.until("the help", func(text string, _ bool) bool { return strings.Contains(text, "heal: partitions") })
	c.typed("\x03")
	c.until("the prompt", prompts(3))
	c.typed("stty -a >" + filepath.Join(dir, "after") + "; exit\n")
	if err := c.cmd.Wait(); err != nil {
		var status *exec.ExitError
		if !errors.As(err, &status) {
			t.Fatal(err)
		}
	}
	modes := map[string]string{}
	for _, when := range []string{"before", "stopped", "after"} {
		text, err := os.ReadFile(filepath.Join(dir, when))
		if err != nil || len(text) == 0 {
			t.Fatalf("stty says nothing: %q, %v", text, err)
		}
		modes[when] = string(text)
	}
	if modes["stopped"] != modes["before"] || modes["after"] != modes["before"] {
		t.Errorf("stty -a before:\n%s\nwhile stopped:\n%s\nafter:\n%s", modes["before"], modes["stopped"], modes["after"])
	}
	for _, wrong := range c.left() {
		t.Error(wrong)
	}
}

// A terminal that grows is used as a whole, at once.
func TestResize(t *testing.T) {
	t.Parallel()
	c := newConsole(t, []string{helperEnv + "=play"}, os.Args[0], "-test.run=^TestHelperProgram$")
	c.until("the screen", playing)
	c.mu.Lock()
	c.vt.Resize(140, 45)
	c.mu.Unlock()
	if err := pty.Setsize(c.master, &pty.Winsize{Rows: 45, Cols: 140}); err != nil {
		t.Fatal(err)
	}
	c.until("the wider screen", func(text string, _ bool) bool {
		lines := strings.Split(text, "\n")
		return len(lines) == 45 && len([]rune(lines[0])) > 130 && strings.Contains(lines[44], "write")
	})
	c.typed("\x03")
	_ = c.cmd.Wait()
}

// While nothing moves, nothing is done: the program is not even woken.
func TestIdle(t *testing.T) {
	c := newConsole(t, []string{helperEnv + "=play"}, os.Args[0], "-test.run=^TestHelperProgram$")
	c.until("the screen", playing)
	c.typed(" ")
	c.until("the pause", func(text string, _ bool) bool { return strings.Contains(text, "‖") })
	// What was begun before may still be at work for a while; a program that draws on its own
	// never comes to rest.
	const most = 30
	woken := most + 1
	for try := 0; try < 10 && woken > most; try++ {
		before := wakeups(t, c.cmd.Process.Pid)
		time.Sleep(time.Second)
		woken = wakeups(t, c.cmd.Process.Pid) - before
	}
	t.Logf("woken %d times in a second", woken)
	if woken > most {
		t.Errorf("woken %d times in a second, while paused", woken)
	}
	c.typed("\x03")
	_ = c.cmd.Wait()
}

// wakeups counts how often the threads of a process began to wait.
func wakeups(t *testing.T, pid int) int {
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
	if err != nil || len(files) == 0 {
		t.Skip("no /proc here")
	}
	n := 0
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		if _, rest, ok := strings.Cut(string(text), "\nvoluntary_ctxt_switches:"); ok {
			var k int
			_, _ = fmt.Sscan(rest, &k)
			n += k
		}
	}
	return n
}
