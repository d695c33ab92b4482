package store

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"syscall"

	"github.com/redis/go-redis/v9"
)

// isGone tells that nobody answered: the connection broke, or never came about, or
// stayed silent.
func isGone(err error) bool {
	var n net.Error
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.As(err, &n)
}

func isRefused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }

func says(codes ...string) func(error) bool {
	return func(err error) bool {
		text := strings.TrimPrefix(err.Error(), "failed to authenticate: ")
		for _, c := range codes {
			if strings.HasPrefix(text, c) {
				return true
			}
		}
		return false
	}
}

func is[T error](err error) bool {
	var t T
	return errors.As(err, &t)
}

// advices: for each way to fail, the way out. The first that fits.
var advices = []struct {
	fits   func(error) bool
	advice string
}{
	{is[*heldError], "give the run another id, end the other, or wait until its lock has ended"},
	{is[*lostError], "run it again, under an id and on servers that nobody else uses"},
	{is[*badBytes], "something else changed capsim's keys: run it again"},
	{isRefused, "start a redis-server there, or name another with --store"},
	{is[*net.DNSError], "correct the host's name in --store"},
	{says("NOAUTH", "WRONGPASS", "ERR AUTH", "ERR invalid password", "ERR Client sent AUTH"), "give its right password in --store: redis://:PASSWORD@host:port (or redis://USER:PASSWORD@…)"},
	{says("NOPERM"), "allow the user its commands on the keys capsim:*"},
	{says("READONLY"), "it is a replica: name its primary"},
	{says("MOVED", "CLUSTERDOWN", "CROSSSLOT"), "it is part of a Redis Cluster: name single servers"},
	{says("LOADING", "BUSY"), "try again in a moment"},
	{says("OOM", "MISCONF"), "see to its memory or disk, or name another server"},
	{says("WRONGTYPE"), "something else uses capsim's keys: delete them, or give the run another id"},
	{isGone, "see that it runs and can be reached, then run again"},
	{func(error) bool { return true }, "see what the server's log says of it"},
}

func advise(err error) string {
	for _, a := range advices {
		if a.fits(err) {
			return a.advice
		}
	}
	return ""
}

// verb tells what a server did, for the error's sentence.
func verb(err error) string {
	switch {
	case isRefused(err):
		return "refused the connection"
	case isGone(err):
		return "stopped answering"
	}
	return "failed"
}

// quiet keeps go-redis from writing to the terminal: what it would say comes back
// as an error too.
var quiet = sync.OnceFunc(func() { redis.SetLogger(silence{}) })

type silence struct{}

func (silence) Printf(context.Context, string, ...any) {}
