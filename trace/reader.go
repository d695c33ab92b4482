package trace

import (
	"errors"
	"fmt"
	"io"
)

// ErrHash is a trace file whose event lines are not those that its end mark was
// written for. The error that wraps it says both hashes.
var ErrHash = errors.New("the trace's hash is wrong")

// ErrVersion is a trace file of a format that this program does not know.
var ErrVersion = errors.New("the trace is of a newer format")

// FormatError is what is wrong with a line of a trace file.
type FormatError struct {
	Line int    // from 1
	What string // what was read, and what was expected
}

func (e *FormatError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.What) }

// Read reads a whole trace file.
func Read(_ io.Reader) (*File, error) { return nil, errors.New("trace: not yet") }
