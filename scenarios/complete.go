package scenarios

import (
	"maps"
	"slices"
	"strings"

	"capsim/labs"
	"capsim/model"
	"capsim/netsim"
	"capsim/policies"
)

// Offer is a word that may come next in a statement that is being typed.
type Offer struct {
	Word string
	Doc  string // one line
	Open bool   // the word goes on: a parameter that wants its value
}

// PolicyOffers lists what may follow the words of a choice of policy that is to stand beside
// another, "" for any: the policies, or the lab itself, which stands beside itself alone; then a
// parameter that is not given yet, or, if part is the beginning of one with its =, the values
// that it may have.
func PolicyOffers(beside string, words []string, part string) []Offer {
	var list []Offer
	if len(words) == 0 {
		for _, s := range besides(beside) {
			list = append(list, Offer{Word: s.Name, Doc: s.Summary})
		}
		return list
	}
	spec, ok := labs.Catalog.Find(words[0])
	if !ok {
		return nil
	}
	given := map[string]bool{}
	for _, w := range words[1:] {
		name, _, _ := strings.Cut(w, "=")
		given[name] = true
	}
	for _, p := range spec.Params {
		switch {
		case given[p.Name]:
		case strings.HasPrefix(part, p.Name+"="):
			return valueOffers(p)
		default:
			list = append(list, Offer{Word: p.Name + "=", Doc: p.Doc + " (" + p.Default + " if not given)", Open: true})
		}
	}
	return list
}

// besides lists what a choice can be compared with: policies with each other, a lab with
// itself alone.
func besides(choice string) policies.List {
	name, _, _ := strings.Cut(choice, " ")
	spec, ok := labs.Catalog.Find(name)
	switch {
	case !ok:
		return labs.Catalog
	case spec.Lab:
		return policies.List{spec}
	}
	return policies.Specs
}

// Variants lists the choice with one of its parameters changed, in the order of the
// parameters; none if it can't be read.
func Variants(choice string) []string {
	now, err := labs.Catalog.Choose(strings.Fields(choice))
	if err != nil {
		return nil
	}
	var list []string
	for _, p := range now.Spec.Params {
		for _, v := range append(append([]string{p.Default}, p.Values...), p.Try...) {
			changed := policies.Choice{Spec: now.Spec, Params: maps.Clone(now.Params)}
			changed.Params[p.Name] = v
			if text := changed.String(); v != now.Params[p.Name] && !slices.Contains(list, text) {
				list = append(list, text)
			}
		}
	}
	return list
}

// ClientCommand is a command that clients may give.
type ClientCommand struct {
	Name  string
	Usage string   // "LOCK name [ttl]"
	Doc   string   // one line
	Try   []string // whole commands that make sense; none of a command of data
	Own   bool     // it is the lab's own
}

// Commands lists what clients may ask for: of a lab its own commands, then those of data that
// it offers; of a policy those of data.
func (s *Settings) Commands() []ClientCommand {
	var list []ClientCommand
	spec := s.Policy.Spec
	for _, v := range spec.Verbs {
		list = append(list, ClientCommand{v.Name, v.Usage, v.Doc, v.Try, true})
	}
	for i := range model.Commands {
		c := &model.Commands[i]
		least := model.Command{Verb: c.Verb, Args: slices.Repeat([]string{"1"}, c.Min)}
		if !c.System && (!spec.Lab || s.Policy.Supports(least)) {
			list = append(list, ClientCommand{Name: c.Name, Usage: c.Usage, Doc: c.Doc})
		}
	}
	return list
}

// valueOffers lists the values of a parameter: all of them, or some that may stand.
func valueOffers(p policies.Param) []Offer {
	list := []Offer{{Word: p.Name + "=" + p.Default, Doc: p.Doc + " (the default)"}}
	for _, v := range append(append([]string{}, p.Values...), p.Try...) {
		if v != p.Default {
			list = append(list, Offer{Word: p.Name + "=" + v, Doc: p.Doc})
		}
	}
	return list
}

// DistOffers lists the forms of a distribution of delays.
func DistOffers() []Offer {
	var list []Offer
	for _, form := range netsim.DistForms() {
		name, _, _ := strings.Cut(form, "(")
		list = append(list, Offer{Word: name + "(", Doc: form + ": drawn anew for each message", Open: true})
	}
	return list
}

// Nearest returns the known word that was likely meant; "" if none is like what was read.
func Nearest(got string, known []string) string { return nearest(got, known) }
