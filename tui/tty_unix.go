//go:build unix

package tui

import (
	"os"
	"syscall"
)

// changes are the signals that say that the terminal may have changed: its size, or, after
// the process stood still, anything.
var (
	resized   os.Signal = syscall.SIGWINCH
	continued os.Signal = syscall.SIGCONT
)

// openTerminal opens the process's terminal for reading, when standard input is none.
func openTerminal() (*os.File, error) { return os.Open("/dev/tty") }
