package labs

import (
	"fmt"
	"strconv"

	"capsim/model"
	"capsim/policies"
)

// coordinate does a client's command.
func coordinate(env policies.Env, c *zkClient, req policies.Request) {
	name, w := req.Command.Name(), req.Command.Words()
	op := req.Op
	answer := func(write bool) func(policies.Env, zkAnswer) {
		return func(env policies.Env, a zkAnswer) { c.finish(env, op, a, write) }
	}
	switch name {
	case "CREATE":
		path, data, flags := createWords(w)
		c.do(env, op, 0, answer(true), name, path, data, flags)
	case "SETDATA":
		c.do(env, op, 0, answer(true), name, w[0], w[1], word(w, 2))
	case "DELETE":
		c.do(env, op, 0, answer(true), name, w[0], word(w, 1))
	case "CLOSE":
		if c.state == zkIsClosed && !c.beside {
			env.Reply(op, model.Answered(model.OK)) // there is no session
			return
		}
		for _, e := range c.elections {
			c.cease(env, e, "it closes its session")
		}
		c.do(env, op, 0, answer(true), name)
	case "SYNC":
		c.do(env, op, 0, answer(false), name, w[0])
	case "SESSION":
		c.do(env, op, 0, answer(false), name)
	case "ELECT":
		c.elect(env, op, w[0], answer(true))
	case "RESIGN":
		c.resign(env, op, w[0], answer(true))
	case "JOIN":
		c.ensure(env, op, w[0], func(env policies.Env, a zkAnswer) {
			if !a.ok() {
				c.finish(env, op, a, true)
				return
			}
			c.do(env, op, 0, answer(true), "CREATE", w[0]+"/"+c.name, word(w, 1), "e")
		})
	case "BARRIER":
		n, _ := strconv.Atoi(w[1])
		c.barrier(env, op, w[0], n, answer(true))
	default:
		c.readAndWatch(env, req)
	}
}

// readAndWatch does a read, and tells the story once its watch fires.
func (c *zkClient) readAndWatch(env policies.Env, req policies.Request) {
	name, w := req.Command.Name(), req.Command.Words()
	c.do(env, req.Op, 0, func(env policies.Env, a zkAnswer) {
		c.finish(env, req.Op, a, false)
		if len(w) < 2 || !a.ok() {
			return
		}
		watch := zkWatch{path: w[0], kind: "data", zxid: a.zxid}
		switch {
		case name == "CHILDREN":
			watch.kind = "children"
		case a.reply.Kind == model.NilReply:
			watch.kind = "exists"
		}
		env.Note("zk.watches", "client", c.name, "path", watch.path, "kind", watch.kind, "zxid", fmt.Sprint(a.zxid),
			"says", fmt.Sprintf("%s watches %s: it will be told of the next change, once.", c.name, watch.path), "tone", "quiet")
		c.watch(watch, c.told)
	}, append([]string{name}, w...)...)
}

// told tells that a watch has fired.
func (c *zkClient) told(env policies.Env, w zkWatch, what string) {
	says := map[string]string{
		"created": "was created", "deleted": "was deleted", "changed": "has new data", "children": "has other children",
	}[what]
	env.Note("zk.told", "client", c.name, "path", w.path, "kind", w.kind, "what", what, "zxid", fmt.Sprint(c.zxid),
		"says", fmt.Sprintf("%s's watch fires: %s %s.", c.name, w.path, says), "tone", "good")
	env.Count("zk.told", 1)
}

// word returns a word that may be missing.
func word(w []string, i int) string {
	if i < len(w) {
		return w[i]
	}
	return ""
}

// createWords reads path [data] [ephemeral] [sequential].
func createWords(w []string) (path, data, flags string) {
	rest := w[1:]
	if len(rest) > 0 && !isFlag(rest[0]) {
		data, rest = rest[0], rest[1:]
	}
	for _, f := range rest {
		flags += f[:1]
	}
	return w[0], data, flags
}

func isFlag(s string) bool { return s == "ephemeral" || s == "sequential" }

// zkValid finds what is wrong with a command's words: the path, which is the first, and
// what else says.
func zkValid(rest func(w []string) error) func(w []string) error {
	return func(w []string) error {
		if err := validPath(w[0]); err != nil {
			return &policies.ChoiceError{Word: 0, Got: w[0], Want: err.Error()}
		}
		if rest == nil {
			return nil
		}
		return rest(w)
	}
}

func validCreate(w []string) error {
	rest := w[1:]
	if len(rest) > 0 && !isFlag(rest[0]) {
		rest = rest[1:]
	}
	for i, f := range rest {
		if !isFlag(f) || i > 0 && rest[i-1] == f {
			return &policies.ChoiceError{Word: len(w) - len(rest) + i, Got: f, Want: "ephemeral or sequential"}
		}
	}
	return validData(w)
}

func validData(w []string) error {
	if len(w) > 1 && len(w[1]) > mostData {
		return &policies.ChoiceError{Word: 1, Got: "…", Want: fmt.Sprintf("at most %d bytes of data", mostData)}
	}
	return nil
}

// validVersion says that the word at i, if there, is a version.
func validVersion(i int) func(w []string) error {
	return func(w []string) error {
		if i < len(w) {
			if n, err := strconv.ParseInt(w[i], 10, 64); err != nil || n < 0 || strconv.FormatInt(n, 10) != w[i] {
				return &policies.ChoiceError{Word: i, Got: w[i], Want: "the version that the data must have, from 0"}
			}
		}
		return validData(w)
	}
}

func validWatch(w []string) error {
	if len(w) > 1 && w[1] != "watch" {
		return &policies.ChoiceError{Word: 1, Got: w[1], Want: "watch"}
	}
	return nil
}

func validCount(w []string) error {
	if n, err := strconv.Atoi(w[1]); err != nil || n < 1 || n > 1000 {
		return &policies.ChoiceError{Word: 1, Got: w[1], Want: "how many must come, 1 to 1000"}
	}
	return nil
}

// below leaves room for the names that a recipe makes below a path.
func below(rest func(w []string) error) func(w []string) error {
	return func(w []string) error {
		if w[0] == "/" || len(w[0]) > mostPath/2 {
			return &policies.ChoiceError{Word: 0, Got: w[0], Want: fmt.Sprintf("a path below /, of at most %d bytes", mostPath/2)}
		}
		if rest == nil {
			return nil
		}
		return rest(w)
	}
}
