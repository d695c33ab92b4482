package labs

import (
	"fmt"
	"strconv"
	"strings"

	"capsim/model"
)

// Errors, by ZooKeeper's names. The path or what else is concerned follows.
const (
	zkNoNode         = "NONODE"
	zkNodeExists     = "NODEEXISTS"
	zkBadVersion     = "BADVERSION"
	zkNotEmpty       = "NOTEMPTY"
	zkNoChildren     = "NOCHILDRENFOREPHEMERALS"
	zkBadArguments   = "BADARGUMENTS"
	zkSessionExpired = "SESSIONEXPIRED"
	zkSessionMoved   = "SESSIONMOVED"
	zkConnectionLoss = "CONNECTIONLOSS"
)

func zkError(code, format string, a ...any) model.Reply {
	return model.Error(code + " " + fmt.Sprintf(format, a...))
}

// znode is a node of the tree.
type znode struct {
	data                string
	children            []string // names, sorted
	version             int64    // of the data: how often it was set
	cversion            int64    // how many children were ever created: the next sequence number
	czxid, mzxid, pzxid uint64   // the entry that created it, set its data, changed its children
	ephemeralOwner      string   // the session; "" of a persistent node
}

// value writes the node as its record holds it, the data first: fields stand in the
// order of their names.
func (z *znode) value() model.Value {
	var m []string
	add := func(field, value string) { m = append(m, field, value) }
	add("data", z.data)
	if len(z.children) > 0 {
		add("names", strings.Join(z.children, " "))
	}
	if z.cversion > 0 {
		add("stat.cversion", strconv.FormatInt(z.cversion, 10))
	}
	add("stat.czxid", strconv.FormatUint(z.czxid, 10))
	if z.ephemeralOwner != "" {
		add("stat.ephemeralOwner", z.ephemeralOwner)
	}
	add("stat.mzxid", strconv.FormatUint(z.mzxid, 10))
	add("stat.pzxid", strconv.FormatUint(z.pzxid, 10))
	add("stat.version", strconv.FormatInt(z.version, 10))
	return model.Value{Type: model.Hash, Members: m}
}

// fieldsOf returns a hash's field.
func fieldOf(v model.Value, name string) string {
	for i := 0; i+1 < len(v.Members); i += 2 {
		if v.Members[i] == name {
			return v.Members[i+1]
		}
	}
	return ""
}

// znodeOf reads what a path's key holds; false if there is no such node. The root is
// always there.
func znodeOf(path string, v model.Value) (znode, bool) {
	if v.Type != model.Hash {
		return znode{}, path == "/"
	}
	whole := func(name string) uint64 { n, _ := strconv.ParseUint(fieldOf(v, name), 10, 63); return n }
	return znode{
		data: fieldOf(v, "data"), children: strings.Fields(fieldOf(v, "names")),
		version: int64(whole("stat.version")), cversion: int64(whole("stat.cversion")),
		czxid: whole("stat.czxid"), mzxid: whole("stat.mzxid"), pzxid: whole("stat.pzxid"),
		ephemeralOwner: fieldOf(v, "stat.ephemeralOwner"),
	}, true
}

// parentOf splits a path into its parent's and its own name.
func parentOf(path string) (parent, name string) {
	i := strings.LastIndexByte(path, '/')
	return path[:max(i, 1)], path[i+1:]
}

// mostPath and mostData are how long a path, and how large a node's data may be, in
// bytes; the latter as ZooKeeper's jute.maxbuffer has it by default.
const (
	mostPath = 256
	mostData = 1 << 20
)

// validPath tells why the path can't stand.
func validPath(path string) error {
	switch {
	case path == "" || path[0] != '/':
		return fmt.Errorf("a path that begins with /, such as /config")
	case len(path) > mostPath:
		return fmt.Errorf("a path of at most %d bytes", mostPath)
	case path == "/":
		return nil
	}
	for _, name := range strings.Split(path[1:], "/") {
		if name == "" || name == "." || name == ".." {
			return fmt.Errorf("a path with no empty name and no . or .. in it")
		}
		if strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == 0x7f || r == 0xfffd || r >= 0x80 && r <= 0xa0 }) {
			return fmt.Errorf("a path without spaces and control characters")
		}
	}
	return nil
}
