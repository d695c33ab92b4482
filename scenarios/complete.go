package scenarios

import (
	"strings"

	"capsim/labs"
	"capsim/netsim"
	"capsim/policies"
)

// Offer is a word that may come next in a statement that is being typed.
type Offer struct {
	Word string
	Doc  string // one line
	Open bool   // the word goes on: a parameter that wants its value
}

// PolicyOffers lists what may follow the words of a choice of policy: the policies, then a
// parameter that is not given yet, or, if part is the beginning of one with its =, the values
// that it may have.
func PolicyOffers(words []string, part string) []Offer {
	var list []Offer
	if len(words) == 0 {
		for _, s := range labs.Catalog {
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
