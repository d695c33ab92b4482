package tui

import (
	"strconv"
	"time"

	"capsim/export"
	"capsim/model"
)

func itoa(n int) string { return strconv.Itoa(n) }

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// clock writes an instant in a fixed width: "00:02.410".
func clock(t model.Time) string {
	ms := int64(t) / int64(time.Millisecond)
	var buf [24]byte
	b := appendPadded(buf[:0], ms/60_000, 2)
	b = append(b, ':')
	b = appendPadded(b, ms/1000%60, 2)
	b = append(b, '.')
	return string(appendPadded(b, ms%1000, 3))
}

// seconds writes an instant as the story does: "2.410", in at least 7 columns.
func seconds(t model.Time) string {
	ms := int64(t) / int64(time.Millisecond)
	var buf [32]byte
	b := buf[:0]
	for room := int64(100); room > max(ms/1000, 1); room /= 10 {
		b = append(b, ' ')
	}
	b = strconv.AppendInt(b, ms/1000, 10)
	b = append(b, '.')
	return string(appendPadded(b, ms%1000, 3))
}

// appendPadded appends a number with zeros before it to that width.
func appendPadded(b []byte, n int64, width int) []byte {
	for room := int64(10); width > 1; width-- {
		if n < room {
			b = append(b, "00000"[:width-1]...)
			break
		}
		room *= 10
	}
	return strconv.AppendInt(b, n, 10)
}

// lasting writes how long something has lasted, in a fixed width of 6 columns:
// " 1.2 s", " 12 ms".
func lasting(from, to model.Time) string {
	s := export.Span(to.Sub(from) / 1e5 * 1e5)
	for len(s) < 6 {
		s = " " + s
	}
	return s
}

// speed is how fast virtual time runs while playing, an index into speeds.
type speed int

// speeds are the factors that + and - step through.
var speeds = [...]struct {
	factor float64
	text   string
}{
	{0.01, "0.01×"},
	{0.02, "0.02×"},
	{0.05, "0.05×"},
	{0.1, " 0.1×"},
	{0.2, " 0.2×"},
	{0.5, " 0.5×"},
	{1, "   1×"},
	{2, "   2×"},
	{5, "   5×"},
	{10, "  10×"},
	{20, "  20×"},
	{50, "  50×"},
	{100, " 100×"},
}

// normal is the speed of the wall clock.
const normal speed = 6

func (s speed) String() string { return speeds[s].text }

// of returns how far virtual time moves in so much wall time.
func (s speed) of(d time.Duration) time.Duration { return time.Duration(float64(d) * speeds[s].factor) }

func (s speed) faster() speed { return min(s+1, speed(len(speeds)-1)) }
func (s speed) slower() speed { return max(s-1, 0) }
