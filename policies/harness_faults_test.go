package policies

import (
	"strings"

	"capsim/model"
)

// partition isolates groups from each other; a node in none is alone. Remote clients
// keep their links.
func (w *world) partition(groups ...[]model.NodeID) {
	side := map[model.NodeID]int{}
	for i, g := range groups {
		for _, n := range g {
			side[n] = i + 1
		}
	}
	for _, a := range w.nodes {
		for _, b := range w.nodes {
			if a != b && (side[a.id] != side[b.id] || side[a.id] == 0) {
				w.cut[[2]int{int(a.id), int(b.id)}] = true
			} else {
				delete(w.cut, [2]int{int(a.id), int(b.id)})
			}
		}
	}
	w.logf("partition %v", groups)
}

// cutLink cuts one direction.
func (w *world) cutLink(from, to model.NodeID) { w.cut[[2]int{int(from), int(to)}] = true }

func (w *world) heal() {
	w.logf("heal")
	clear(w.cut)
	held := w.held
	w.held = nil
	for _, f := range held {
		f(true)
	}
}

func (w *world) crash(n model.NodeID) {
	h := w.node(n)
	if !h.up {
		return
	}
	w.logf("%v crash", n)
	h.up, h.replica, h.paused, h.waiting = false, nil, false, nil
	for _, o := range w.ops {
		if o.host == n && o.open() {
			w.finish(o, model.Result{Outcome: model.Unknown, Why: "crash"})
		}
	}
}

func (w *world) wipe(n model.NodeID) {
	w.crash(n)
	h := w.node(n)
	h.disk = newMemStore()
	h.applied = map[string]*model.Record{}
	h.boot, h.wiped = WipedBoot, true
}

func (w *world) restart(n model.NodeID) {
	h := w.node(n)
	if h.up {
		return
	}
	switch {
	case h.boot == WipedBoot:
		h.startReplica(WipedBoot)
	case h.switched:
		h.startReplica(Switched)
	default:
		h.startReplica(Restarted)
	}
}

func (w *world) pause(n model.NodeID) { w.node(n).paused = w.node(n).up }

func (w *world) resume(n model.NodeID) {
	h := w.node(n)
	h.paused = false
	waiting := h.waiting
	h.waiting = nil
	for _, f := range waiting {
		w.push(w.now, f)
	}
}

// toggle changes the policy at all nodes in one instant.
func (w *world) toggle(policy string) {
	c, err := Specs.Choose(strings.Fields(policy))
	if err != nil {
		w.t.Fatal(err)
	}
	w.logf("toggle %v", policy)
	w.choice = c
	w.stretch++
	w.held = nil
	for _, o := range w.ops {
		switch {
		case !o.open():
		case o.begun:
			w.finish(o, model.Result{Outcome: model.Unknown, Why: "toggle"})
		default:
			w.finish(o, model.Refuse(model.CodeSwitched, "toggle"))
		}
	}
	for _, h := range w.nodes {
		h.serving, h.waiting = false, nil
		if h.up {
			h.startReplica(Switched)
		} else {
			h.switched = true
		}
	}
	for _, h := range w.clients {
		h.startReplica(Switched)
	}
}
