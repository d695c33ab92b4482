package labs

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"capsim/model"
	"capsim/policies"
)

// ZooKeeper's state machine over records: each znode is a key, its record a hash: its data,
// its children's names, and the fields of its Stat by ZooKeeper's names. Every node
// executes the commands of the log on it, in the log's order.
//
// Source: Hunt et al., ZooKeeper: Wait-free coordination for Internet-scale systems (USENIX
// ATC 2010), §2; the rules of sequence numbers, versions and ephemeral nodes are those of
// ZooKeeper's PrepRequestProcessor.

// zkTxn is the execution of one entry: what it reads is what it has written, else the
// records.
type zkTxn struct {
	e       policies.Entry
	read    model.Reader
	order   []string // keys written, in the order of their first writing
	written map[string]model.Value
}

// executeZK is the machine of the log.
func executeZK(e policies.Entry, read model.Reader, out *model.Effects) model.Reply {
	t := &zkTxn{e: e, read: read, written: map[string]model.Value{}}
	reply := t.execute(e.Command.Name(), e.Command.Words())
	if reply.Kind == model.ErrorReply && !strings.HasPrefix(reply.Str, zkSessionExpired) {
		return reply // nothing has changed
	}
	for _, key := range t.order {
		v := t.written[key]
		kind := model.Put
		if v.Type == model.None {
			kind = model.Delete
			if read(key).Type == model.None {
				continue
			}
		}
		out.List = append(out.List, model.Effect{Key: key, Kind: kind, Value: v})
	}
	return reply
}

func (t *zkTxn) value(key string) model.Value {
	if v, ok := t.written[key]; ok {
		return v
	}
	return t.read(key)
}

func (t *zkTxn) put(key string, v model.Value) {
	if _, again := t.written[key]; !again {
		t.order = append(t.order, key)
	}
	t.written[key] = v
}

func (t *zkTxn) node(path string) (znode, bool) { return znodeOf(path, t.value(path)) }

func (t *zkTxn) putNode(path string, z znode) { t.put(path, z.value()) }

// zkCommands are the commands of the log, and how many words each has.
var zkCommands = []struct {
	name  string
	words int
	do    func(t *zkTxn, w []string) model.Reply
}{
	{"OPEN", 5, (*zkTxn).open},
	{"CLOSE", 2, (*zkTxn).closeSession},
	{"EXPIRESESSION", 2, (*zkTxn).expireSession},
	{"CREATE", 5, (*zkTxn).create},
	{"SETDATA", 5, (*zkTxn).setData},
	{"DELETE", 4, (*zkTxn).delete},
	{"SYNC", 3, func(*zkTxn, []string) model.Reply { return model.OK }},
}

// Those from here on come from a session: its id and its connection are their first words.
const zkFirstOfSession = 3

func (t *zkTxn) execute(name string, words []string) model.Reply {
	for i, c := range zkCommands {
		if c.name != name {
			continue
		}
		if len(words) != c.words {
			return zkError(zkBadArguments, "%s has %d words", name, len(words))
		}
		if i >= zkFirstOfSession {
			if wrong := t.honoured(words[0], words[1]); wrong.Kind == model.ErrorReply {
				return wrong
			}
		}
		return c.do(t, words)
	}
	return zkError(zkBadArguments, "no command %s", name)
}

// create: session connection path data flags. Flags: e for ephemeral, s for sequential.
func (t *zkTxn) create(w []string) model.Reply {
	path, ephemeral := w[2], strings.Contains(w[4], "e")
	if path == "/" {
		return zkError(zkNodeExists, "/")
	}
	up, _ := parentOf(path)
	parent, ok := t.node(up)
	switch {
	case !ok:
		return zkError(zkNoNode, "%s", up)
	case parent.ephemeralOwner != "":
		return zkError(zkNoChildren, "%s", up)
	}
	if strings.Contains(w[4], "s") {
		path += fmt.Sprintf("%010d", parent.cversion)
	}
	if _, there := t.node(path); there {
		return zkError(zkNodeExists, "%s", path)
	}
	z := znode{data: w[3], czxid: t.e.Index(), mzxid: t.e.Index(), pzxid: t.e.Index()}
	if ephemeral {
		z.ephemeralOwner = w[0]
		s := t.session(w[0])
		s.ephemerals = append(s.ephemerals, path)
		t.putSession(w[0], s)
	}
	t.putNode(path, z)
	_, name := parentOf(path)
	parent.cversion++
	parent.pzxid = t.e.Index()
	i, _ := slices.BinarySearch(parent.children, name)
	parent.children = slices.Insert(parent.children, i, name)
	t.putNode(up, parent)
	return model.Bulk(path)
}

// expects tells why a command that expects a version can't have its way; "" expects any.
func expects(path string, z znode, version string) model.Reply {
	if version != "" && version != strconv.FormatInt(z.version, 10) {
		return zkError(zkBadVersion, "%s has version %d, not %s", path, z.version, version)
	}
	return model.Reply{}
}

// setData: session connection path data version.
func (t *zkTxn) setData(w []string) model.Reply {
	z, ok := t.node(w[2])
	if !ok {
		return zkError(zkNoNode, "%s", w[2])
	}
	if wrong := expects(w[2], z, w[4]); wrong.Kind == model.ErrorReply {
		return wrong
	}
	z.data, z.mzxid = w[3], t.e.Index()
	z.version++
	t.putNode(w[2], z)
	return model.Int(z.version)
}

// delete: session connection path version.
func (t *zkTxn) delete(w []string) model.Reply {
	z, ok := t.node(w[2])
	switch {
	case w[2] == "/":
		return zkError(zkBadArguments, "/ can't be deleted")
	case !ok:
		return zkError(zkNoNode, "%s", w[2])
	}
	if wrong := expects(w[2], z, w[3]); wrong.Kind == model.ErrorReply {
		return wrong
	}
	if len(z.children) > 0 {
		return zkError(zkNotEmpty, "%s", w[2])
	}
	if z.ephemeralOwner != "" {
		s := t.session(z.ephemeralOwner)
		s.ephemerals = slices.DeleteFunc(s.ephemerals, func(p string) bool { return p == w[2] })
		t.putSession(z.ephemeralOwner, s)
	}
	t.remove(w[2])
	return model.OK
}

// remove takes a node without children out of the tree.
func (t *zkTxn) remove(path string) {
	t.put(path, model.Value{})
	up, name := parentOf(path)
	parent, _ := t.node(up)
	parent.pzxid = t.e.Index()
	parent.children = slices.DeleteFunc(parent.children, func(c string) bool { return c == name })
	t.putNode(up, parent)
}

// readZK answers GETDATA, CHILDREN and STAT of a path from the records of one node.
func readZK(name, path string, read model.Reader) model.Reply {
	z, ok := znodeOf(path, read(path))
	if !ok {
		if name == "STAT" {
			return model.Reply{}
		}
		return zkError(zkNoNode, "%s", path)
	}
	switch name {
	case "GETDATA":
		return model.Bulk(z.data)
	case "CHILDREN":
		return model.List(z.children)
	}
	return model.List([]string{
		"version", strconv.FormatInt(z.version, 10), "children", strconv.Itoa(len(z.children)), "owner", z.ephemeralOwner,
	})
}
