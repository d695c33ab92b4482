package policies

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"capsim/model"
)

var specQuorum = &Spec{
	Name:    "quorum",
	Summary: "R and W of N (Dynamo): a write is on W nodes before it is acknowledged, a read asks R; registers only",
	Doc: `Every key is a register that all N nodes keep. The node that a client asks coordinates: it
sends a write to all nodes and acknowledges it once W have it on disk; it sends a read to
all and answers with the newest of the first R answers, by stamp.

R+W>N makes every read meet every acknowledged write. It is not enough to be linearizable.
write=stamp-first: the coordinator first asks R nodes for their newest stamp, so that a later
write has a later stamp whatever the clocks say; blind trusts its own clock. read=write-back:
what a read is about to return is first brought to W nodes, so that no later read returns
less (ABD); so a read that does not find it on W needs W nodes, too. repair brings it, after the
answer, to those who answered without it; plain to nobody.

handoff=on: a write for a node that has not acknowledged it in time is kept as a hint, on the
coordinator's disk, and delivered when the node is back. sloppy=on: such a hint counts as that
node's acknowledgement. (Every node is a home of every key, so the fallback that Dynamo would
take is the coordinator itself: with W=2 both copies may be on its one disk.) There is no
anti-entropy beside that: what hints and reads don't mend stays as it is.

expanding=no: a write is sent to W nodes drawn at random and to no other, a read to R.
coordinator=client: a remote client's own half coordinates; it has no disk and keeps no hints.

A request that R nodes don't answer within patience is refused (NOQUORUM). Once a write has
been sent to store it is unknown until W nodes have it. It offers GET, SET key
value, and DEL, which writes a tombstone and replies OK, not Redis's count: two DELs at once may
both have seen the key, and to say which of them removed it takes reading and writing in one
step, which quorums can't. A key that another policy let expire stays.

A node whose disk was wiped acknowledges and answers nothing until N-W+1 others have told it
all they have: any write that it acknowledged is with one of them. With W=1 it may not be, and
is lost then. After a toggle to quorum the nodes agree on the merged records of a majority
(Paxos) before any of them serves; wiped ones have no vote in that.`,
	Claims: []Claim{
		{Check: "linearizable", When: "r+w > nodes, write=stamp-first, read=write-back, sloppy=off; disks survive", If: alwaysStrict},
		{Check: "available", When: "in a majority group, whole inside and wholly cut from all others for 2s; r and w a majority, expanding=yes, default retry and patience", If: quorumPrompt, Of: MajoritySide},
	},
	GivesUp: []GivenUp{
		{"answers in a group of fewer nodes than r, or w", "quorum"},
		{"freshness, if r+w <= nodes: a read may miss what was acknowledged", "quorum"},
		{"linearizability, if reads write nothing back: a new value, then the old one again", "quorum-not-linearizable"},
		{"freshness, if the quorum is sloppy: acknowledged, and not read", "sloppy"},
		{"of two writes that had not seen each other, the one with the earlier stamp", "quorum-not-linearizable"},
		{"every command that reads and writes in one step", "quorum"},
	},
	Params: []Param{
		{Name: "r", Default: "majority", Check: isQuorumSize, Try: []string{"1", "2", "all"}, Doc: "how many nodes must answer a read: a number, majority or all"},
		{Name: "w", Default: "majority", Check: isQuorumSize, Try: []string{"1", "2", "all"}, Doc: "how many nodes must have a write on disk: a number, majority or all"},
		{Name: "write", Default: "stamp-first", Values: []string{"stamp-first", "blind"}, Doc: "whether a write asks r nodes for the newest stamp before it takes its own"},
		{Name: "read", Default: "write-back", Values: []string{"write-back", "repair", "plain"}, Doc: "what a read does for nodes that lack what it found: bring it to w before it answers; after it; nothing"},
		{Name: "handoff", Default: "on", Values: []string{"on", "off"}, Doc: "hinted handoff: keep a write for a node that does not answer"},
		{Name: "sloppy", Default: "off", Values: []string{"on", "off"}, Doc: "whether a hint counts as an acknowledgement"},
		{Name: "expanding", Default: "yes", Values: []string{"yes", "no"}, Doc: "whether requests go to all nodes, or to w (r) drawn at random and no other"},
		{Name: "coordinator", Default: "node", Values: []string{"node", "client"}, Doc: "who coordinates a remote client's requests: the node that it names, or its own half"},
		{Name: "retry", Default: "50ms", Check: IsDuration, Doc: "how long to wait before a node is asked again"},
		{Name: "patience", Default: "600ms", Check: IsDuration, Doc: "how long a request waits for r nodes before it is refused"},
	},
	Kinds: append([]string{
		"quorum.stamp", "quorum.stamped", "quorum.write", "quorum.ack", "quorum.read", "quorum.answer",
		"quorum.repair", "quorum.hint", "quorum.recover", "quorum.recovered",
	}, installKinds...),
	Within: 2 * time.Second,
	Source: "DeCandia et al., Dynamo (SOSP 2007); Attiya, Bar-Noy & Dolev, Sharing Memory Robustly (JACM 1995); " +
		"Lynch & Shvartsman, Robust Emulation of Shared Memory (FTCS 1997); Bailis et al., Probabilistically Bounded Staleness (VLDB 2012)",
	Supports: func(c model.Command, _ Params) bool {
		return c.Verb == model.GET || c.Verb == model.SET && len(c.Args) == 2 || c.Verb == model.DEL
	},
	Fits:    quorumFits,
	Caution: quorumCaution,
	New:     func(p Params) Replica { return &quorum{coordinator: coordinator{params: p}} },
	NewClient: func(p Params) Replica {
		if p["coordinator"] != "client" {
			return nil
		}
		return &quorumClient{coordinator: coordinator{params: p}}
	},
}

func isQuorumSize(s string) error {
	if s == "majority" || s == "all" {
		return nil
	}
	if n, err := strconv.Atoi(s); err != nil || n < 1 || n > 9 || strconv.Itoa(n) != s {
		return fmt.Errorf("a number of nodes from 1 to 9, majority, or all")
	}
	return nil
}

// quorumSize returns how many of n nodes the parameter asks for.
func quorumSize(s string, n int) int {
	switch s {
	case "majority":
		return n/2 + 1
	case "all":
		return n
	}
	v, err := strconv.Atoi(s)
	if err != nil {
		panic("policies: parameter is no quorum: " + s)
	}
	return v
}

func quorumFits(p Params, nodes int) error {
	for _, name := range [...]string{"r", "w"} {
		if size := quorumSize(p[name], nodes); size > nodes {
			return fmt.Errorf("%s=%d: there are only %d nodes", name, size, nodes)
		}
	}
	switch {
	case p["sloppy"] == "on" && p["handoff"] == "off":
		return fmt.Errorf("sloppy=on counts hints, and handoff=off keeps none")
	case p["sloppy"] == "on" && p["expanding"] == "no":
		return fmt.Errorf("sloppy=on needs expanding=yes: with no, a write is meant for no other node")
	}
	return nil
}

// abd tells whether the parameters but r and w are those of a linearizable register.
func abd(p Params) bool {
	return p["write"] == "stamp-first" && p["read"] == "write-back" && p["sloppy"] == "off"
}

// alwaysStrict tells whether the parameters are strict in clusters of every size.
func alwaysStrict(p Params) bool {
	majority := func(s string) bool { return s == "majority" || s == "all" }
	return abd(p) && majority(p["r"]) && majority(p["w"])
}

// quorumPrompt tells whether a majority answers within specQuorum.Within.
func quorumPrompt(p Params) bool {
	return p["r"] == "majority" && p["w"] == "majority" && p.Duration("retry") <= 50*time.Millisecond && p.Duration("patience") >= 600*time.Millisecond && p["expanding"] == "yes"
}

// quorumCaution says what can't be promised.
func quorumCaution(p Params, nodes int) string {
	var parts []string
	r, w := quorumSize(p["r"], nodes), quorumSize(p["w"], nodes)
	if r+w <= nodes {
		parts = append(parts, fmt.Sprintf("r+w = %d+%d is not more than %d nodes: a read may miss a write that was acknowledged", r, w, nodes))
	}
	// What a read of all nodes has found anywhere, every later one finds there, too.
	if p["read"] != "write-back" && r < nodes {
		parts = append(parts, "read="+p["read"]+" writes nothing back before it answers: a read may return a new value and a later one the old")
	}
	// A coordinator that has every acknowledged write on its own disk needs to ask nobody.
	if p["write"] == "blind" && (w < nodes || p["coordinator"] == "client" || p["sloppy"] == "on") {
		parts = append(parts, "write=blind trusts clocks: a later write from a node whose clock lags loses to an earlier one")
	}
	if p["sloppy"] == "on" {
		parts = append(parts, "sloppy=on counts hints: a write may be acknowledged with no copy but on the coordinator's disk, where reads miss it")
	}
	return strings.Join(parts, "; ")
}
