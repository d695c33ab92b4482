package check

import (
	"fmt"
	"slices"
	"strings"

	"capsim/model"
	"capsim/trace"
)

// converged: no key is diverged, or not the one named.
var converged = Check{
	Name:  "converged",
	Usage: "[KEY]",
	Doc:   "all nodes that are up hold the same writes",
	About: "Nodes that are up hold the same set of writes of every key, or of the one named. Stamps " +
		"don't count, a tombstone is absence, and a node that serves nothing counts with what it " +
		"last applied. Convergence says nothing of what is read before.",
	Source:  "Vogels, Eventually Consistent (2008)",
	Default: true,
	Each:    true,
	Parse: optionalKey(func(h *History, key string) Finding {
		f := h.divergence(key)
		f.Verdict = f.Verdict.Not()
		return f
	}),
}

// divergence tells whether the key (any key, for "") is diverged at the end: nodes
// that are up hold different sets of writes. A tombstone is absence, and a node that
// serves nothing counts with what it last applied.
func (h *History) divergence(key string) Finding {
	v := h.view()
	if v.Apart {
		return Finding{Witness: "Nothing to judge: what a node keeps here is its own, and nobody's copy."}
	}
	if none := h.nothingHeld(v, key); none != "" {
		return Finding{Verdict: No, Witness: "Nothing to judge: " + none + "."}
	}
	if key == "" {
		for _, k := range v.Keys() {
			if v.Diverged(k) {
				return h.differing(v, k)
			}
		}
		return Finding{Verdict: No, Witness: fmt.Sprintf("All nodes that are up hold the same writes of %s.", plural(len(v.Keys()), "key"))}
	}
	if v.Diverged(key) {
		return h.differing(v, key)
	}
	holders, words := h.holding(v, key)
	return Finding{Verdict: No, Witness: fmt.Sprintf("%s %s %s of %s.",
		nodeList(holders[0]), verb(holders[0], "holds", "hold"), words[0], model.Quote(key))}
}

// nothingHeld says why no node can differ from another; "" if some could.
func (h *History) nothingHeld(v *trace.View, key string) string {
	keys := v.Keys()
	if key != "" {
		keys = []string{key}
	}
	up, held := false, false // held by one that is down, too
	for i := range v.Nodes {
		n := &v.Nodes[i]
		up = up || n.IsUp()
		held = held || slices.ContainsFunc(keys, func(key string) bool { return v.Cell(n.ID, key) != nil })
	}
	switch {
	case !up:
		return "no node is up"
	case held:
		return ""
	case key != "":
		return "no node holds a write of " + model.Quote(key)
	}
	return "no node holds a write"
}

// differing says which nodes hold what.
func (h *History) differing(v *trace.View, key string) Finding {
	holders, words := h.holding(v, key)
	parts := make([]string, len(words))
	for i := range words {
		parts[i] = fmt.Sprintf("%s %s %s", nodeList(holders[i]), verb(holders[i], "holds", "hold"), words[i])
	}
	f := Finding{Verdict: Yes, Witness: fmt.Sprintf("%s is diverged: %s.", model.Quote(key), strings.Join(parts, ", "))}
	for i := range v.Nodes {
		if c := v.Cell(v.Nodes[i].ID, key); c != nil && v.Nodes[i].IsUp() {
			f.Events = append(f.Events, c.Event)
			f.Ops = append(f.Ops, c.Last.Ops()...)
			f.At = max(f.At, c.At)
		}
	}
	f.tidy()
	return f
}

// holding groups the nodes that are up by what they hold of the key, in words.
func (h *History) holding(v *trace.View, key string) (holders [][]model.NodeID, words []string) {
	at := map[string]int{}
	for i := range v.Nodes {
		n := &v.Nodes[i]
		if !n.IsUp() {
			continue
		}
		w := "nothing"
		if c := v.Cell(n.ID, key); c != nil && len(c.Last.Ops()) > 0 {
			w = h.x.Names(c.Last.Ops(), key)
		}
		j, ok := at[w]
		if !ok {
			j = len(words)
			at[w] = j
			words = append(words, w)
			holders = append(holders, nil)
		}
		holders[j] = append(holders[j], n.ID)
	}
	return holders, words
}

func verb(ns []model.NodeID, one, many string) string {
	if len(ns) == 1 {
		return one
	}
	return many
}
