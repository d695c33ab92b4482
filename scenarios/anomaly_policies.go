package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"capsim/labs"
	"capsim/model"
	"capsim/policies"
)

// Allowed is a policy under which an anomaly can be made.
type Allowed = policies.Choice

// Allowing looks for policies under which the anomaly can be made from where the run
// stands, if they are toggled to: those with their defaults, and if none of these does,
// the first that does with one parameter changed. goOn is asked before each; sure is false
// if it said no before all was tried.
func (r *Session) Allowing(a *Anomaly, goOn func() bool) (found []Allowed, sure bool) {
	if r.Policy().Spec.Lab {
		return nil, true // a lab can't be toggled
	}
	for i, choices := range [][]policies.Choice{defaultChoices(), changedChoices()} {
		for _, c := range choices {
			switch {
			case i > 0 && len(found) > 0:
				return found, true
			case c.String() == r.Policy().String() || c.Fits(r.cluster.Nodes()) != nil:
			case !goOn():
				return found, false
			case r.worksUnder(a, c):
				found = append(found, c)
			}
		}
	}
	return found, true
}

// worksUnder tells whether the anomaly can be made once the policy was toggled.
func (r *Session) worksUnder(a *Anomaly, c policies.Choice) bool {
	f, err := r.under(c)
	if err != nil {
		return false
	}
	defer f.Close()
	at, err := f.Try(a)
	return err == nil && at.Works
}

// under returns a copy of the run, without what its script has still in store, in which
// the policy was toggled and all nodes serve.
func (r *Session) under(c policies.Choice) (*Session, error) {
	f, err := r.copy()
	if err != nil {
		return nil, err
	}
	f.sched.steps = slices.Clip(f.sched.steps[:f.sched.next])
	f.setEnd()
	err = f.Do("policy " + c.String())
	for waited := time.Duration(0); err == nil && waited < grace && !f.serves(); waited += 100 * time.Millisecond {
		err = f.RunTo(f.Now().Add(100 * time.Millisecond))
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// serves tells whether all nodes serve.
func (r *Session) serves() bool {
	v := r.View(r.log.Len())
	for i := range v.Nodes {
		if !v.Nodes[i].Serving {
			return false
		}
	}
	return true
}

// defaultChoices are the policies with their defaults.
func defaultChoices() []policies.Choice {
	var list []policies.Choice
	for _, s := range policies.Specs {
		list = append(list, choose(s.Name))
	}
	return list
}

// changedChoices are the policies with one parameter that is not the default.
func changedChoices() []policies.Choice {
	var list []policies.Choice
	for _, s := range policies.Specs {
		for _, p := range s.Params {
			for _, v := range append(slices.Clone(p.Values), p.Try...) {
				if v != p.Default {
					list = append(list, choose(s.Name, p.Name+"="+v))
				}
			}
		}
	}
	return list
}

func choose(words ...string) policies.Choice {
	c, err := labs.Catalog.Choose(words)
	if err != nil {
		panic("scenarios: " + err.Error())
	}
	return c
}

// Why says why an attempt does not work: what was measured, what the policy claims, and
// which policies would.
func (at *Attempt) Why(allowing []Allowed) string {
	text := at.Told
	if at.Policy.Spec != nil {
		for _, c := range at.Policy.Spec.Claims {
			if slices.Contains(at.Anomaly.Breaks, c.Check) && c.Of == policies.AnyRun && (c.If == nil || c.If(at.Policy.Params)) {
				text += fmt.Sprintf(" %s claims: %s (%s).", at.Policy, c.Check, c.When)
				break
			}
		}
	}
	if len(allowing) > 0 {
		text += " It can be made under " + Choices(allowing) + "."
	}
	return text
}

// Choices writes "ap, base or quorum r=1".
func Choices(list []Allowed) string {
	words := make([]string, len(list))
	for i, c := range list {
		words[i] = c.String()
	}
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " or " + words[n-1]
	}
	return strings.Join(words, "")
}

// AnomalyTable tries every anomaly under every policy with its defaults, on a cluster
// of three nodes where all is well, and returns the result as Markdown.
func AnomalyTable() (string, error) {
	var b strings.Builder
	b.WriteString("# What can be made to happen under which policy\n\n" +
		"Each was tried on three nodes where all is well, under the policy's defaults; what happened was judged by the run's events.\n\n| anomaly |")
	choices := defaultChoices()
	for _, c := range choices {
		b.WriteString(" " + c.Spec.Name + " |")
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(choices)) + "\n")
	rows := make([]string, len(Anomalies))
	for _, c := range choices {
		cells, err := anomaliesUnder(c)
		if err != nil {
			return "", err
		}
		for i, yes := range cells {
			rows[i] += map[bool]string{true: " yes |", false: " no |"}[yes]
		}
	}
	for i := range Anomalies {
		b.WriteString("| `" + Anomalies[i].Name + "`: " + Anomalies[i].Title + " |" + rows[i] + "\n")
	}
	return b.String(), nil
}

// anomaliesUnder tells of each anomaly whether it can be made under a policy.
func anomaliesUnder(c policies.Choice) ([]bool, error) {
	src := fmt.Sprintf("use policy %s\nuse store memory\nat 0s alice@n1 SET basket tea\nat 1h end\n", c)
	script, err := Parse("anomalies.capsim", []byte(src))
	if err != nil {
		return nil, err
	}
	r, err := Open(script, Options{Memory: true})
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if err := r.RunTo(model.Time(time.Second)); err != nil {
		return nil, err
	}
	cells := make([]bool, len(Anomalies))
	for i := range Anomalies {
		at, err := r.Try(&Anomalies[i])
		if err != nil {
			return nil, fmt.Errorf("%s under %s: %w", Anomalies[i].Name, c, err)
		}
		cells[i] = at.Works
	}
	return cells, nil
}
