//go:build !linux

package store

import "syscall"

// dieWithParent: only Linux can promise that a child dies with us when we are
// killed; elsewhere Close alone ends it.
func dieWithParent() *syscall.SysProcAttr { return nil }
