package labs

import (
	"fmt"
	"strconv"
	"time"

	"capsim/policies"
)

var specTransactions = &policies.Spec{
	Name:    "transactions",
	Lab:     true,
	Apart:   true,
	Summary: "one order on three nodes, all or nothing: by two-phase commit, by three-phase commit, or by messages and compensations",
	Doc: `An order has three parts: the pieces are taken from stock, paid by a card (one unit a piece),
and shipped. Stock is on n1, the credit of cards on n2, shipments on n3; with fewer nodes they
share. Any node takes orders. Order o1 that n4 took is the transaction o1@n4; asked for again
it is not done again.

by=2pc: two-phase commit with presumed abort. The node that was asked coordinates. It asks
the owners of the parts to vote. Who votes yes locks the row, writes that to its log, and may
from then on neither commit nor abort by itself. If all vote yes, the coordinator writes
commit to its log: that is the decision. It tells all, again and again, until all have done
it. Of an abort it writes nothing and waits for no receipt: what is not in the log was aborted.
A participant in doubt asks the coordinator for as long as it takes, and with
termination=cooperative all others as well: one that knows tells it, and one that has not voted
promises that it never will. While the coordinator is gone and all others have voted yes, they
are blocked, their rows locked. A row that is locked is waited for by nobody: who needs it
votes no.

by=3pc: three-phase commit. Between vote and commit all are told that all have voted yes
(precommit). If the coordinator is silent, the others ask each other how far they are, and of
those who have not crashed the first leads: if one of them has precommitted, it lets all
precommit and commits; if all are uncertain, it aborts. So nobody waits for who is gone, as long as nodes crash and nothing else happens:
messages take at most a third of timeout, none is lost, no node is paused, and not all have
crashed since they voted. If all have, they wait until all are back. Under a partition, or a
pause, the two sides decide each by itself, and may differ.

by=outbox: no common decision. The order is accepted at once, in one local transaction with
the message to the first consumer. A relay delivers it until there is a receipt: at least
once. Consumers remember what they did (idempotent=on), so that a message that comes twice is
done once. If a step refuses, or was delivered tries times without a receipt (a dead letter),
the steps before are compensated, the last first: a saga. In between anybody can see half an
order.`,
	Claims: []policies.Claim{
		{Check: "atomic", When: "by=2pc; disks survive", If: txBy("2pc"), Without: []string{"wipe"}},
		{
			Check: "atomic", When: "by=3pc; crashes are the only faults; one-way delays up to a third of timeout; disks survive",
			If: func(p policies.Params) bool { return txBy("3pc")(p) && p.Duration("timeout") >= 300*time.Millisecond },
			Without: []string{
				"wipe", "partition", "cut", "flap", "delay", "loss", "reorder", "drift", "slow", "bandwidth", "pause",
			},
		},
		{Check: "atomic", When: "by=outbox, idempotent=on; all nodes up, no cut and no new order for 5s; disks survive", If: txOnce("outbox"), Of: policies.Quiet, Without: []string{"wipe"}},
		{Check: "balanced", When: "by=2pc, or by=outbox with idempotent=on; all nodes up, no cut and no new order for 5s; disks survive", If: func(p policies.Params) bool { return txBy("2pc")(p) || txOnce("outbox")(p) }, Of: policies.Quiet, Without: []string{"wipe"}},
		{Check: "decided", When: "all nodes up, no cut and no new order for 5s; disks survive", Of: policies.Quiet, Without: []string{"wipe"}},
		{Check: "exactly-once", When: "idempotent=on; disks survive", If: func(p policies.Params) bool { return p["idempotent"] == "on" }, Without: []string{"wipe"}},
	},
	GivesUp: []policies.GivenUp{
		{What: "by=2pc: an outcome while the coordinator is gone: who has voted yes is blocked, its rows locked", Scenario: "two-phase-blocked"},
		{What: "by=3pc: one outcome on both sides of a partition", Scenario: "three-phase-split"},
		{What: "by=outbox: isolation: half an order can be seen, and what was accepted may be cancelled", Scenario: "saga"},
		{What: "by=outbox idempotent=off: that what is delivered twice is done once", Scenario: "outbox-doubles"},
	},
	Params: []policies.Param{
		{Name: "by", Default: "2pc", Doc: "two-phase commit, three-phase commit, or messages", Values: []string{"2pc", "3pc", "outbox"}},
		{Name: "termination", Default: "coordinator", Doc: "by=2pc: whom a participant in doubt asks: its coordinator, or (cooperative) all others too", Values: []string{"coordinator", "cooperative"}},
		{Name: "idempotent", Default: "on", Doc: "by=outbox: whether consumers remember what they have done", Values: []string{"on", "off"}},
		{Name: "tries", Default: "10", Doc: "by=outbox: after how many deliveries without a receipt a message is a dead letter; 0: never", Check: isCount, Try: []string{"0", "2", "30"}},
		{Name: "retry", Default: "100ms", Doc: "how often what was not answered is asked or delivered again", Check: policies.IsDuration, Try: []string{"50ms", "200ms"}},
		{Name: "timeout", Default: "300ms", Doc: "how long a node waits for an answer before it takes the other for crashed", Check: policies.IsDuration, Try: []string{"150ms", "500ms"}},
		{Name: "credit", Default: "100", Doc: "what a card can pay at first", Check: isCount, Try: []string{"3"}},
	},
	Kinds:  txKinds,
	Within: 5 * time.Second,
	Source: "Gray, Notes on Data Base Operating Systems (1978); Mohan, Lindsay & Obermarck, Transaction Management in the R* " +
		"Distributed Database Management System (TODS 1986): presumed abort; Skeen, Nonblocking Commit Protocols (SIGMOD 1981); " +
		"Bernstein, Hadzilacos & Goodman, Concurrency Control and Recovery in Database Systems (1987), ch. 7; " +
		"Garcia-Molina & Salem, Sagas (SIGMOD 1987); Pritchett, BASE: An ACID Alternative (2008); Helland, Life beyond Distributed " +
		"Transactions (2007)",
	Verbs:   txVerbs,
	Checks:  []string{"atomic", "decided", "exactly-once", "balanced"},
	Caution: txCaution,
	Fits:    txFits,
	New:     newTransactions,
}

// txBy tells whether the orders are done so.
func txBy(by string) func(policies.Params) bool {
	return func(p policies.Params) bool { return p["by"] == by }
}

// txOnce tells whether the orders are done so, and no consumer does twice what comes twice.
func txOnce(by string) func(policies.Params) bool {
	return func(p policies.Params) bool { return p["by"] == by && p["idempotent"] == "on" }
}

func txCaution(p policies.Params, _ int) string {
	switch {
	case p["by"] == "3pc":
		return "under a partition the two sides may decide otherwise: three-phase commit assumes that who does not answer has crashed"
	case p["by"] == "outbox" && p["idempotent"] == "off":
		return "a message that is delivered twice is done twice: consumers remember nothing"
	}
	return ""
}

// txFits: more than a thousand ticks to a timeout are a mistake.
func txFits(p policies.Params, _ int) error {
	if p.Duration("timeout")/p.Duration("retry") > 1000 {
		return fmt.Errorf("timeout=%s is more than a thousand times retry=%s", p["timeout"], p["retry"])
	}
	return nil
}

// isCount is the Check of a parameter that is a number from 0 to a million.
func isCount(value string) error {
	if n, err := strconv.Atoi(value); err != nil || n < 0 || n > txMostPieces {
		return fmt.Errorf("a number from 0 to %d", txMostPieces)
	}
	return nil
}

func newTransactions(p policies.Params) policies.Replica {
	number := func(name string) int {
		n, err := strconv.Atoi(p[name])
		if err != nil {
			panic("labs: parameter " + name + " is no number: " + p[name])
		}
		return n
	}
	retry, timeout := p.Duration("retry"), p.Duration("timeout")
	return &tx{
		three: p["by"] == "3pc", mails: p["by"] == "outbox", cooperative: p["termination"] == "cooperative",
		idempotent: p["idempotent"] == "on", credit: int64(number("credit")), tries: number("tries"),
		retry: retry, patience: int((timeout + retry - 1) / retry),
	}
}
