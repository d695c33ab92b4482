package store

import (
	"fmt"
	"strings"

	"capsim/model"
)

// Parse reads what --store is given: miniredis, memory, spawn, or the URL of a
// Redis for each node, joined by commas. No error shows a password.
func Parse(spec string) (Opener, error) {
	switch spec {
	case "miniredis":
		return mini{}, nil
	case "memory":
		return memory{}, nil
	}
	if strings.Contains(spec, "://") {
		return nil, fmt.Errorf("store: servers by URL are not there")
	}
	return nil, fmt.Errorf("unknown store %s: it is miniredis, memory, spawn, or a Redis URL for each node (redis://host:port,redis://host:port,…)", model.Quote(spec))
}
