package export

import (
	"strconv"
	"strings"
	"time"

	"capsim/model"
)

// Span writes a duration as people say it: "0.2 s", "12 ms", "0.3 ms".
func Span(d time.Duration) string {
	switch {
	case d < 0:
		return "-" + Span(-d)
	case d == 0:
		return "0 ms"
	case d < 10*time.Millisecond:
		return strconv.FormatFloat(float64(d)/1e6, 'f', 1, 64) + " ms"
	case d < 100*time.Millisecond:
		return strconv.FormatFloat(float64(d)/1e6, 'f', 0, 64) + " ms"
	case d < 10*time.Second:
		return strconv.FormatFloat(float64(d)/1e9, 'f', 1, 64) + " s"
	}
	return strconv.FormatFloat(float64(d)/1e9, 'f', 0, 64) + " s"
}

// after says how long something took: "at once", "after 12 ms".
func after(d time.Duration) string {
	if d == 0 {
		return "at once"
	}
	return "after " + Span(d)
}

// nodeList writes "n1", "n1 and n2", "n1, n2 and n3".
func nodeList(ids []model.NodeID) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = id.String()
	}
	return wordList(words)
}

func wordList(words []string) string {
	switch n := len(words); n {
	case 0:
		return "nobody"
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
}

// plural chooses by count: plural(1, "has", "have").
func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
