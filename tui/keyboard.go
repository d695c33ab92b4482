package tui

import (
	"errors"
	"io"
	"os"
)

// keyboard is where keys are read from. Its end, as when a terminal is closed that the
// program does not belong to, ends the program: no key could.
type keyboard struct {
	io.Reader
	gone func()
}

// Read takes keys.
func (k *keyboard) Read(b []byte) (int, error) {
	n, err := k.Reader.Read(b)
	if errors.Is(err, io.EOF) && k.gone != nil {
		k.gone()
	}
	return n, err
}

// terminalKeys are a keyboard that is a file: waiting for it can be given up.
type terminalKeys struct {
	*os.File
	keys *keyboard
}

// Read takes keys.
func (k terminalKeys) Read(b []byte) (int, error) { return k.keys.Read(b) }

// reader is what Bubble Tea is to read from.
func (k *keyboard) reader() io.Reader {
	if f, ok := k.Reader.(*os.File); ok {
		return terminalKeys{f, k}
	}
	return k
}
