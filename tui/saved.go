package tui

import (
	"errors"
	"fmt"

	"capsim/scenarios"
	"capsim/trace"
)

// sumOf returns the SHA-256 of a log's events, as trace files and --json have it.
func sumOf(l *trace.Log) string {
	h := trace.NewHasher()
	for _, e := range l.All() {
		h.Event(e)
	}
	return h.Sum()
}

// replayed runs a saved script to its end, in memory, and returns the hash of its trace.
// The error says where the trace is another than the one on the screen.
func replayed(script string, files map[string]string, shown *trace.Log) (sum string, err error) {
	find := func(name string) ([]byte, error) { return []byte(files[name]), nil }
	s, err := scenarios.ParseFiles("saved.capsim", []byte(script), find)
	if err != nil {
		return "", err
	}
	r, err := scenarios.Open(s, scenarios.Options{Memory: true})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if err := r.Run(); err != nil {
		return "", err
	}
	var is, was []byte
	for n := 1; n <= shown.Len(); n++ {
		if n > r.Log().Len() {
			return "", fmt.Errorf("run again, the script gives %d events where this session has %d", r.Log().Len(), shown.Len())
		}
		is, was = trace.AppendEvent(is[:0], n, r.Log().At(n)), trace.AppendEvent(was[:0], n, shown.At(n))
		if string(is) != string(was) {
			return "", fmt.Errorf("run again, the script gives another event %d: %s instead of %s", n, is, was)
		}
	}
	return sumOf(r.Log()), nil
}
