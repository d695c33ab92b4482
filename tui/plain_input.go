package tui

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// maxInput bounds a line of input, in bytes: no command is longer.
const maxInput = 64 << 10

var errLineTooLong = errors.New("the line is longer than 64 KiB, and was not read; a script of many lines is what `capsim run` takes")

func tooLong(err error) bool { return errors.Is(err, errLineTooLong) }

// lines reads input in a goroutine of its own, so that a signal ends a prompt.
type lines struct {
	ctx  context.Context
	got  chan lineRead
	want chan struct{}
}

type lineRead struct {
	text string
	err  error
}

func newLines(ctx context.Context, in io.Reader) lines {
	l := lines{ctx, make(chan lineRead), make(chan struct{})}
	go func() {
		r := bufio.NewReader(in)
		for {
			select {
			case <-ctx.Done():
				return
			case <-l.want:
			}
			text, err := readLine(r)
			select {
			case <-ctx.Done():
				return
			case l.got <- lineRead{text, err}:
			}
		}
	}()
	return l
}

// next returns the next line; io.EOF if there is none, errLineTooLong if it was left
// out, the context's error if that ended first.
func (l lines) next() (string, error) {
	select {
	case <-l.ctx.Done():
		return "", l.ctx.Err()
	case l.want <- struct{}{}:
	}
	select {
	case <-l.ctx.Done():
		return "", l.ctx.Err()
	case g := <-l.got:
		return g.text, g.err
	}
}

// readLine reads up to the end of a line or of the input. What is longer than maxInput is
// read, and left out.
func readLine(r *bufio.Reader) (string, error) {
	var line []byte
	long := false
	for {
		part, err := r.ReadSlice('\n')
		if long = long || len(line)+len(part) > maxInput; !long {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case long:
			return "", errLineTooLong
		case err != nil && (len(line) == 0 || !errors.Is(err, io.EOF)):
			return "", err
		}
		return string(line), nil
	}
}

// untilSignal returns a context that a signal to end cancels, and what tells which one
// did: nil if none.
func untilSignal(ctx context.Context) (_ context.Context, by func() os.Signal, release func()) {
	ctx, cancel := context.WithCancel(ctx)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	came := make(chan os.Signal, 1)
	go func() {
		select {
		case s := <-signals:
			came <- s
			cancel()
		case <-ctx.Done():
		}
	}()
	by = func() os.Signal {
		if ctx.Err() == nil {
			return nil
		}
		select { // whoever gave us the context may have been told of the signal first
		case s := <-came:
			return s
		case s := <-signals:
			return s
		case <-time.After(100 * time.Millisecond):
			return nil
		}
	}
	return ctx, by, func() { signal.Stop(signals); cancel() }
}
