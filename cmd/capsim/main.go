// Command capsim breaks a small replicated Redis and shows what its replication
// policy does then.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"capsim/scenarios"
)

func main() {
	if os.Getenv("GOGC") == "" {
		// A run allocates events that live as long as it does: collecting less often is
		// a quarter of its time, and the limit keeps a long one small.
		debug.SetGCPercent(400)
		debug.SetMemoryLimit(1 << 30)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	// A signal that comes half a second after the first ends the program at once; one
	// that comes with it is the same (a shell and a supervisor both pass it on).
	context.AfterFunc(ctx, func() { time.AfterFunc(500*time.Millisecond, stop) })
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the program: it returns its exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	a := &app{in: in, out: out, errs: errs}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)
	err := root.ExecuteContext(ctx)
	var code exitError
	switch {
	case err == nil:
		return scenarios.ExitOK
	case errors.As(err, &code):
		if code.err != nil {
			fmt.Fprintln(errs, code.err)
		}
		return code.code
	}
	fmt.Fprintf(errs, "%v\n", err)
	return scenarios.ExitInput
}

// exitError ends the program with a code, and says why if err is not nil.
type exitError struct {
	code int
	err  error
}

func (e exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit %d", e.code)
	}
	return e.err.Error()
}

func (e exitError) Unwrap() error { return e.err }

func inputError(err error) error { return exitError{scenarios.ExitInput, err} }

func environmentError(err error) error { return exitError{scenarios.ExitEnv, err} }
