package labs_test

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"capsim/model"
	"capsim/policies"
)

// naiveZK is ZooKeeper on one machine, as plainly as it can be written: a map of paths.
// It is the oracle of the lab's machine, which works on records.
type naiveZK struct {
	data     map[string]string
	version  map[string]int
	created  map[string]int    // how many children a node ever had
	owner    map[string]string // by path
	conn     map[string]string // by session
	client   map[string]string // by session
	server   map[string]string // by session
	newest   map[string]string // by client
	mustTell map[string]string // by client: the session that expired
}

func newNaiveZK() *naiveZK {
	n := &naiveZK{
		data: map[string]string{"/": ""}, version: map[string]int{}, created: map[string]int{}, owner: map[string]string{},
		conn: map[string]string{}, client: map[string]string{}, server: map[string]string{}, newest: map[string]string{}, mustTell: map[string]string{},
	}
	return n
}

func naiveParent(path string) string {
	if i := strings.LastIndex(path, "/"); i > 0 {
		return path[:i]
	}
	return "/"
}

func (n *naiveZK) children(path string) []string {
	var out []string
	for p := range n.data {
		if p != "/" && naiveParent(p) == path {
			out = append(out, p[strings.LastIndex(p, "/")+1:])
		}
	}
	sort.Strings(out)
	return out
}

// code is what is compared of a reply: of an error its code alone.
func code(r model.Reply) string {
	if r.Kind == model.ErrorReply {
		return strings.Fields(r.Str)[0]
	}
	return r.String()
}

func (n *naiveZK) remove(path string) {
	delete(n.data, path)
	delete(n.version, path)
	delete(n.created, path)
	delete(n.owner, path)
}

func (n *naiveZK) end(session string) {
	for p, o := range n.owner {
		if o == session {
			n.remove(p)
		}
	}
	delete(n.conn, session)
}

// do executes a command of the log: what a reply's code must be.
func (n *naiveZK) do(name string, w []string) string {
	if name == "OPEN" {
		return n.open(w)
	}
	switch c, lives := n.conn[w[0]]; {
	case !lives:
		return "SESSIONEXPIRED"
	case c != w[1]:
		return "SESSIONMOVED"
	}
	switch name {
	case "CLOSE", "EXPIRESESSION":
		client := n.client[w[0]]
		n.end(w[0])
		if name == "EXPIRESESSION" && n.newest[client] == w[0] {
			n.mustTell[client] = w[0]
		}
		return "OK"
	case "SYNC":
		return "OK"
	}
	path := w[2]
	_, there := n.data[path]
	if name == "CREATE" {
		return n.create(w)
	}
	if !there {
		return "NONODE"
	}
	want := w[len(w)-1]
	if path == "/" && name == "DELETE" {
		return "BADARGUMENTS"
	}
	if want != "" && want != strconv.Itoa(n.version[path]) {
		return "BADVERSION"
	}
	if name == "SETDATA" {
		n.data[path] = w[3]
		n.version[path]++
		return strconv.Itoa(n.version[path])
	}
	if len(n.children(path)) > 0 {
		return "NOTEMPTY"
	}
	n.remove(path)
	return "OK"
}

func (n *naiveZK) create(w []string) string {
	path, up := w[2], naiveParent(w[2])
	if path == "/" {
		return "NODEEXISTS"
	}
	if _, there := n.data[up]; !there {
		return "NONODE"
	}
	if n.owner[up] != "" {
		return "NOCHILDRENFOREPHEMERALS"
	}
	if strings.Contains(w[4], "s") {
		path += fmt.Sprintf("%010d", n.created[up])
	}
	if _, there := n.data[path]; there {
		return "NODEEXISTS"
	}
	n.data[path] = w[3]
	n.created[up]++
	if strings.Contains(w[4], "e") {
		n.owner[path] = w[0]
	}
	return path
}

func (n *naiveZK) open(w []string) string {
	client, id := w[0], w[1]
	if strings.HasPrefix(id, "*") {
		told := n.mustTell[client]
		if told != "" && told != id[1:] {
			delete(n.mustTell, client)
			return "SESSIONEXPIRED"
		}
		id = ""
		if _, lives := n.conn[n.newest[client]]; lives {
			id = n.newest[client]
		}
	}
	if id == "" && n.conn[n.newest[client]] == w[2] {
		id = n.newest[client]
	}
	if id == "" {
		last, _ := strconv.Atoi(strings.TrimPrefix(n.newest[client], client+"-"))
		id = fmt.Sprintf("%s-%d", client, last+1)
		n.newest[client] = id
		delete(n.mustTell, client)
	} else if _, lives := n.conn[id]; !lives {
		return "SESSIONEXPIRED"
	} else if w[4] == "stay" && n.server[id] != w[3] {
		return "SESSIONMOVED"
	}
	n.conn[id], n.client[id], n.server[id] = w[2], client, w[3]
	return id
}

// read answers a client's read.
func (n *naiveZK) read(name, path string) string {
	data, there := n.data[path]
	switch {
	case !there && name == "STAT":
		return "nil"
	case !there:
		return "NONODE"
	case name == "GETDATA":
		return model.Bulk(data).String()
	case name == "CHILDREN":
		return model.List(n.children(path)).String()
	}
	return model.List([]string{"version", strconv.Itoa(n.version[path]), "children", strconv.Itoa(len(n.children(path))), "owner", n.owner[path]}).String()
}

// zkHistory is what the nodes of a run executed, by index: all the same.
type zkHistory struct {
	entries map[uint64]policies.Entry
	replies map[uint64]string
}

// states replays the history: f is called with the state after each entry, ascending.
func (h *zkHistory) states(f func(index uint64, n *naiveZK) error) error {
	var order []uint64
	for i := range h.entries {
		order = append(order, i)
	}
	slices.Sort(order)
	n := newNaiveZK()
	for _, i := range order {
		e := h.entries[i]
		got := n.do(e.Command.Name(), e.Command.Words())
		if want := h.replies[i]; strings.Trim(got, `"`) != strings.Trim(want, `"`) {
			return fmt.Errorf("entry %d, %v: the machine says %s, the oracle %s", i, e.Command, want, got)
		}
		if err := f(i, n); err != nil {
			return err
		}
	}
	return nil
}
