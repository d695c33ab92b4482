package store

import (
	"fmt"
	"io"
)

// The limits of one command: far above what our client sends, far below what
// would exhaust the process.
const (
	maxArgs = 1 << 20
	maxArg  = 512 << 20 // Redis's own
)

// parseCommand reads the command at the beginning of b, as clients send it: an
// array of bulk strings. n is how long it was. io.ErrUnexpectedEOF says that it
// is not whole yet.
func parseCommand(b []byte) (args []string, n int, err error) {
	count, n, err := header(b, '*', maxArgs)
	if err != nil {
		return nil, 0, err
	}
	if count == 0 {
		return nil, 0, fmt.Errorf("an empty command on the embedded connection")
	}
	end, err := commandEnd(b, n, count)
	if err != nil {
		return nil, 0, err
	}
	whole := string(b[:end]) // the one copy, that all arguments are parts of
	args = make([]string, count)
	for i := range args {
		size, h, _ := header(b[n:], '$', maxArg)
		args[i] = whole[n+h : n+h+size]
		n += h + size + 2
	}
	return args, n, nil
}

// commandEnd checks the bulk strings from at on and returns where the last ends.
func commandEnd(b []byte, at, count int) (int, error) {
	for range count {
		size, h, err := header(b[at:], '$', maxArg)
		if err != nil {
			return 0, err
		}
		end := at + h + size
		if len(b) < end+2 {
			return 0, io.ErrUnexpectedEOF
		}
		if b[end] != '\r' || b[end+1] != '\n' {
			return 0, fmt.Errorf("a bulk string without its end on the embedded connection")
		}
		at = end + 2
	}
	return at, nil
}

// header reads "*3\r\n" or "$5\r\n": the number, and how many bytes it took.
func header(b []byte, kind byte, most int) (value, n int, err error) {
	if len(b) == 0 {
		return 0, 0, io.ErrUnexpectedEOF
	}
	if b[0] != kind {
		return 0, 0, fmt.Errorf("%q instead of %q on the embedded connection", b[0], kind)
	}
	for i := 1; i < len(b); i++ {
		switch c := b[i]; {
		case c >= '0' && c <= '9':
			if value = value*10 + int(c-'0'); value > most {
				return 0, 0, fmt.Errorf("a length above %d on the embedded connection", most)
			}
		case c == '\r' && i > 1:
			if i+1 == len(b) {
				return 0, 0, io.ErrUnexpectedEOF
			}
			if b[i+1] == '\n' {
				return value, i + 2, nil
			}
			fallthrough
		default:
			return 0, 0, fmt.Errorf("a length that is no number on the embedded connection")
		}
	}
	return 0, 0, io.ErrUnexpectedEOF
}
