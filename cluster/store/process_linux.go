package store

import "syscall"

// dieWithParent has the kernel kill the child when we die, however we do; and keeps
// the terminal's Ctrl-C and Ctrl-Z from it, which are meant for us.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}
