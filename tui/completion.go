package tui

import (
	"slices"
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

// offering collects how a line may go on: what begins as was typed, and after it what has
// that somewhere in it.
type offering struct {
	*program
	head   string // of the line, before the word that is being typed
	last   string // that word, as far as it goes
	begins []offer
	holds  []offer
}

// offersFor lists how a line may go on.
func offersFor(p *program, before string) []offer {
	words, last := typedWords(before)
	o := &offering{program: p, head: strings.TrimSuffix(before, last), last: last}
	switch {
	case len(words) == 0:
		o.first()
	case o.isOperation(words[0]):
		o.operation(words[1:])
	case programWordOf(words[0]) != nil:
		if w := programWordOf(words[0]); w.offers != nil {
			w.offers(o, words[1:])
		}
	default:
		o.arguments(words)
	}
	return append(o.begins, o.holds...)
}

// typedWords splits a line that is being typed into its words and the one at its end.
func typedWords(before string) (words []string, last string) {
	words = strings.Fields(before)
	if len(words) > 0 && strings.HasSuffix(before, words[len(words)-1]) {
		last = words[len(words)-1]
		words = words[:len(words)-1]
	}
	return words, last
}

// add offers a word, if it can be meant by what was typed of it.
func (o *offering) add(word, doc string) { o.offer(word, doc, " ") }

// open offers a word that goes on.
func (o *offering) open(word, doc string) { o.offer(word, doc, "") }

func (o *offering) offer(word, doc, end string) {
	typed, low := strings.ToLower(o.last), strings.ToLower(word)
	of := offer{o.head + word + end, word, doc}
	same := func(x offer) bool { return x.word == word }
	switch {
	case word == o.last, slices.ContainsFunc(o.begins, same), slices.ContainsFunc(o.holds, same):
	case strings.HasPrefix(low, typed):
		o.begins = append(o.begins, of)
	case strings.Contains(low, typed):
		o.holds = append(o.holds, of)
	}
}

// all offers what the language knows.
func (o *offering) all(list []scenarios.Offer) {
	for _, x := range list {
		if x.Open {
			o.open(x.Word, x.Doc)
		} else {
			o.add(x.Word, x.Doc)
		}
	}
}

// untyped are verbs that nobody gives live.
var untyped = []string{"say", "ask", "pause-here", "end"}

// first offers verbs, clients, and the program's own words.
func (o *offering) first() {
	for _, v := range scenarios.Verbs() {
		if !slices.Contains(untyped, v.Name) {
			o.add(v.Name, v.Usage)
		}
	}
	for i := 1; i <= o.scene.listed(); i++ {
		o.add(clientAt(model.NodeID(i)), "a client at n"+itoa(i)+"; then a command: "+o.scene.examples())
	}
	for _, name := range o.clients() {
		o.add(name, "goes on at the node that it asked last; "+name+"@n1 goes to another")
	}
	if name, _, ok := strings.Cut(o.last, "@"); ok {
		for i := 1; i <= o.scene.listed(); i++ {
			o.add(name+"@n"+itoa(i), "")
		}
	}
	for _, w := range programWords() {
		o.add(w.name, w.usage+": "+w.doc)
	}
}

// examples names two commands that clients may give.
func (s *scene) examples() string {
	if s.lab == "" || len(s.offers) == 0 {
		return "GET, SET, …"
	}
	if len(s.offers) == 1 {
		return s.offers[0].Name
	}
	return s.offers[0].Name + ", " + s.offers[1].Name + ", …"
}

// maxClients bounds how far back clients are looked for, in operations.
const maxClients = 2000

// clients lists the clients of the run, those that asked last first.
func (p *program) clients() []string {
	var names []string
	ops := p.scene.opsAt(p.scene.n)
	for i := len(ops) - 1; i >= 0 && len(ops)-i < maxClients && len(names) < 50; i-- {
		if name := ops[i].Client; name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for i := range p.scene.view.Clients { // those on hosts of their own, whether they have asked or not
		if name := p.scene.view.Clients[i].Name; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// isOperation tells whether a line that begins so is a client's operation.
func (p *program) isOperation(word string) bool {
	return strings.Contains(word, "@") || slices.Contains(people[:], word) || slices.Contains(p.clients(), word)
}

// operation offers commands, then what they take.
func (o *offering) operation(words []string) {
	if len(words) == 0 {
		for i := range o.scene.offers {
			c := &o.scene.offers[i]
			o.add(c.Name, c.Usage+": "+c.Doc)
		}
		return
	}
	if c := o.scene.commandOffered(words[0]); c != nil && c.Own {
		o.ownWords(c, words[1:])
		return
	}
	c := commandNamed(words[0])
	if c == nil {
		return
	}
	takes := strings.Fields(c.Usage)[1:]
	if at := len(words) - 1; at < len(takes) && !strings.HasPrefix(takes[at], "[") {
		switch takes[at] {
		case "key":
			o.keys()
		case "item":
			o.items()
		case "old", "expected":
			o.values(words[1])
		}
		return
	}
	for _, group := range strings.Split(c.Usage, "[")[1:] {
		group, _, _ = strings.Cut(group, "]")
		for _, w := range strings.Split(group, "|") {
			word, _, _ := strings.Cut(w, " ")
			o.add(word, c.Usage)
		}
	}
}

// ownWords offers the next word of a lab's own command: what was said there before in this run,
// then what its examples say.
func (o *offering) ownWords(c *scenarios.ClientCommand, words []string) {
	ops := o.scene.opsAt(o.scene.n)
	for i := len(ops) - 1; i >= 0 && len(ops)-i < maxClients; i-- {
		if cmd := ops[i].Command; cmd.Verb == model.CALL && cmd.Name() == c.Name && len(cmd.Words()) > len(words) {
			o.add(model.Quote(cmd.Words()[len(words)]), c.Usage)
		}
	}
	for _, t := range c.Try {
		if said := strings.Fields(t); len(said) > len(words)+1 {
			o.add(said[len(words)+1], c.Usage)
		}
	}
}

func commandNamed(word string) *model.CommandSpec {
	for i := range model.Commands {
		if c := &model.Commands[i]; strings.EqualFold(c.Name, word) && !c.System {
			return c
		}
	}
	return nil
}

// maxKeys bounds how many keys are offered.
const maxKeys = 500

func (o *offering) keys() {
	keys := o.scene.view.Keys()
	for _, key := range keys[max(len(keys)-maxKeys, 0):] {
		o.add(model.Quote(key), "")
	}
}

// items offers what BUY buys: the keys with a stock, without it.
func (o *offering) items() {
	for _, key := range o.scene.view.Keys() {
		if item, ok := strings.CutSuffix(key, model.StockSuffix); ok {
			o.add(model.Quote(item), "its stock is "+key)
		}
	}
}

// values offers what nodes hold of a key.
func (o *offering) values(key string) {
	for i := 1; i <= o.scene.listed(); i++ {
		for _, v := range o.scene.served(model.NodeID(i), key).Values() {
			if v.Type == model.String {
				o.add(model.Quote(v.Str), "what n"+itoa(i)+" holds")
			}
		}
	}
}
