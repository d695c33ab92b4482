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
	b := make([]byte, 0, 12)
	b = pad(b, ms/60_000, 2)
	b = append(b, ':')
	b = pad(b, ms/1000%60, 2)
	b = append(b, '.')
	return string(pad(b, ms%1000, 3))
}

// seconds writes an instant as the story does: "2.410", in 7 columns.
func seconds(t model.Time) string {
	ms := int64(t) / int64(time.Millisecond)
	b := strconv.AppendInt(nil, ms/1000, 10)
	b = append(b, '.')
	b = pad(b, ms%1000, 3)
	for len(b) < 7 {
		b = append([]byte{' '}, b...)
	}
	return string(b)
}

func pad(b []byte, n int64, width int) []byte {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits); i < width; i++ {
		b = append(b, '0')
	}
	return append(b, digits...)
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
