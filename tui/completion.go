package tui

import (
	"strings"

	"capsim/model"
	"capsim/scenarios"
)

// offer is a way to go on with the line.
type offer struct {
	line string // the line up to the cursor, completed
	word string // what is added, for the list
	doc  string
}

// Policy is a choice of policy that the palette offers.
type Policy struct {
	Choice string // "ap conflict=siblings"
	Doc    string // one line
}

// offersFor lists how a line may go on.
func offersFor(p *program, before string) []offer {
	words := strings.Fields(before)
	last := ""
	if len(words) > 0 && !strings.HasSuffix(before, " ") {
		last = words[len(words)-1]
		words = words[:len(words)-1]
	}
	head := strings.TrimSuffix(before, last)
	var out []offer
	add := func(word, doc string) {
		if fits(last, word) && word != last {
			out = append(out, offer{head + word + " ", word, doc})
		}
	}
	switch {
	case len(words) == 0:
		p.offerFirst(add)
	case strings.Contains(words[0], "@") || p.isClient(words[0]):
		p.offerOperation(words[1:], add)
	case words[0] == "policy" && len(words) == 1:
		for _, w := range p.words {
			add(w.Choice, w.Doc)
		}
	default:
		p.offerArguments(words, add)
	}
	return out
}

// fits tells whether a word can be meant by what was typed of it.
func fits(typed, word string) bool {
	return strings.HasPrefix(strings.ToLower(word), strings.ToLower(typed))
}

// offerFirst offers verbs and clients.
func (p *program) offerFirst(add func(word, doc string)) {
	for _, v := range scenarios.Verbs() {
		switch v.Name {
		case "say", "ask", "pause-here", "end":
			continue // nothing to give live
		}
		add(v.Name, v.Usage)
	}
	for i := 1; i <= p.scene.nodes; i++ {
		add(clientAt(model.NodeID(i)), "a client at n"+itoa(i)+"; then a command: GET, SET, …")
	}
}

func (p *program) isClient(word string) bool {
	for _, who := range people {
		if who == word {
			return true
		}
	}
	return false
}

// offerOperation offers commands, then keys.
func (p *program) offerOperation(words []string, add func(word, doc string)) {
	if len(words) == 0 {
		for i := range model.Commands {
			if c := &model.Commands[i]; !c.System {
				add(c.Name, c.Usage+": "+c.Doc)
			}
		}
		return
	}
	switch {
	case strings.EqualFold(words[0], "WAIT"):
	case len(words) == 1:
		for _, key := range p.scene.view.Keys() {
			add(model.Quote(key), "")
		}
	case len(words) >= 3 && strings.EqualFold(words[0], "SET"):
		add("NX", "only if the key is not there")
		add("XX", "only if it is")
		add("PX", "let it expire, after so many milliseconds")
		add("GET", "reply what was there")
	}
}

// offerArguments offers what a fault's usage asks for: nodes, links, or groups.
func (p *program) offerArguments(words []string, add func(word, doc string)) {
	usage := ""
	for _, v := range scenarios.Verbs() {
		if v.Name == words[0] {
			usage = v.Usage
		}
	}
	switch {
	case usage == "":
	case words[0] == "message" && len(words) == 1:
		for i := range p.scene.flights {
			f := &p.scene.flights[i]
			add(itoa(int(f.Msg)), f.Kind+" "+p.scene.view.Name(f.From)+"->"+p.scene.view.Name(f.To))
		}
	case words[0] == "partition":
		p.offerGroups(words[1:], add)
	case len(words) == 1:
		if strings.Contains(usage, "n1-n2") || strings.Contains(usage, "n1->n2") {
			for _, l := range p.links() {
				add(l, "both ways")
			}
			for _, l := range p.links() {
				a, b, _ := strings.Cut(l, "-")
				add(a+"->"+b, "one way")
			}
			return
		}
		if strings.Contains(usage, "n1") {
			for _, name := range p.hostNames() {
				add(name, "")
			}
		}
	default:
		for _, w := range argumentWords[words[0]] {
			add(w, "")
		}
	}
}

// hostNames lists the nodes, then the remote clients.
func (p *program) hostNames() []string {
	var names []string
	for i := 1; i <= p.scene.nodes; i++ {
		names = append(names, "n"+itoa(i))
	}
	for i := range p.scene.view.Clients {
		names = append(names, p.scene.view.Clients[i].Name)
	}
	return names
}

// argumentWords are what may follow the link or node of a fault.
var argumentWords = map[string][]string{
	"delay": {"+200ms", "x5", "const(80ms)", "off"},
	"loss":  {"30%", "off"},
	"cut":   {"hold"},
	"crash": {"wipe"},

	"duplicate": {"10%", "off"},
	"reorder":   {"20%", "off"},
	"bandwidth": {"64KB/s", "off"},
	"flap":      {"up=200ms down=300ms", "off"},
	"slow":      {"+5ms", "off"},
	"skew":      {"+500ms", "-500ms", "off"},
	"drift":     {"200ppm", "-200ppm", "off"},
	"message":   {"drop", "hold", "release", "hurry"},
}

func (p *program) offerGroups(words []string, add func(word, doc string)) {
	named := map[string]bool{}
	for _, w := range words {
		named[w] = true
	}
	for _, n := range p.hostNames() {
		if !named[n] {
			add(n, "")
		}
	}
	if len(words) > 0 && words[len(words)-1] != "|" {
		add("|", "the other side")
		add("hold", "messages wait for the heal instead of being lost")
	}
	if named["|"] {
		add("*", "all the rest")
	}
}
