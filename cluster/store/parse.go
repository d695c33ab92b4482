package store

import (
	"strings"

	"capsim/model"
)

// Parse reads what --store is given: miniredis, memory, spawn, or the URL of a
// Redis for each node, joined by commas. The error is an *InputError.
func Parse(spec string) (Opener, error) {
	switch spec {
	case "miniredis":
		return mini{}, nil
	case "memory":
		return memory{}, nil
	case "spawn":
		return spawn{}, nil
	}
	if !strings.Contains(spec, "://") {
		what := ""
		if !strings.ContainsRune(spec, '@') { // what looks like an address may hold a password
			what = " " + short(spec)
		}
		return nil, inputError("unknown store%s: it is miniredis, memory, spawn, or a Redis URL for each node (redis://host:port,redis://host:port,…)", what)
	}
	var s servers
	for i, raw := range strings.Split(spec, ",") {
		e, err := parseEndpoint(strings.TrimSpace(raw))
		if err != nil {
			return nil, inputError("store of %s: %w", model.NodeID(i+1), err)
		}
		s.at = append(s.at, e)
	}
	return s, nil
}
