package check

import (
	"fmt"
	"strings"
)

// Check describes one check. The language, its help and --json are read from the
// list of them.
type Check struct {
	Name  string
	Usage string // after the name: "[KEY]"
	Doc   string // one line
	// About says what exactly is judged, where the line can't, and Source who defined it.
	About, Source string
	// Whole: it is over the whole history, so that waiting for it (`within`) has no
	// meaning.
	Whole bool
	// Default: it makes sense without arguments and is reported for every run.
	Default bool
	// Asked: it makes sense without arguments, and is reported for a run whose script
	// expects it: it is costly, or says something else than that all is well.
	Asked bool
	// Each: it is judged by what each node keeps, which nothing tells where a trace counts nodes
	// by their states.
	Each bool
	// Parse reads the words after the name. The error is an *ArgError. A value that
	// was quoted in the script is given quoted if it reads differently without
	// (nil, a list, a word that begins with a quote); a list may be one word or several.
	Parse func(words []string) (Test, error)
}

// TakesArgs tells whether words may follow the name.
func (c *Check) TakesArgs() bool { return c.Usage != "" }

// String writes the check as the language has it: "linearizable [KEY]".
func (c *Check) String() string { return strings.TrimSpace(c.Name + " " + c.Usage) }

// Checks is the one ordered list of checks.
var Checks = []Check{
	linearizable,
	sequential,
	causal,
	causalConvergence,
	available,
	availableSides,
	converged,
	diverged,
	answered,
	lostWrites,
	staleReads,
	staleness,
	versionStaleness,
	readYourWrites,
	monotonicReads,
	monotonicWrites,
	writesFollowReads,
	value,
	version,
	reply,
	latency,
	messages,
	messageCost,
	leader,
	pacelc,
	conserved,
	oversold,
	mutualExclusion,
	guarded,
	marked,
	agreed,
	clockCondition,
	clockCausality,
	atomic,
	decided,
	exactlyOnce,
	balanced,
	lockTime,
	blocked,
}

// Find returns the check of that name.
func Find(name string) (*Check, bool) {
	for i := range Checks {
		if Checks[i].Name == name {
			return &Checks[i], true
		}
	}
	return nil, false
}

// Parse reads a check with its arguments: "lost-writes", "=", "0". The error is an
// *ArgError whose Word counts from the first of words.
func Parse(words []string) (*Check, Test, error) {
	if len(words) == 0 {
		return nil, nil, missing(0, "a check: "+strings.Join(Names(), ", "))
	}
	c, ok := Find(words[0])
	if !ok {
		return nil, nil, &ArgError{Got: words[0], Want: "a check: " + strings.Join(Names(), ", ")}
	}
	test, err := c.Parse(words[1:])
	if err != nil {
		if a, ok := err.(*ArgError); ok {
			err = &ArgError{Word: a.Word + 1, Got: a.Got, Want: a.Want}
		}
		return c, nil, err
	}
	return c, test, nil
}

// Names lists the checks.
func Names() []string {
	names := make([]string, len(Checks))
	for i := range Checks {
		names[i] = Checks[i].Name
	}
	return names
}

// ArgError says which word of a check's arguments can't stand, and what could.
type ArgError struct {
	Word int    // index into the words; their count if one is missing
	Got  string // "" if it is missing
	Want string
}

func (e *ArgError) Error() string {
	if e.Got == "" {
		return "expected " + e.Want
	}
	return fmt.Sprintf("read %q, expected %s", e.Got, e.Want)
}

func missing(word int, want string) *ArgError { return &ArgError{Word: word, Want: want} }

// none refuses all arguments.
func none(t Test) func([]string) (Test, error) {
	return func(words []string) (Test, error) {
		if len(words) > 0 {
			return nil, &ArgError{Got: words[0], Want: "nothing more"}
		}
		return t, nil
	}
}

// atMost refuses words beyond the n-th.
func atMost(words []string, n int) error {
	if len(words) > n {
		return &ArgError{Word: n, Got: words[n], Want: "nothing more"}
	}
	return nil
}

// optionalKey reads one key, or none: "".
func optionalKey(t func(h *History, key string) Finding) func([]string) (Test, error) {
	return func(words []string) (Test, error) {
		key := ""
		if len(words) > 0 {
			var err error
			if key, err = parseKey(words, 0); err != nil {
				return nil, err
			}
		}
		if err := atMost(words, 1); err != nil {
			return nil, err
		}
		return func(h *History) Finding { return t(h, key) }, nil
	}
}
