package scenarios

import (
	"errors"
	"strings"

	"capsim/model"
	"capsim/netsim"
	"capsim/policies"
)

// Verb is what a statement may begin with, its time left aside. A fault is a verb
// because netsim.Faults has it, and needs nothing here.
type Verb struct {
	Name    string
	Usage   string // the whole statement
	Doc     string // one or two sentences
	repeats bool   // it may stand after every
	read    func(a *args) (Body, *Problem)
	text    func(a *args) string // in canonical form
}

// expectVerb is the verb whose words may be lists.
const expectVerb = "expect"

// verbs are all verbs, in the order in which help lists them.
var verbs = append(faultVerbs(),
	Verb{
		Name: "policy", Usage: "policy cp [param=value…]", repeats: true, read: readSwitch, text: plainText,
		Doc: "Toggles the policy on the running cluster.",
	},
	workloadVerb,
	Verb{
		Name: "say", Usage: `say "text"`, repeats: true, read: readSay, text: storyText,
		Doc: "Tells the audience what to notice.",
	},
	Verb{
		Name: "ask", Usage: `ask "question" yes | *no | "don't know"`, read: readAsk, text: askText,
		Doc: "Puts a question; * marks the answer that is right. It does nothing in capsim run.",
	},
	Verb{
		Name: "pause-here", Usage: `pause-here "text"`, read: readPause, text: storyText,
		Doc: "Stops until a key is pressed. It does nothing in capsim run.",
	},
	Verb{
		Name: expectVerb, Usage: "expect [under POLICY,…] [within D | at end] [not] CHECK", repeats: true,
		read: readExpect, text: plainText,
		Doc: "Says what must hold: at its instant, at some instant until D later, or at the end.",
	},
	Verb{
		Name: "end", Usage: "end", read: readEnd, text: plainText,
		Doc: "Ends the run, as: at 5s end.",
	},
)

// Verbs lists the verbs.
func Verbs() []Verb { return verbs }

func faultVerbs() []Verb {
	var vs []Verb
	for _, f := range netsim.Faults {
		vs = append(vs, Verb{
			Name: f.Name, Usage: f.Usage, Doc: f.Doc, repeats: true, text: plainText,
			read: func(a *args) (Body, *Problem) { return readFault(f, a) },
		})
	}
	return vs
}

func readFault(f netsim.Fault, a *args) (Body, *Problem) {
	words := a.texts()
	act, err := f.Parse(a.p.settings.faultArgs(words))
	var refused *netsim.ArgError
	switch {
	case errors.As(err, &refused):
		return nil, a.refused(refused.Word, refused.Want, f.Usage)
	case err != nil:
		return nil, a.wrong(-1, err.Error())
	}
	return Fault{Verb: f.Name, Args: words, Action: act, Now: f.Now}, nil
}

func readSwitch(a *args) (Body, *Problem) {
	c, wrong := a.choice()
	if wrong != nil {
		return nil, wrong
	}
	switch now := a.p.policy.Spec; {
	case now == nil, !now.Lab && !c.Spec.Lab, now == c.Spec && now.Switches:
	case now == c.Spec:
		return nil, a.wrong(0, "a run of its own: the parameters of "+now.Name+" can't be changed in the middle of one")
	default:
		return nil, a.wrong(0, "a run of its own: "+labOf(now, c.Spec).Name+" is a lab, and what its nodes hold means nothing to another policy")
	}
	return SwitchPolicy{c}, a.p.judgeChoice(a, c)
}

// labOf returns which of the two is a lab.
func labOf(a, b *policies.Spec) *policies.Spec {
	if b.Lab {
		return b
	}
	return a
}

func readEnd(a *args) (Body, *Problem) { return End{}, a.more(0) }

// plainText writes the words as they read back, in canonical form.
func plainText(a *args) string {
	var b strings.Builder
	b.WriteString(a.verb.text)
	for _, w := range a.words {
		b.WriteByte(' ')
		b.WriteString(w.canonical())
	}
	return b.String()
}

// canonical writes a word as it reads back. What was bare stays so, for it may mean
// more than its letters (|, nil), unless it has characters that are not to be seen.
func (w word) canonical() string {
	if w.list != nil {
		return w.text
	}
	if w.bare() && (w.text == "nil" || !strings.Contains(model.Quote(w.text), `\x`)) {
		return w.raw
	}
	return quoteWord(w.text)
}

// IsFault tells whether the verb breaks or mends the network or a host.
func (v Verb) IsFault() bool {
	for i := range netsim.Faults {
		if netsim.Faults[i].Name == v.Name {
			return true
		}
	}
	return false
}
