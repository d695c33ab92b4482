package labs

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"capsim/policies"
)

// specGossip is the epidemic algorithms of Demers et al.
var specGossip = &policies.Spec{
	Name:    "gossip",
	Lab:     true,
	Summary: "epidemic algorithms: rumour mongering, which is quick, cheap and may miss some, and anti-entropy, which misses none",
	Doc: "A rumour begins at one node (RUMOUR text) and spreads from node to node. With respect to it a node " +
		"is susceptible (it does not know it), infective (it knows it and passes it on) or removed (it knows it and " +
		"has lost interest).\n\n" +
		"mode=rumour is rumour mongering. Each period a node contacts one other at random. With style=push an infective " +
		"node sends what it is infective with; with style=pull every node asks, and the other sends what it is infective " +
		"with; push-pull is both in one contact. With notice=feedback the receiver says whether it knew the rumour already, and " +
		"only contacts in vain make a node lose interest; with notice=blind all contacts do. With stop=coin it then does so with " +
		"probability 1/k; with stop=counter after k such periods, and with feedback a contact that was of use sets the " +
		"counter back to 0. When all have lost interest the epidemic is over, and some nodes may never have heard: the residue.\n\n" +
		"mode=anti-entropy compares all that two nodes know, and never ends: each period a node sends one other at random " +
		"the names of what it has, and what one of them lacks is sent (push: what the other lacks; pull: what it lacks itself). In the " +
		"end all know. mode=both spreads rumours every period, and runs anti-entropy at every backup-th.\n\n" +
		"time=cycles is the model of the paper: all act at the same instant, the beginning of a cycle, and what is judged, sent " +
		"and answered within it goes by what each node knew at its beginning. A cycle takes a period, which should be " +
		"longer than three messages take. time=real gives each node a period that begins when it likes, and nothing waits.\n\n" +
		"A rumour is on disk; the interest in it is not, so a node that restarts knows it and does not spread it. The state shown is that of " +
		"the node as a whole: susceptible while it knows no rumour, infective while it spreads any.\n\n" +
		"Figures, over all rumours: residue, the share of the nodes that never heard; traffic, the updates sent for each node " +
		"(questions, digests and feedback are not counted, as in the paper); t-ave and t-last, the periods until a node heard, " +
		"in the mean and at last. Wiping a node's disk makes the residue too small.",
	Claims: []policies.Claim{
		{Check: "converged", When: "anti-entropy runs: in the end, with disks that survive, all know all rumours", Of: policies.Quiet, If: func(p policies.Params) bool { return p["mode"] != "rumour" }, Without: []string{"wipe"}},
	},
	GivesUp: []policies.GivenUp{
		{What: "with mode=rumour, that all hear: when the last has lost interest, some may not know", Scenario: "rumour"},
		{What: "with style=push, an end that is quick: the last few are hard to hit", Scenario: "push-pull"},
		{What: "with mode=anti-entropy, silence: nodes go on comparing when all know all", Scenario: "anti-entropy"},
	},
	Params: []policies.Param{
		{Name: "mode", Default: "rumour", Doc: "rumour mongering, anti-entropy, or rumours with anti-entropy behind them", Values: []string{"rumour", "anti-entropy", "both"}},
		{Name: "style", Default: "push", Doc: "who sends in a contact: the one who calls, the one who is called, or both", Values: []string{"push", "pull", "push-pull"}},
		{Name: "notice", Default: "feedback", Doc: "what makes a node lose interest: contacts in vain, or all", Values: []string{"feedback", "blind"}},
		{Name: "stop", Default: "counter", Doc: "how: after k of them, or each time with probability 1/k", Values: []string{"counter", "coin"}},
		{Name: "k", Default: "2", Doc: "how long interest lasts, 1 to 100", Try: []string{"1", "2", "5"}, Check: isGossipCount},
		{Name: "time", Default: "cycles", Doc: "synchronous cycles, or each node's own periods", Values: []string{"cycles", "real"}},
		{Name: "period", Default: "1s", Doc: "the length of a cycle, or from one contact of a node to its next", Try: []string{"200ms", "1s"}, Check: policies.IsDuration},
		{Name: "backup", Default: "10", Doc: "with mode=both, anti-entropy at every so many periods, 1 to 100", Try: []string{"1", "4"}, Check: isGossipCount},
	},
	Kinds:  gossipKinds[:],
	Within: 5 * time.Minute, // thirty comparisons, at the default of backup: chance has to fail that often
	Source: "Demers et al., Epidemic Algorithms for Replicated Database Maintenance, PODC 1987, sections 1.3 and 1.4",
	Checks: []string{"available"},
	Most:   1_000_000,
	Verbs: []policies.Verb{
		{Name: "RUMOUR", Usage: "RUMOUR text", Doc: "begins a rumour at the node that is asked; its number is the answer", Min: 1, Max: 1, Try: []string{"RUMOUR news{i}"}, Valid: isRumour},
		{Name: "KNOWS", Usage: "KNOWS text", Doc: "tells whether the node knows the rumour: 1 or 0", Min: 1, Max: 1, Try: []string{"KNOWS news1", "KNOWS news{i}"}},
		{Name: "RUMOURS", Usage: "RUMOURS", Doc: "lists the rumours that the node knows", Try: []string{"RUMOURS"}},
	},
	New:  func(p policies.Params) policies.Replica { return newGossip(p) },
	Many: func(p policies.Params) policies.Crowd { return newGossip(p) },
	Ratios: []policies.Ratio{
		{Name: "residue", Doc: "share of the nodes that never heard the rumour", Of: countUnaware, Per: countSites},
		{Name: "traffic", Doc: "updates sent for each node", Of: countUpdates, Per: countSites},
		{Name: "t-ave", Doc: "periods until a node heard, in the mean", Of: countDelay, Per: countHeard},
		{Name: "t-last", Doc: "periods until the last heard that ever did", Of: countLast, Per: countPeriod},
	},
}

// What a run counts. Delays are in nanoseconds, and so is what they are divided by: a period
// for each node that heard, and one period.
const (
	countSites   = "gossip.sites"         // nodes, for each rumour
	countUnaware = "gossip.unaware"       // of them, those that have not heard
	countUpdates = "gossip.updates"       // rumours that messages bore
	countDelay   = "gossip.delay-ns"      // from the rumour's beginning, of those that heard
	countHeard   = "gossip.heard-ns"      // periods, one for each that heard
	countLast    = "gossip.last-ns"       // the longest delay
	countPeriod  = "gossip.period-ns"     // one period
	countVain    = "gossip.vain"          // rumours that reached one who knew them
	countOver    = "gossip.lost-interest" // nodes that lost interest in a rumour
)

// maxRumour is how long a rumour may be, in bytes.
const maxRumour = 200

func isRumour(words []string) error {
	if len(words[0]) == 0 || len(words[0]) > maxRumour {
		return &policies.ChoiceError{Word: 0, Got: words[0], Want: fmt.Sprintf("a rumour of 1 to %d bytes", maxRumour)}
	}
	return nil
}

// isGossipCount is the Check of a parameter that is a small number.
func isGossipCount(value string) error {
	if n, err := strconv.Atoi(value); err != nil || n < 1 || n > 100 || strconv.Itoa(n) != value {
		return errors.New("a number from 1 to 100")
	}
	return nil
}

// gossipParams are the parameters, read.
type gossipParams struct {
	rumours, entropy bool // which of the two run
	push, pull       bool
	blind, coin      bool
	cycles           bool
	k                uint8
	backup           int64 // anti-entropy at every so many periods
	period           time.Duration
}

func readGossip(p policies.Params) gossipParams {
	k, _ := strconv.Atoi(p["k"])
	g := gossipParams{
		rumours: p["mode"] != "anti-entropy", entropy: p["mode"] != "rumour",
		push: p["style"] != "pull", pull: p["style"] != "push",
		blind: p["notice"] == "blind", coin: p["stop"] == "coin", cycles: p["time"] == "cycles",
		k: uint8(k), backup: 1, period: p.Duration("period"),
	}
	if g.rumours {
		backup, _ := strconv.Atoi(p["backup"])
		g.backup = int64(backup)
	}
	return g
}
