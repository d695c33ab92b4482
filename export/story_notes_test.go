package export

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"capsim/model"
	"capsim/trace"
)

// alone cuts a node of three off.
func (p *tape) alone(n model.NodeID) *tape {
	for to := model.NodeID(1); to <= 3; to++ {
		if to != n {
			p.cut(n, to, "x")
			p.cut(to, n, "x")
		}
	}
	return p
}

func (p *tape) elections(n model.NodeID, count int) *tape {
	for range count {
		p.wait(200*time.Millisecond).note(n, "raft.election", "node", n.String(), "term", "2")
	}
	return p
}

func TestNotes(t *testing.T) {
	start := func(p *tape) *tape {
		p.policy("cp", 1).note(1, "raft.leader", "node", "n1", "term", "1")
		p.msg++
		p.wait(time.Second).deliver(p.msg, 1, 2)
		return p
	}
	tests := map[string]struct {
		build func(p *tape)
		want  []string // the lines, but those of the start
		tone  Tone     // of the last
	}{
		"the first leader": {
			func(p *tape) { p.note(1, "raft.leader", "node", "n1", "term", "1") },
			[]string{"n1 leads the cluster from the start (term 1): the first leader needs no election."},
			Good,
		},
		"a hint, and a sloppy quorum": {
			func(p *tape) {
				start(p)
				op := p.invoke("alice", 1, "SET cart eggs")
				id := strconv.Itoa(int(op))
				p.note(1, "quorum.hinted", "for", "n2", "op", id).note(1, "quorum.sloppy", "op", id, "copies", "1", "hints", "2", "w", "2")
			},
			[]string{
				"n1 has no acknowledgement from n2: it keeps a hint on its own disk, and will deliver alice's SET cart eggs (v1) when n2 answers.",
				"n1 counts its hints as copies: 1 copy and 2 hints make the 2 that a write, here alice's SET cart eggs (v1), needs. Reads elsewhere may miss it.",
			},
			Bad,
		},
		"a wiped node of a policy without a log": {
			func(p *tape) {
				start(p).note(2, "install.wiped", "node", "n2").note(2, "install.relearned", "node", "n2")
			},
			[]string{
				"n2 has lost its disk: it serves, votes and acknowledges nothing until enough of the others have told it what they hold.",
				"n2 has learned from the others all that it may ever have acknowledged, and takes part again.",
			},
			Good,
		},
		"in doubt for long": {
			func(p *tape) {
				start(p)
				op := strconv.Itoa(int(p.invoke("alice", 1, "SET cart eggs")))
				p.note(2, "ca.blocked", "op", op, "key", "cart", "coordinator", "n1")
				p.note(2, "ca.resolved", "op", op, "key", "cart", "from", "n1", "outcome", "committed")
				p.note(3, "ca.resolved", "op", op, "key", "cart", "from", "n2", "outcome", "aborted")
				p.note(3, "ca.blocked", "op", "99", "key", "cart", "coordinator", "n1")
			},
			[]string{
				"n2 does not know whether eggs (v1) of cart was committed, and refuses cart until it does: n1, which decides, does not answer.",
				"n2 learns from n1 that eggs (v1) of cart was committed, and serves it.",
				"n3 learns from n2 that eggs (v1) of cart was aborted, and serves what was there before.",
				"n3 does not know whether a write was committed, and refuses cart until it does: n1, which decides, does not answer.",
			},
			Bad,
		},
		"elected": {
			func(p *tape) { start(p).note(2, "raft.leader", "node", "n2", "term", "3") },
			[]string{"n2 leads the cluster from here on (term 3): a majority voted for it."},
			Good,
		},
		"elected after a toggle": {
			func(p *tape) {
				start(p).policy("cp", 2).note(2, "raft.leader", "node", "n2", "term", "1")
				p.add(trace.Event{Kind: trace.Serving, Node: 2})
			},
			[]string{
				"The policy is now cp: it starts on the records of the one before, and the messages under way are void.",
				"n2 leads the cluster from here on (term 1): a majority voted for it. It first collects what a majority holds; until then nobody serves.",
				"n2 serves under cp from here on.",
			},
			Quiet,
		},
		"cut off, and asking again and again": {func(p *tape) { start(p).alone(2).elections(2, 9) }, []string{
			"n2 has heard no leader for 0.2 s: it asks whether the others would follow it in term 2.",
			"n2 keeps asking; it can't reach n1 and n3, and without a majority nobody can win.",
		}, Quiet},
		"deaf to the leader alone": {func(p *tape) { start(p).cut(1, 2, "x"); p.elections(2, 3) }, []string{
			"n2 has heard no leader for 0.2 s: it asks whether the others would follow it in term 2.",
			"n2 keeps asking; the others still hear n1 lead, and give it no vote.",
		}, Quiet},
		"without pre-votes": {func(p *tape) { start(p).policy("cp prevote=off", 1).elections(2, 1) }, []string{
			"The cluster starts under the policy cp prevote=off.",
			"n2 has heard no leader for 0.2 s: it stands for election in term 2.",
		}, Quiet},
		"a split vote": {func(p *tape) { start(p).note(1, "raft.stepdown", "node", "n1", "why", "a higher term").elections(2, 2) }, []string{
			"n1 leads no longer: it hears of a higher term, so the others have moved on.",
			"n2 has heard no leader for 0.2 s: it asks whether the others would follow it in term 2.",
			"n2 keeps asking; so far nobody has the votes of a majority.",
		}, Quiet},
		"told anew after the network changed": {func(p *tape) { start(p).elections(2, 3).say("heal").elections(2, 1) }, []string{
			"n2 has heard no leader for 0.2 s: it asks whether the others would follow it in term 2.",
			"n2 keeps asking; the others still hear n1 lead, and give it no vote.",
			"The network heals: messages pass again.",
			"n2 has heard no leader for 0.8 s: it asks whether the others would follow it in term 2.",
		}, Quiet},
		"another's election does not reach one that is cut off": {func(p *tape) {
			start(p).alone(1).note(1, "raft.stepdown", "node", "n1", "why", "no majority was heard for 300ms").elections(1, 1)
			p.note(2, "raft.leader", "node", "n2", "term", "2").elections(1, 2)
		}, []string{
			"n1 leads no longer: no majority has answered it for 0.3 s, and the others may follow another by now.",
			"n1 has heard no leader for 0.2 s: it asks whether the others would follow it in term 2.",
			"n2 leads the cluster from here on (term 2): a majority voted for it.",
			"n1 keeps asking; it can't reach n2 and n3, and without a majority nobody can win.",
		}, Quiet},
		"restarted": {func(p *tape) {
			start(p).add(trace.Event{Kind: trace.HostChange, Node: 2, Text: "crashed"})
			p.wait(time.Hour).add(trace.Event{Kind: trace.HostChange, Node: 2, Text: "restarted"})
			p.elections(2, 1)
		}, []string{"n2 has heard no leader for 0.2 s: it asks whether the others would follow it in term 2."}, Quiet},
		"a reason of its own": {
			func(p *tape) { start(p).note(1, "raft.stepdown", "node", "n1", "why", "told\x1b so") },
			[]string{`n1 leads no longer: told\x1b so.`},
			Plain,
		},
		"an entry that no majority had": {func(p *tape) {
			start(p).end(p.invoke("carol", 2, "SET cart eggs"), 2, model.Result{Outcome: model.Unknown})
			p.note(1, "raft.overwritten", "op", "1", "key", "cart")
		}, []string{
			"carol gets no answer from n2: carol's SET cart eggs (v1) may have happened, or may yet.",
			"n1 drops carol's SET cart eggs (v1) from its log: no majority had it, and the new leader has other entries in its place.",
		}, Plain},
		"an entry of nobody": {
			func(p *tape) { start(p).note(1, "raft.overwritten", "op", "x") },
			[]string{"n1 drops an entry of its log that no majority had."},
			Plain,
		},
		"behind": {
			func(p *tape) { start(p).note(3, "raft.restored", "node", "n3") },
			[]string{"n3 was too far behind for the leader's log: it takes over a copy of the leader's state instead."},
			Plain,
		},
		"broken": {
			func(p *tape) { start(p).note(3, "raft.broken", "node", "n3") },
			[]string{"What is on n3's disk is not what it wrote there: it can't tell what it promised, and takes part in nothing."},
			Bad,
		},
		"wiped": {
			func(p *tape) { start(p).note(3, "raft.recovering", "node", "n3") },
			[]string{"n3 has lost its disk: it serves and votes on nothing until a majority of the others has told it what was agreed."},
			Fault,
		},
		"recovered": {
			func(p *tape) { start(p).note(3, "raft.recovered", "node", "n3") },
			[]string{"n3 has recovered what was agreed from the others, and takes part again."},
			Good,
		},
		"silent": {
			func(p *tape) { start(p).note(3, "gossip.silent", "node", "n1", "for", "3s") },
			[]string{"n3 has heard nothing of n1 for 3.0 s: what it holds of that node's writes is soft now, and may be old."},
			Plain,
		},
		"back": {
			func(p *tape) { start(p).note(3, "gossip.back", "node", "n1") },
			[]string{"n3 hears of n1 again: what it holds of that node's writes counts as fresh."},
			Quiet,
		},
		"oversell": {
			func(p *tape) { start(p).note(3, "oversell", "key", "tv:stock", "by", "2") },
			[]string{"n3 finds that tv:stock was oversold by 2: both sides had promised from the same stock."},
			Bad,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := newTape()
			tt.build(p)
			lines := story(p.l)
			for len(lines) > 1 && lines[0].At == 0 {
				lines = lines[1:]
			}
			var got []string
			for _, l := range lines {
				got = append(got, l.Text)
			}
			if a, b := strings.Join(got, "\n"), strings.Join(tt.want, "\n"); a != b {
				t.Fatalf("got:\n%s\nwant:\n%s", a, b)
			}
			if l := lines[len(lines)-1]; l.Tone != tt.tone {
				t.Errorf("%q is told %v, want %v", l.Text, l.Tone, tt.tone)
			}
		})
	}
}

// What policies note is told in sentences: none in the words of the trace.
func TestEveryNoteHasASentence(t *testing.T) {
	files, err := filepath.Glob("../policies/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no policies: %v", err)
	}
	found, note := 0, regexp.MustCompile(`\.Note\("((?:[a-z]+\.)?[a-z-]+)"`)
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		for _, m := range note.FindAllStringSubmatch(string(src), -1) {
			if tell, _ := tellerOf(m[1]); tell == nil {
				t.Errorf("%s notes %q, for which there is no sentence", f, m[1])
			}
			found++
		}
	}
	if found < 25 {
		t.Errorf("only %d notes found: is the pattern right?", found)
	}
}
