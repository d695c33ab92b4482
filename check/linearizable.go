package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"capsim/model"
	"capsim/trace"
)

// linearizable: there is one order of all operations in which each seems to happen at
// a single instant between its invocation and its response (Herlihy and Wing 1990;
// what CAP calls consistency). What has no answer may happen at any time after its
// invocation, or never.
var linearizable = Check{
	Name:  "linearizable",
	Usage: "[KEY]",
	Doc:   "one order explains all operations (the C of CAP)",
	About: "There is one order of all operations in which each seems to happen at a single instant " +
		"between its invocation and its response: a read that begins after a write completed " +
		"returns that value or a later one. What had no answer may happen at any time after it " +
		"was asked, or never. This is what CAP calls consistency; it is not the C of ACID. It " +
		"can't be kept available under partition.",
	Source: "Herlihy & Wing, Linearizability (1990); Gilbert & Lynch (2002)",
	Whole:  true, Default: true,
	Parse: optionalKey(func(h *History, key string) Finding { return h.linearizableFrom(0, key) }),
}

// linearBudget is how much work the searches for an order may do for one verdict, and
// as much again to find what contradicts it. Spent on the worst case that the tests
// know, that is some half a second.
const linearBudget = 500_000 * stepWork

// LinearizableFrom judges the operations that were invoked after the event: one
// stretch of a run whose policy was toggled, from the Stretch's From on. What the keys
// held then is not known: anything that a write before could have left, or nothing.
func LinearizableFrom(h *History, event int) Finding { return h.linearizableFrom(event, "") }

// linearizableFrom judges the groups of keys, or only that of one key.
func (h *History) linearizableFrom(event int, key string) Finding {
	gs := h.groups(event)
	if key != "" {
		gs = slices.DeleteFunc(gs, func(g *group) bool { return !slices.Contains(g.keys, key) })
	}
	// The easy ones first, so that a hard one can't take their share of the budget.
	slices.SortStableFunc(gs, func(a, b *group) int { return cmp.Compare(len(a.calls), len(b.calls)) })
	budget := cmp.Or(h.steps, linearBudget)
	j := linearJudge{h: h, witness: min(budget, linearBudget)}
	for i, g := range gs {
		budget -= j.judge(g, budget/(len(gs)-i))
	}
	return j.finding(gs)
}

// groups sorts the operations that were invoked after the event by the keys that they tie
// together, with what the keys held then.
func (h *History) groups(event int) []*group {
	gs := groups(h.after(event))
	for _, g := range gs {
		for _, c := range g.calls {
			if setsDeadline(c.cmd) {
				c.until = h.deadlineOf(c.op)
			}
		}
		if event > 0 {
			g.init = h.left(g.keys, event)
			continue
		}
		for i := range g.keys {
			g.init[0][i] = h.o.Init
		}
	}
	return gs
}

// after returns the operations invoked after an event, and writes that were open then
// or had ended unknown under the same policy: they may take effect later, but nothing
// they reply counts.
func (h *History) after(event int) []*trace.Op {
	if event == 0 {
		return h.operations()
	}
	begun := 0 // where the policy of the event began
	for _, n := range h.facts().switches {
		if n <= event {
			begun = n
		}
	}
	var ops []*trace.Op
	for _, o := range h.operations() {
		switch {
		case o.Invoked > event:
			ops = append(ops, o)
		case o.Command.Writes() && !refused(o) && (o.Returned == 0 || o.Returned > event || o.Invoked > begun && !answeredOK(o)):
			c := *o
			c.Returned, c.Result = 0, nil
			ops = append(ops, &c)
		}
	}
	return ops
}

// linearJudge collects the verdicts on groups.
type linearJudge struct {
	h       *History
	witness int // work left for witnesses
	calls   int
	unknown *group // the first that could not be decided
	spent   int    // on it
	worst   Finding
	found   bool
	end     int // the event at which it came to light
}

// judge decides one group, and returns the work that it took.
func (j *linearJudge) judge(g *group, budget int) int {
	j.calls += len(g.calls)
	if g.init == nil {
		j.undecided(g, 0)
		return 0
	}
	if j.later(g) {
		return 0
	}
	if yes, easy := g.quick(); easy {
		if !yes {
			j.contradicted(g)
		}
		return 0
	}
	// Many open calls make the search long where there is no order to be found.
	if g.unsure() > fewOpen {
		if f, ok := (&witness{h: j.h, g: g}).scan(); ok {
			j.add(f)
			return 0
		}
	}
	v, s := g.search(budget)
	switch v {
	case Unknown:
		j.undecided(g, s)
	case No:
		j.contradicted(g)
	}
	return s
}

// contradicted finds what speaks against an order of the group's calls.
func (j *linearJudge) contradicted(g *group) {
	w := &witness{h: j.h, g: g, left: j.witness}
	f := w.find()
	j.witness = w.left
	j.add(f)
}

// later tells whether a group had an order still when the first violation known came to
// light: it then has nothing to add.
func (j *linearJudge) later(g *group) bool {
	if !j.found {
		return false
	}
	yes, ok := g.upTo(j.end - 1).quick()
	return yes && ok
}

// fewOpen is how many open calls the search copes with.
const fewOpen = 6

// unsure counts the calls that may never have happened.
func (g *group) unsure() int {
	n := 0
	for _, c := range g.calls {
		if c.end == open {
			n++
		}
	}
	return n
}

// add keeps the violation that came first.
func (j *linearJudge) add(f Finding) {
	if !j.found || f.At < j.worst.At {
		j.worst, j.found = f, true
		j.end = f.Events[len(f.Events)-1]
	}
}

func (j *linearJudge) undecided(g *group, spent int) {
	if j.unknown == nil {
		j.unknown, j.spent = g, spent
	}
}

// decide tells whether the group's calls fit one order, and the work it took.
func (g *group) decide(budget int) (Verdict, int) {
	if yes, ok := g.quick(); ok {
		return verdictOf(yes), 0
	}
	return g.search(budget)
}

// search is decide where quick can't tell.
func (g *group) search(budget int) (Verdict, int) {
	left := budget
	if sure := g.answered(); len(sure.calls) < len(g.calls) {
		// That nothing unanswered ever happened is the first guess, and the cheapest.
		v, s := sure.orderOf(budget / 4)
		left -= budget/4 - max(0, s.left)
		if v == Yes {
			return Yes, budget - left
		}
	}
	v, s := g.orderOf(left)
	return v, budget - max(0, s.left)
}

// answered returns the group without the calls that may never have happened.
func (g *group) answered() *group {
	n := *g
	n.calls = slices.DeleteFunc(slices.Clone(g.calls), func(c *call) bool { return c.end == open })
	return &n
}

func (j *linearJudge) finding(gs []*group) Finding {
	switch {
	case j.found:
		return j.worst
	case j.unknown != nil:
		return Finding{Verdict: Unknown, Witness: j.whyUnknown()}
	case j.calls == 0:
		return Finding{Verdict: Yes, Witness: "No operation was answered that could contradict another."}
	}
	keys := 0
	for _, g := range gs {
		keys += len(g.keys)
	}
	return Finding{Verdict: Yes, Witness: fmt.Sprintf("All %s on %s fit one order.", plural(j.calls, "operation"), plural(keys, "key"))}
}

func (j *linearJudge) whyUnknown() string {
	g := j.unknown
	keys := list(quoted(g.keys), "and")
	if g.init == nil {
		return fmt.Sprintf("The %s on %s can't be judged: too many states are possible at the start.", plural(len(g.calls), "operation"), keys)
	}
	return fmt.Sprintf("The %s on %s, %d of them with an unknown outcome, were not decided within %s of the search.",
		plural(len(g.calls), "operation"), keys, g.unsure(), plural(j.spent/stepWork, "step"))
}

func quoted(words []string) []string {
	q := make([]string, len(words))
	for i, w := range words {
		q[i] = model.Quote(w)
	}
	return q
}

// puts returns the value that a command leaves if it succeeds, where its words say it;
// None for a deletion.
func puts(c model.Command) (v model.Value, ok bool) {
	switch c.Verb {
	case model.SET:
		return model.Text(c.Args[1]), true
	case model.CAS:
		return model.Text(c.Args[2]), true
	case model.DEL, model.CADEL, model.EXPIRE:
		return model.Value{}, true
	}
	return model.Value{}, false
}

// describeValue writes a value with the version that wrote it: "v1 milk".
func describeValue(v string, writers []*trace.Op, key string) string {
	names := make([]string, 0, len(writers))
	for _, o := range writers {
		if n := o.Version(key); n > 0 {
			names = append(names, trace.VersionName(n))
		}
	}
	if len(names) == 0 || len(names) > 3 {
		return clip(v)
	}
	return strings.Join(names, "|") + " " + clip(v)
}
