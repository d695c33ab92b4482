package policies

import (
	"fmt"
	"strings"
	"time"

	"capsim/model"
)

// Spec registers a policy or a lab: all that the program says of it and needs to run it.
type Spec struct {
	Name    string // "cp"
	Summary string // one line
	Doc     string // some paragraphs, plain text
	// Claims must hold in every run within Within's limits; the random tests judge them.
	Claims []Claim
	// GivesUp is what the policy does not promise, each with the scenario that shows it.
	GivesUp []GivenUp
	Params  []Param
	Kinds   []string // the kinds of its messages
	// Within is D: how long answering and converging may take; 0 for never. It is meant for
	// one-way delays up to 100 ms and loss up to 20 %, with no node paused or slow and no
	// bandwidth in force.
	Within time.Duration
	Source string // paper or documentation
	// Lab: it replicates no data, and can't be toggled with what does.
	Lab bool
	// Switches: a lab whose parameters can be changed on the running cluster: its replicas can
	// start with what it left, for Switched.
	Switches bool
	// Apart: what a node keeps of a key is its own, and no copy of what another keeps: nodes
	// that hold different writes are not diverged.
	Apart bool
	// Verbs are the commands of its own, beside those of data.
	Verbs []Verb
	// Checks is what every run is judged by, in the words of the script's expect; nil: by
	// what data is judged by.
	Checks []string
	// Judges tells whether one of Checks says anything under the parameters; nil: all do.
	Judges func(check string, p Params) bool
	// Most is how many nodes it can have; 0: MaxOwn. Above MaxOwn it needs Many.
	Most int
	// Input says what the text of `use input FILE` is to it; "": it takes none.
	Input string
	// Supports tells whether the policy can offer the data command under the parameters.
	// nil: all but WAIT; of a lab, none.
	Supports func(c model.Command, p Params) bool
	// Fits tells why the parameters can't stand together, or in a cluster of so many
	// nodes; nil if they always can.
	Fits func(p Params, nodes int) error
	// Caution says in a sentence what a choice of parameters gives up that its reader
	// might count on, "" for nothing; nil for never.
	Caution func(p Params, nodes int) string
	New     func(p Params) Replica
	// Many makes what plays all nodes of a cluster of more than MaxOwn; nil: it can't have one.
	Many func(p Params) Crowd
	// Ratios are figures of a run that are made of two that it counts.
	Ratios []Ratio
	// NewClient makes the client half: what runs on the host of each remote client and
	// gets its requests. nil, or a nil Replica: the engine sends a remote client's request
	// over the network to the node that it names, and the reply back.
	NewClient func(p Params) Replica
}

// Ratio is a named figure of a run: what was counted as Of for each that was counted as Per. A
// run that counted no Per has none.
type Ratio struct {
	Name, Doc string
	Of, Per   string
}

// Claim is a promise: the name of a check, in the words of the script's expect,
// under a condition on the parameters.
type Claim struct {
	Check string // "linearizable", "available", "converged", "lost-writes = 0"
	When  string // in words: "disks survive"
	If    func(p Params) bool
	Of    Scope
	// Without are the verbs of faults under which it does not stand, at any time of the run
	// ("pause", "skew"); "wipe" is a crash that empties a disk, "loss" also that of all links.
	// When says so in words.
	Without []string
}

// Scope says of which runs a claim speaks: When in a form that the random tests read.
// All speak of disks that survive.
type Scope uint8

// The scopes. AnyRun: every run. Merging: runs whose only writes are changes of sets
// and counters, on keys of their own. Quiet: what stands Spec.Within after the last
// fault and write. MajoritySide: the nodes of a majority that is wholly cut off from
// the others, from Spec.Within after the cut on.
const (
	AnyRun Scope = iota
	Merging
	Quiet
	MajoritySide
)

// GivenUp is what a policy does without.
type GivenUp struct {
	What     string
	Scenario string // name in the library
}

// Param is a parameter of a policy.
type Param struct {
	Name    string
	Default string
	Doc     string
	Values  []string                 // the words it may be, if it is one of a few
	Try     []string                 // else: what the random tests set it to, beside the default
	Check   func(value string) error // else: whether the value may stand; nil for any
}

// Params are a policy's parameters, every one with its value.
type Params map[string]string

// Choice is a policy with its parameters, as `use policy` and --policy name it.
type Choice struct {
	Spec   *Spec
	Params Params
}

// Verb is a command of a lab's own.
type Verb struct {
	Name  string // upper case; of one lab only
	Usage string // "LOCK name [ttl]"
	Doc   string // one line
	Min   int    // words after the name, at least
	Max   int    // at most; -1 for any number
	// Try are statements of the whole command that the random tests draw from; {i} in one is
	// a number of its own each time.
	Try []string
	// Valid tells why the words can't stand; nil if they always can. Where it is said: the
	// index into the words of a *ChoiceError, else the name.
	Valid func(words []string) error
}

// List is policies and labs in the order in which the program lists them.
type List []*Spec

// Specs are the policies. With the labs they make labs.Catalog.
var Specs = List{
	specCA,
	specCP,
	specAP,
	specBASE,
	specQuorum,
	specRedis,
}

// Find returns the policy of that name.
func (l List) Find(name string) (*Spec, bool) {
	for _, s := range l {
		if s.Name == name {
			return s, true
		}
	}
	return nil, false
}

// Names lists the policies.
func (l List) Names() []string {
	names := make([]string, len(l))
	for i, s := range l {
		names[i] = s.Name
	}
	return names
}

// Verb returns the lab's own command of that name, in any case, and whose it is.
func (l List) Verb(name string) (*Verb, *Spec) {
	for _, s := range l {
		if v := s.Verb(name); v != nil {
			return v, s
		}
	}
	return nil, nil
}

// Verb returns the lab's own command of that name, in any case; nil if it has none.
func (s *Spec) Verb(name string) *Verb {
	for i := range s.Verbs {
		if strings.EqualFold(s.Verbs[i].Name, name) {
			return &s.Verbs[i]
		}
	}
	return nil
}

// Command makes a command of the words that follow the verb's name. The error is Redis's
// own for a wrong number of arguments, or what Valid finds.
func (v *Verb) Command(words []string) (model.Command, error) {
	if len(words) < v.Min || v.Max >= 0 && len(words) > v.Max {
		return model.Command{}, fmt.Errorf("ERR wrong number of arguments for '%s' command", strings.ToLower(v.Name))
	}
	if v.Valid != nil {
		if err := v.Valid(words); err != nil {
			return model.Command{}, err
		}
	}
	return model.Command{Verb: model.CALL, Args: append([]string{v.Name}, words...)}, nil
}

// ChoiceError says which word of a choice can't stand, and what could.
type ChoiceError struct {
	Word int // index into the words
	Got  string
	Want string
}

func (e *ChoiceError) Error() string { return fmt.Sprintf("read %q, expected %s", e.Got, e.Want) }

// Choose reads "ap", "conflict=siblings", … The error is a *ChoiceError.
func (l List) Choose(words []string) (Choice, error) {
	if len(words) == 0 {
		return Choice{}, &ChoiceError{Want: "a policy: " + strings.Join(l.Names(), ", ")}
	}
	spec, ok := l.Find(words[0])
	if !ok {
		return Choice{}, &ChoiceError{Got: words[0], Want: "a policy: " + strings.Join(l.Names(), ", ")}
	}
	c := Choice{Spec: spec, Params: Params{}}
	for _, p := range spec.Params {
		c.Params[p.Name] = p.Default
	}
	for i, w := range words[1:] {
		name, value, _ := strings.Cut(w, "=")
		if err := c.set(name, value); err != nil {
			return Choice{}, &ChoiceError{Word: i + 1, Got: w, Want: err.Error()}
		}
	}
	return c, nil
}

func (c Choice) set(name, value string) error {
	names := make([]string, len(c.Spec.Params))
	for i, p := range c.Spec.Params {
		names[i] = p.Name + "=…"
		if p.Name != name {
			continue
		}
		if err := p.valid(value); err != nil {
			return err
		}
		c.Params[name] = value
		return nil
	}
	if len(names) == 0 {
		return fmt.Errorf("no parameter: %s has none", c.Spec.Name)
	}
	return fmt.Errorf("a parameter of %s: %s", c.Spec.Name, strings.Join(names, ", "))
}

func (p Param) valid(value string) error {
	for _, v := range p.Values {
		if v == value {
			return nil
		}
	}
	if p.Values != nil {
		return fmt.Errorf("%s=%s", p.Name, strings.Join(p.Values, "|"))
	}
	if p.Check != nil {
		return p.Check(value)
	}
	return nil
}

// String writes the choice as it is read, defaults left out.
func (c Choice) String() string {
	var b strings.Builder
	b.WriteString(c.Spec.Name)
	for _, p := range c.Spec.Params {
		if v := c.Params[p.Name]; v != p.Default {
			b.WriteString(" " + p.Name + "=" + v)
		}
	}
	return b.String()
}

// Supports tells whether the policy can offer the command; PING, which the engine
// answers, always.
func (c Choice) Supports(cmd model.Command) bool {
	switch {
	case cmd.Verb == model.PING:
		return true
	case cmd.Verb == model.CALL:
		return c.Spec.Verb(cmd.Name()) != nil
	case c.Spec.Supports == nil && c.Spec.Lab:
		return false
	case c.Spec.Supports == nil:
		return cmd.Verb != model.WAIT
	}
	return c.Spec.Supports(cmd, c.Params)
}

// Fits tells why the choice can't stand in a cluster of so many nodes.
func (c Choice) Fits(nodes int) error {
	if most := c.Spec.MostNodes(); nodes > most {
		return fmt.Errorf("%s has at most %d nodes", c.Spec.Name, most)
	}
	if c.Spec.Fits == nil {
		return nil
	}
	return c.Spec.Fits(c.Params, nodes)
}

// MostNodes returns how many nodes it can have.
func (s *Spec) MostNodes() int {
	switch {
	case s.Most == 0, s.Many == nil && s.Most > MaxOwn:
		return MaxOwn
	}
	return s.Most
}

// Caution says what the choice gives up that its reader might count on; "" for nothing.
func (c Choice) Caution(nodes int) string {
	if c.Spec.Caution == nil {
		return ""
	}
	return c.Spec.Caution(c.Params, nodes)
}

// Duration returns a parameter that its Check has found to be a duration.
func (p Params) Duration(name string) time.Duration {
	d, err := time.ParseDuration(p[name])
	if err != nil {
		panic("policies: parameter " + name + " is no duration: " + p[name])
	}
	return d
}

// IsDuration is the Check of a parameter that is a duration, above zero.
func IsDuration(value string) error {
	if d, err := time.ParseDuration(value); err != nil || d <= 0 {
		return fmt.Errorf("a duration above zero, such as 50ms")
	}
	return nil
}
