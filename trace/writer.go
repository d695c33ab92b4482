package trace

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
)

// Hasher computes trace_sha256 of a run, that of its event lines (each with its
// newline), without keeping them.
type Hasher struct {
	sum hash.Hash
	n   int
	buf []byte
}

// NewHasher returns the hasher of no events.
func NewHasher() *Hasher { return &Hasher{sum: sha256.New()} }

// Event takes in the next event.
func (h *Hasher) Event(e *Event) {
	h.n++
	h.buf = AppendEvent(h.buf, h.n, e)
	if len(h.buf) >= hashBlock {
		h.flush()
	}
}

// hashBlock is how many bytes are hashed at once.
const hashBlock = 8 << 10

func (h *Hasher) flush() {
	h.sum.Write(h.buf)
	h.buf = h.buf[:0]
}

// Sum returns the hash of the lines so far, in lower-case hex.
func (h *Hasher) Sum() string {
	h.flush()
	return hex.EncodeToString(h.sum.Sum(nil))
}

// Hash returns trace_sha256 of a whole log.
func Hash(l *Log) string {
	h := NewHasher()
	for _, e := range l.All() {
		h.Event(e)
	}
	return h.Sum()
}

// writeBlock is how many bytes a Writer gathers before it writes.
const writeBlock = 32 << 10

// Writer writes a trace file while the run goes on. Its errors stick: the first one
// is what every later call returns. A run that is killed leaves a file that reads
// up to the last block that was written.
type Writer struct {
	w   io.Writer
	sum hash.Hash
	n   int
	buf []byte
	err error
}

// NewWriter writes the header at once, and returns the writer of the rest.
func NewWriter(w io.Writer, h Header) *Writer {
	t := &Writer{w: w, sum: sha256.New()}
	t.buf = appendHeader(make([]byte, 0, writeBlock+4<<10), &h)
	t.write()
	return t
}

// write hands on the buffer as it is.
func (w *Writer) write() {
	if w.err == nil && len(w.buf) > 0 {
		_, w.err = w.w.Write(w.buf)
	}
	w.buf = w.buf[:0]
}

// Event writes the next event.
func (w *Writer) Event(e *Event) error {
	w.n++
	w.buf = AppendEvent(w.buf, w.n, e)
	if len(w.buf) >= writeBlock {
		return w.Flush()
	}
	return w.err
}

// Flush hands on all that was written so far.
func (w *Writer) Flush() error {
	w.sum.Write(w.buf)
	w.write()
	return w.err
}

// Hash returns the SHA-256 of the event lines so far, in lower-case hex: what the
// end mark says if no more come.
func (w *Writer) Hash() string {
	_ = w.Flush() // its error sticks
	return hex.EncodeToString(w.sum.Sum(nil))
}

// Close writes the end mark. It does not close what the file is written to. Nothing
// may be written after it.
func (w *Writer) Close() error {
	end := End{Events: w.n, SHA256: w.Hash()}
	w.buf = appendEnd(w.buf, end)
	w.write()
	return w.err
}
