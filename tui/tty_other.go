//go:build !unix

package tui

import (
	"errors"
	"os"
)

// There are no such signals here: the screen keeps the size that it began with.
var resized, continued os.Signal

func openTerminal() (*os.File, error) {
	return nil, errors.New("standard input is no terminal")
}
