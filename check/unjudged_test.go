package check

import (
	"strings"
	"testing"
)

// TestReadsThatNothingExplains: how a counter came to read so, neither the node nor a
// write tells.
func TestReadsThatNothingExplains(t *testing.T) {
	const text = `
		alice@n1 INCR hits
		alice wrote
		n1 hits v1
		alice = 1
	`
	const clear, dark = "@n1 GET hits\n%s = \"1\"\n", "@n2 GET hits\n%s = \"7\"\n"
	reads := func(client string, of ...string) string {
		all := ""
		for _, read := range of {
			all += client + strings.Replace(read, "%s", client, 1)
		}
		return all
	}
	const first = "1 read can't be judged, as neither the node's record nor any write explains the reply: first "
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"own write": {reads("alice", dark), []string{
			"unknown read-your-writes ~ " + first + "alice's GET hits at n2 (#5–#6) returned 7.", "yes monotonic-reads ~ Nothing to judge",
		}},
		"nobody's own": {reads("bob", dark), []string{"yes read-your-writes ~ Nothing to judge", "yes monotonic-reads ~ Nothing to judge"}},
		"among good ones": {reads("alice", clear, dark, clear), []string{
			"unknown read-your-writes ~ All of 2 reads after a client's own write saw it. " + first,
			"unknown monotonic-reads ~ None of 1 later read went behind an earlier read of the same client. " + first,
		}},
		"before a good one": {reads("bob", dark, clear), []string{"unknown monotonic-reads ~ " + first + "bob's"}},
		"after a good one":  {reads("bob", clear, dark), []string{"unknown monotonic-reads ~ " + first + "bob's"}},
		"two of one, one of another": {reads("carol", dark) + reads("bob", dark, dark), []string{
			"unknown monotonic-reads ~ 2 reads can't be judged, as neither the node's record nor any write explains the reply: first bob's",
		}},
		"of another key":      {reads("bob", dark) + "bob@n1 GET cart\nbob = nil", []string{"yes monotonic-reads ~ Nothing to judge"}},
		"beside a violation":  {reads("alice", clear, dark) + "alice@n2 GET hits\nalice = nil", []string{"no read-your-writes ~ " + first, "no monotonic-reads ~ " + first}},
		"after the violation": {reads("alice", clear) + "alice@n2 GET hits\nalice = nil\n" + reads("alice", dark), []string{"no read-your-writes ~ (#7–#8) returned nil", "no monotonic-reads ~ " + first}},
	} {
		t.Run(name, func(t *testing.T) { wants(t, history(t, text+c.text), c.want...) })
	}
}

func TestNothingToConverge(t *testing.T) {
	wants(t, history(t, ""), "yes converged ~ Nothing to judge: no node holds a write.", "no diverged")
	wants(t, history(t, "bob@n1 GET cart\nbob = nil"), "yes converged ~ Nothing to judge", "yes converged cart ~ Nothing to judge: no node holds a write of cart.")
	const text = "alice@n1 SET cart milk\nalice wrote\nn1 cart v1\nalice = OK\n"
	wants(t, history(t, text), "no converged", "no converged cart", "yes converged car ~ Nothing to judge: no node holds a write of car.")
	wants(t, history(t, text+"crash n1"), "yes converged cart ~ n2 and n3 hold nothing of cart.", "yes converged ~ All nodes that are up")
	wants(t, history(t, text+"crash n1\ncrash n2\ncrash n3"), "yes converged ~ Nothing to judge: no node is up.")
}
