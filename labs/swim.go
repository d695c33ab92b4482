package labs

import (
	"errors"
	"fmt"
	mathbits "math/bits"
	"strconv"
	"time"

	"capsim/policies"
)

// specSwim is the group membership protocol of Das, Gupta and Motivala.
var specSwim = &policies.Spec{
	Name:    "swim",
	Lab:     true,
	Summary: "SWIM: who is a member, by random pings, with suspicion, and news that rides on them",
	Doc: "Each node keeps a list of the members: which nodes it holds alive, suspect or faulty. At the start all are alive.\n\n" +
		"Failure detection: each protocol period a member pings one other, drawn at random (target=random) or in turn from a list " +
		"that is shuffled after each round (target=roundrobin, which bounds the time until any one member pings another by " +
		"2n−1 periods). Without an ack after the timeout it sends a ping-req to k others, " +
		"who ping the target for it and pass on the ack. Without any ack by the end of the period the target is suspect.\n\n" +
		"Suspicion: a suspect is pinged as any member, and is told that it is suspected. If it lives it refutes: it raises its incarnation " +
		"number, and alive with a higher number overrides suspect. A member that has held it suspect for so many periods as suspicion says " +
		"declares it faulty. With suspicion=0 there is no such step: without an ack it is faulty at once. " +
		"In a large group suspicion should be longer: the news takes a number of periods that grows with log n to reach the suspect, and its answer as many.\n\n" +
		"Dissemination: there is no broadcast. News (alive, suspect or faulty, with the incarnation number that it speaks of) rides on pings and acks, at " +
		"most 6 pieces a message, those told least often first; a member tells each λ·⌈log₂(n+1)⌉ times. " +
		"Of equal incarnation numbers suspect overrides alive, and faulty overrides both; a higher one overrides any.\n\n" +
		"Return: who is faulty is pinged by nobody. In the paper that is final, and whoever comes back is a new member. Here a member that learns that " +
		"it is held faulty raises its incarnation number and is alive again, and so does one that restarts (the number is on disk). Who sends a message to a member that " +
		"holds it faulty learns it from the answer. Two that hold each other faulty, as after a partition, would never speak again: " +
		"so at every reconnect-th period a member pings one that it holds faulty besides (0: never).\n\n" +
		"The state shown of a node is its view of the others. Among more than nine it is only whether it suspects any, or holds any faulty. " +
		"Figures: load, the messages that a member sends in a period, " +
		"which does not depend on how many members there are; swim.false-suspicions and swim.false-removals, how often a process that was running learned " +
		"that it was suspected, or held faulty. A process that is paused is running: it is slow, not gone.",
	Claims: []policies.Claim{
		{
			Check: "agreed", When: "all nodes up, no fault and no loss, one-way delays up to 100ms, reconnect above 0: in the end nobody holds a node that is up suspect or faulty",
			Of: policies.Quiet, If: func(p policies.Params) bool { return p["reconnect"] != "0" }, Without: []string{"loss"},
		},
	},
	GivesUp: []policies.GivenUp{
		{What: "telling a member that crashed from one that is slow, paused or cut off", Scenario: "swim"},
		{What: "with suspicion=0, a member that is silent for a moment: it is removed", Scenario: "swim"},
		{What: "one membership for all while the network is partitioned: each side removes the other", Scenario: "swim"},
	},
	Params: []policies.Param{
		{Name: "target", Default: "random", Doc: "whom a member pings: any other, or each in turn", Values: []string{"random", "roundrobin"}},
		{Name: "period", Default: "1s", Doc: "the protocol period", Try: []string{"500ms", "1s"}, Check: policies.IsDuration},
		{Name: "timeout", Default: "300ms", Doc: "how long a ping waits for its ack before others are asked; less than the period", Try: []string{"100ms", "300ms"}, Check: policies.IsDuration},
		{Name: "k", Default: "3", Doc: "how many others are asked to ping, 0 to 100", Try: []string{"0", "1", "3"}, Check: isSwimCount},
		{Name: "suspicion", Default: "3", Doc: "for how many periods a suspect may refute, 0 to 100; 0: it is faulty at once", Try: []string{"0", "1", "3"}, Check: isSwimCount},
		{Name: "lambda", Default: "3", Doc: "λ: how often news is told, in units of ⌈log₂(n+1)⌉, 0 to 100", Try: []string{"1", "3"}, Check: isSwimCount},
		{Name: "reconnect", Default: "5", Doc: "at every so many periods a faulty one is pinged besides, 0 to 100; 0: never", Try: []string{"0", "5", "10"}, Check: isSwimCount},
	},
	// Where the parameters change, each member holds all alive again, as in a new process.
	Switches: true,

	Kinds:  swimKinds[:],
	Within: time.Minute, // chance decides who is pinged: a lot of periods
	Source: "Das, Gupta & Motivala, SWIM: Scalable Weakly-consistent Infection-style Process Group Membership Protocol, DSN 2002; return as in HashiCorp's memberlist and Serf",
	Checks: []string{"available", "agreed"},
	Most:   1000,
	Fits: func(p policies.Params, _ int) error {
		if p.Duration("timeout") >= p.Duration("period") {
			return fmt.Errorf("timeout=%s has to be less than period=%s", p["timeout"], p["period"])
		}
		return nil
	},
	Verbs: []policies.Verb{
		{Name: "MEMBERS", Usage: "MEMBERS", Doc: "lists whom the node holds alive or suspect, itself among them", Try: []string{"MEMBERS"}},
		{Name: "HOLDS", Usage: "HOLDS node", Doc: "tells what the node holds another to be: alive, suspect or faulty", Min: 1, Max: 1, Valid: validPeer(false), Try: []string{"HOLDS n1", "HOLDS n2", "HOLDS n3"}},
		{Name: "INCARNATION", Usage: "INCARNATION node", Doc: "tells the highest incarnation number that the node knows of another, or of itself", Min: 1, Max: 1, Valid: validPeer(false), Try: []string{"INCARNATION n1", "INCARNATION n2"}},
	},
	New:  func(p policies.Params) policies.Replica { return &swimReplica{p: readSwim(p)} },
	Many: func(p policies.Params) policies.Crowd { return &swimCrowd{p: readSwim(p)} },
	Ratios: []policies.Ratio{
		{Name: "load", Doc: "messages that a member sends in a period", Of: countSwimSent, Per: countSwimPeriods},
		{Name: "unanswered", Doc: "share of the periods whose ping had no ack, direct or indirect", Of: countSwimUnanswered, Per: countSwimPinged},
	},
}

// What a run counts.
const (
	countSwimSent       = "swim.messages"         // all that members sent
	countSwimPeriods    = "swim.member-periods"   // periods that members began
	countSwimPinged     = "swim.pinged"           // pings whose period has ended
	countSwimUnanswered = "swim.unanswered"       // of them, those whose ping had no ack, direct or indirect
	countSwimDeclared   = "swim.declared"         // members that another declared faulty
	countSwimFalse      = "swim.false-suspicions" // a running process learned that it was suspected
	countSwimRemoved    = "swim.false-removals"   // or that it was held faulty
)

// isSwimCount is the Check of a parameter that is a small number, or 0.
func isSwimCount(value string) error {
	if n, err := strconv.Atoi(value); err != nil || n < 0 || n > 100 || strconv.Itoa(n) != value {
		return errors.New("a number from 0 to 100")
	}
	return nil
}

// swimParams are the parameters, read.
type swimParams struct {
	inTurn          bool
	period, timeout time.Duration
	k, lambda       int
	suspicion       uint64 // in periods; 0: off
	reconnect       uint64 // in periods; 0: never
}

func readSwim(p policies.Params) swimParams {
	number := func(name string) int {
		n, _ := strconv.Atoi(p[name])
		return n
	}
	return swimParams{
		inTurn: p["target"] == "roundrobin", period: p.Duration("period"), timeout: p.Duration("timeout"),
		k: number("k"), lambda: number("lambda"), suspicion: uint64(number("suspicion")), reconnect: uint64(number("reconnect")),
	}
}

// tellings is how often a member tells a piece of news.
func (p *swimParams) tellings(nodes int) int { return p.lambda * mathbits.Len(uint(nodes)) }
