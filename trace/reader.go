package trace

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"capsim/model"
)

// ErrHash is a trace file whose event lines are not those that its end mark was
// written for. The error that wraps it says both hashes.
var ErrHash = errors.New("the trace was changed after it was written")

// ErrVersion is a trace file of a format that this program does not know. The error
// that wraps it says both versions.
var ErrVersion = errors.New("the trace is of a newer format")

// errNoTrace is what a FormatError wraps if the file does not begin as a trace does.
var errNoTrace = errors.New(`this is no trace of capsim, which begins with {"trace":"capsim"`)

// FormatError says what is wrong with a line of a trace file.
type FormatError struct {
	Line int   // from 1
	Err  error // what was read and what was expected
}

func (e *FormatError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap returns what is wrong with the line.
func (e *FormatError) Unwrap() error { return e.Err }

// Read reads a whole trace file. A file without an end mark is no error: File.Cut
// says so, and a last line that is not whole is left out. Errors are *FormatError, or
// wrap ErrHash, ErrVersion, or what r returned.
func Read(r io.Reader) (*File, error) {
	in := lines{r: bufio.NewReaderSize(r, 64<<10)}
	d := decoder{words: make(map[string]string)}
	line, whole, err := in.next()
	if err != nil {
		return nil, err
	}
	f := &File{Log: &Log{}}
	f.Header, err = d.header(line)
	switch {
	case errors.Is(err, ErrVersion):
		return nil, err
	case err != nil && !whole && bytes.HasPrefix(line, []byte(`{"trace":"capsim"`)):
		return nil, in.wrong(fmt.Errorf("the file was cut off within its header; there is no event in it (%w)", err))
	case err != nil:
		return nil, in.wrong(err)
	}
	sum := sha256.New()
	last := model.Time(0)
	for {
		line, whole, err = in.next()
		switch {
		case err != nil:
			return nil, err
		case len(line) == 0 && !whole:
			f.Cut = true
			f.Hash = hex.EncodeToString(sum.Sum(nil))
			return f, nil
		case bytes.HasPrefix(line, []byte(`{"end":`)):
			end, err := d.end(line)
			if err != nil && !whole {
				continue // a cut within the end mark
			}
			if err != nil {
				return nil, in.wrong(err)
			}
			f.End, f.Hash = end, hex.EncodeToString(sum.Sum(nil))
			return f.check(&in)
		}
		e, err := d.event(line, f.Log.Len()+1)
		if err == nil && e.At < last {
			err = fmt.Errorf("time goes back: from %v to %v", last, e.At)
		}
		switch {
		case err != nil && !whole:
			continue // the last line, cut
		case err != nil:
			return nil, in.wrong(err)
		}
		last = e.At
		f.Log.Append(e)
		sum.Write(line)
		sum.Write(newline)
	}
}

var newline = []byte{'\n'}

// check compares what was read with the end mark, and makes sure that it is the end.
func (f *File) check(in *lines) (*File, error) {
	if f.End.SHA256 != f.Hash {
		return nil, fmt.Errorf("%w: its end mark says SHA-256 %s, its %d event lines have %s; take an unchanged copy, or record the run again",
			ErrHash, model.Quote(f.End.SHA256), f.Log.Len(), f.Hash)
	}
	if f.End.Events != f.Log.Len() {
		return nil, in.wrong(fmt.Errorf("expected an end mark for %d events, got one for %d", f.Log.Len(), f.End.Events))
	}
	line, whole, err := in.next()
	switch {
	case err != nil:
		return nil, err
	case whole || len(line) > 0:
		return nil, in.wrong(errors.New("expected nothing after the end mark"))
	}
	return f, nil
}

// lines reads a file by lines of bounded length.
type lines struct {
	r    *bufio.Reader
	n    int // lines read
	long []byte
}

// next returns the next line without its newline, valid until the next call, and
// whether it had one. At the end of the file it is empty and had none.
func (l *lines) next() (line []byte, whole bool, err error) {
	l.n++
	line, err = l.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		l.long = append(l.long[:0], line...)
		for errors.Is(err, bufio.ErrBufferFull) {
			if len(l.long) > MaxLine {
				return nil, false, l.wrong(fmt.Errorf("expected a line of at most %d bytes, got a longer one", MaxLine))
			}
			line, err = l.r.ReadSlice('\n')
			l.long = append(l.long, line...)
		}
		line = l.long
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, false, fmt.Errorf("reading the trace, line %d: %w", l.n, err)
	}
	if n := len(line) - 1; n >= 0 && line[n] == '\n' {
		return line[:n], true, nil
	}
	return line, false, nil
}

func (l *lines) wrong(err error) error { return &FormatError{Line: l.n, Err: err} }
