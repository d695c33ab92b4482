package export

import (
	"slices"
	"strings"

	"capsim/model"
	"capsim/trace"
)

// faultTellers says what each fault of the script language means, by its first
// word; one that is not here is told in its own words.
var faultTellers = map[string]func(s *Narrator, args []string, t *text) Tone{
	"partition": func(s *Narrator, args []string, t *text) Tone {
		t.add("The network splits: ", strings.Join(s.groups(args), " | "), ". No message passes between the sides")
		if len(args) > 0 && args[len(args)-1] == "hold" {
			t.add(" until the heal")
		}
		t.add(".")
		return Fault
	},
	"cut": func(_ *Narrator, args []string, t *text) Tone {
		if len(args) > 1 && args[1] == "hold" {
			t.add(links(args), " is cut: what is sent over it waits for the heal.")
		} else {
			t.add(links(args), " is cut: what is sent over it is lost.")
		}
		return Fault
	},
	"heal": func(_ *Narrator, args []string, t *text) Tone {
		switch {
		case len(args) == 0:
			t.add("The network heals: messages pass again.")
		case args[0] == "all":
			t.add("Everything heals: messages pass again, delays, losses and the like end.")
		default:
			t.add(links(args), " heals: messages pass again.")
		}
		return Good
	},
	"delay": func(_ *Narrator, args []string, t *text) Tone {
		t.add("Messages over ", over(args), " now take ", manner(args), ".")
		if off(args) {
			return Good
		}
		return Fault
	},
	"loss": func(_ *Narrator, args []string, t *text) Tone {
		if len(args) > 1 && args[1] == "off" {
			t.add("Messages over ", over(args), " are no longer lost.")
			return Good
		}
		t.add("Of the messages over ", over(args), ", ", strings.Join(args[min(1, len(args)):], " "), " are lost.")
		return Fault
	},
	"crash": func(_ *Narrator, args []string, t *text) Tone {
		switch {
		case !isNode(first(args)):
			t.add(first(args), " crashes: a client has no disk, and forgets what it was doing.")
		case len(args) > 1 && args[1] == "wipe":
			t.add(first(args), " crashes and its disk is emptied: what only it held is gone.")
		default:
			t.add(first(args), " crashes: it answers nobody, but its disk keeps what it wrote.")
		}
		return Fault
	},
	"restart": func(s *Narrator, args []string, t *text) Tone {
		id, node := model.ParseNode(first(args))
		switch {
		case !node:
			t.add(first(args), " starts again, and remembers only what its session had read and written.")
		case s.node(id).emptied:
			t.add(first(args), " starts again, on an empty disk.")
		default:
			t.add(first(args), " starts again, with what is on its disk.")
		}
		return Good
	},
	"pause": func(_ *Narrator, args []string, t *text) Tone {
		t.add(first(args), " stands still, as in a long garbage collection: messages wait before its door.")
		return Fault
	},
	"end": func(_ *Narrator, _ []string, t *text) Tone {
		t.add("The run ends.")
		return Quiet
	},
	"resume": func(_ *Narrator, args []string, t *text) Tone {
		t.add(first(args), " goes on, as if no time had passed.")
		return Good
	},
}

// isNode tells whether the host that a fault names is a node, not a remote client.
func isNode(host string) bool {
	_, ok := model.ParseNode(host)
	return ok
}

// groups returns the sides that a partition makes: * is the nodes not named, and
// without one each of those is alone.
func (w *world) groups(args []string) []string {
	if len(args) > 0 && args[len(args)-1] == "hold" {
		args = args[:len(args)-1]
	}
	var rest []string
	if len(w.nodes) > mostNamed {
		rest = []string{"all others"}
		if !slices.Contains(args, "*") {
			rest[0] = "each of the others alone"
		}
		return w.split(args, rest)
	}
	for i := range w.nodes {
		if id := w.nodes[i].id.String(); !slices.Contains(args, id) {
			rest = append(rest, id)
		}
	}
	return w.split(args, rest)
}

// mostNamed is how many nodes are named one by one.
const mostNamed = 9

// split puts the rest where the star is; without one each of it is a group.
func (*world) split(args, rest []string) []string {
	var words []string
	star := slices.Contains(args, "*")
	for _, a := range args {
		if a == "*" {
			words = append(words, rest...)
		} else {
			words = append(words, a)
		}
	}
	groups := strings.Split(strings.Join(words, " "), " | ")
	if !star {
		groups = append(groups, rest...)
	}
	return groups
}

// cause writes the fault that stands in a message's way, a partition by its sides.
func (w *world) cause(fault string) string {
	words := strings.Fields(printed(fault))
	if len(words) < 2 || words[0] != "partition" {
		return printed(fault)
	}
	return "partition " + strings.Join(w.groups(words[1:]), " | ")
}

// over names the links that a fault is about, and all of them in words.
func over(args []string) string {
	from, to, both := first(args), "", false
	if a, b, ok := strings.Cut(from, "->"); ok {
		from, to = a, b
	} else if a, b, ok := strings.Cut(from, "-"); ok {
		from, to, both = a, b, true
	}
	switch {
	case from == "*" && to == "*":
		return "every link"
	case from == "*" && both:
		return "every link of " + to
	case to == "*" && both:
		return "every link of " + from
	case from == "*" && to != "":
		return "every link to " + to
	case to == "*":
		return "every link from " + from
	}
	return first(args)
}

// links names them at the beginning of a sentence.
func links(args []string) string {
	if o := over(args); strings.HasPrefix(o, "every") {
		return "E" + o[1:]
	}
	return "The link " + first(args)
}

func first(args []string) string {
	if len(args) == 0 {
		return "?"
	}
	return args[0]
}

// manner says what a delay fault does: "200ms longer", "5 times as long".
func manner(args []string) string {
	rest := strings.Join(args[min(1, len(args)):], " ")
	switch {
	case rest == "off":
		return "their usual time again"
	case strings.HasPrefix(rest, "+"):
		return rest[1:] + " longer"
	case strings.HasPrefix(rest, "x"):
		return rest[1:] + " times as long"
	}
	return rest
}

// IsFault tells whether a statement of the trace does something to the cluster,
// and is no client's command or policy.
func IsFault(statement string) bool {
	words := strings.Fields(statement)
	return len(words) > 0 && words[0] != "policy" && !isOperation(words)
}

// isOperation tells whether a statement is a client's command: those are told when
// they end.
func isOperation(words []string) bool {
	if strings.Contains(words[0], "@") {
		return true
	}
	if len(words) < 2 {
		return false
	}
	for i := range model.Commands {
		if model.Commands[i].Name == strings.ToUpper(words[1]) {
			return true
		}
	}
	return false
}

func (s *Narrator) tellStatement(e *trace.Event) {
	words := strings.Fields(e.Text)
	if !IsFault(e.Text) || words[0] == "workload" {
		return
	}
	t := new(text)
	for i, w := range words {
		words[i] = printed(w)
	}
	tell := faultTellers[words[0]]
	if tell == nil {
		tell = moreTellers[words[0]]
	}
	if tell != nil {
		s.say(tell(s, words[1:], t), t)
		return
	}
	s.say(Fault, t.add(strings.Join(words, " ")))
}

func (s *Narrator) tellPolicy(e *trace.Event) {
	if e.N <= 1 {
		s.say(Quiet, new(text).add("The cluster starts under the policy ", printed(e.Text), "."))
		return
	}
	s.say(Fault, new(text).add("The policy is now ", printed(e.Text), ": it starts on the records of the one before, and the messages under way are void."))
}

func (s *Narrator) tellServing(e *trace.Event) {
	if !s.switched {
		return
	}
	s.serving = true
	s.say(Quiet, new(text).add(e.Node.String(), " serves under ", printed(s.policy), " from here on."))
}
