package check

import (
	"strings"
	"testing"
)

func TestAvailable(t *testing.T) {
	const ok = "\nbob@n2 GET cart\nbob = nil\n"
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"refused":          {ok + "alice@n1 SET cart milk\nalice !NOQUORUM", []string{"no available ~ was refused NOQUORUM, though n1 was up; 1 of 2 requests", "no available n1", "yes available n2"}},
		"down":             {ok + "crash n1\nalice@n1 SET cart milk\nalice !DOWN", []string{"yes available ~ 1 of 1 request ", "yes available n1 ~ Nothing to judge: no request reached a healthy node."}},
		"crashed meantime": {ok + "alice@n1 SET cart milk\ncrash n1\nalice ?", []string{"yes available ~ 1 of 1"}},
		"back meantime":    {ok + "alice@n1 SET cart milk\npause n1\nresume n1\n+1s\nalice ?", []string{"yes available ~ 1 of 1"}},
		"back before":      {ok + "crash n1\nrestart n1\nalice@n1 SET cart milk\n+1s\nalice ?", []string{"no available ~ got no answer within 1s, though n1 was up"}},
		"timeout":          {ok + "alice@n1 SET cart milk\n+1s\nalice ?", []string{"no available ~ got no answer within 1s"}},
		"cut short":        {ok + "alice@n1 SET cart milk\n+500ms\nsay end\nalice ?", []string{"unknown available ~ no answer yet", "unknown answered n1 = 100%"}},
		"given up early":   {ok + "alice@n1 SET cart milk\n+500ms\nalice ?", []string{"no available ~ ended unknown after 500ms, though n1 was up", "no answered n1 > 0%"}},
		"end too late":     {ok + "alice@n1 SET cart milk\n+1s\nsay end\nalice ?", []string{"no available ~ got no answer within 1s", "no answered n1 > 0%"}},
		"toggled in midst": {ok + "alice@n1 SET cart milk\nsay policy cp\n+0ms\nalice ?", []string{"yes available ~ 1 of 1", "unknown answered n1 = 0%"}},
		"toggled earlier":  {ok + "alice@n1 SET cart milk\nsay policy cp\nalice ?", []string{"no available"}},
		"unsupported":      {ok + "alice@n1 INCR cart\nalice !UNSUPPORTED", []string{"yes available ~ 1 of 1"}},
		"switched":         {ok + "alice@n1 INCR cart\nalice !SWITCHED", []string{"yes available ~ 1 of 1"}},
		"error reply":      {ok + "alice@n1 INCR cart\nalice = ERR value is not an integer", []string{"yes available ~ 2 of 2"}},
		"open":             {ok + "alice@n1 INCR cart\n", []string{"unknown available"}},
		"open for long":    {ok + "alice@n1 INCR cart\n+2s\nsay end", []string{"no available ~ has no answer after 2s"}},
	} {
		t.Run(name, func(t *testing.T) { wants(t, history(t, c.text), c.want...) })
	}
}

func TestAvailableLeavesOutWhatAToggleCutShort(t *testing.T) {
	p := newTape(t, 3)
	p.play("policy ap\nalice@n1 SET cart milk\n+100ms\npolicy cp")
	p.now-- // the client learns it at the same instant
	p.now = p.now.Add(1 - 1e6)
	p.play("alice ?")
	wants(t, p.history(Options{}), "yes available ~ Nothing to judge")
}

func TestAnswered(t *testing.T) {
	h := history(t, `
		bob@n2 GET cart
		bob = nil
		bob@n2 GET cart
		bob = nil
		bob@n2 GET cart
		bob !NOQUORUM
		bob@n2 GET cart`)
	wants(t, h,
		"no answered n2 >= 99% ~ 2 of 4 requests to n2 answered: 50.00%.",
		"no answered n2 > 75%", "yes answered n2 >= 50%", "unknown answered n2 > 50% ~ 1 request still within the timeout", "unknown answered n2 = 50%",
		"unknown answered n1 >= 99% ~ No request was sent to n1")
	// A crash that cuts a request short has decided its fate.
	const crashed = "bob@n2 SET cart milk\ncrash n2\nbob ?\n"
	wants(t, history(t, crashed), "no answered n2 >= 99% ~ 0 of 1 request to n2 answered: 0.00%.", "yes available ~ Nothing to judge")
	wants(t, history(t, crashed+"alice@n2 GET cart\nsay end\nalice ?"), "no answered n2 >= 99%", "unknown answered n2 >= 50% ~ 1 request still within the timeout")
	for s, want := range map[string]Percent{"99%": 990_000, "99.95%": 999_500, "100%": 1_000_000, "0%": 0, "0.0001%": 1} {
		if got, ok := parsePercent(s); !ok || got != want {
			t.Errorf("%s = %d, %v", s, got, ok)
		}
	}
	for _, s := range []string{"%", "-1%", "+1%", "1.%", ".5%", "1.00001%", "99", "100.1%", "1e2%", "1 %"} {
		if _, ok := parsePercent(s); ok {
			t.Errorf("%q is read", s)
		}
	}
}

// lww is two sides that write without seeing each other.
const lww = `
	alice@n1 SET cart milk
	alice wrote
	n1 cart v1
	alice = OK
	bob@n2 SET cart eggs
	bob wrote
	n2 cart v2
	bob = OK
	send 1 n1 n2 v1 cart
	send 2 n2 n1 v2 cart
`

func TestLostWrites(t *testing.T) {
	wants(t, history(t, lww), "yes lost-writes = 0", "no converged")
	wants(t, history(t, lww+`
		deliver 2
		discard n1 cart v1 a later stamp
		n1 cart v2 seen v1`),
		"yes lost-writes = 0 ~ is held somewhere") // message 1 holds it
	wants(t, history(t, lww+`
		deliver 2
		discard n1 cart v1 a later stamp
		n1 cart v2 seen v1
		hold 1`),
		"yes lost-writes = 0")
	wants(t, history(t, lww+`
		deliver 2
		discard n1 cart v1 a later stamp
		n1 cart v2 seen v1
		n3 cart v2
		drop 1`),
		"yes lost-writes = 1 ~ alice's SET cart milk at n1 (v1, #1–#4) was acknowledged and is gone: n1 dropped it (#12, a later stamp) for bob's SET cart eggs at n2 (v2, #5–#8).",
		"no lost-writes = 0", "no lost-writes", "yes converged")
}

// TestLostNamesWhoWonThen: not what came later.
func TestLostNamesWhoWonThen(t *testing.T) {
	const dropped = lww + "drop 1\ndeliver 2\ndiscard n1 cart v1\n"
	const later = "carol@n1 SET cart tea\ncarol wrote > v2\nn1 cart v3\nn2 cart v3\ncarol = OK"
	wants(t, history(t, lww+"drop 1\ndeliver 2\nn1 cart v2 seen v1\ndiscard n1 cart v1\n"+later), "no lost-writes ~ for bob's SET cart eggs at n2")
	wants(t, history(t, dropped+"n1 cart v2 seen v1\n"+later), "no lost-writes ~ for bob's SET cart eggs at n2")
	// Nobody says what happened to it.
	wants(t, history(t, lww+"drop 1\nn1 cart v2"), "no lost-writes ~ n1 now holds bob's SET cart eggs at n2")
}

func TestLostWithTheDisk(t *testing.T) {
	const text = `
		alice@n1 SET cart milk
		alice wrote
		n1 cart v1
		alice = OK
	`
	wants(t, history(t, text+"crash n1"), "yes lost-writes = 0")
	wants(t, history(t, text+"wipe n1"), "yes lost-writes = 1 ~ n1 had it, and the disk was wiped (#5)")
	wants(t, history(t, text+"n2 cart v1\nwipe n1"), "yes lost-writes = 0")
	// One that nobody acknowledged is held in its place.
	wants(t, history(t, text+"bob@n2 SET cart eggs\nbob wrote > v1\nn2 cart v2\nbob ?\nwipe n1"), "yes lost-writes = 0")
	// What had no effect can't be lost, nor what was not acknowledged.
	wants(t, history(t, "alice@n1 CAS cart a b\nalice = 0\nbob@n2 SET cart eggs\nbob wrote\nn2 cart v2\nbob ?\nwipe n2"), "yes lost-writes = 0")
	many := ""
	for range 5 {
		many += text
	}
	wants(t, history(t, many+"wipe n1"), "yes lost-writes = 5 ~ And 2 more.")
}

func TestStaleReadsByValue(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want string
	}{
		// n2 answers out of other nodes' records: its own cell is behind.
		"newest, though the node is behind": {"bob@n2 GET cart\nbob = eggs", "yes stale-reads = 0"},
		"older":                             {"bob@n2 GET cart\nbob = milk", "yes stale-reads = 1"},
		"nothing":                           {"bob@n2 GET cart\nbob = nil", "yes stale-reads = 1"},
		"there":                             {"bob@n2 EXISTS cart\nbob = 1", "yes stale-reads = 0"},
		"not there":                         {"bob@n2 EXISTS cart\nbob = 0", "yes stale-reads = 1"},
		"siblings with the newest":          {"bob@n2 GET cart\nbob siblings eggs milk", "yes stale-reads = 0"},
	} {
		t.Run(name, func(t *testing.T) {
			wants(t, history(t, `
				alice@n1 SET cart milk
				alice wrote
				n1 cart v1
				alice = OK
				alice@n1 SET cart eggs
				alice wrote > v1
				n1 cart v2
				alice = OK
				`+c.text), c.want)
		})
	}
}

func TestConcurrentWritesAreNotStale(t *testing.T) {
	wants(t, history(t, lww+"bob@n2 GET cart\nbob = eggs"), "yes stale-reads = 0 ~ None of 1 answered read")
	wants(t, history(t, lww+"bob@n1 GET cart\nbob = milk"), "yes stale-reads = 1")
	wants(t, history(t, lww), "yes stale-reads = 0 ~ No read was answered.", "yes version-staleness = 0 ~ No read was answered.")
	// Once n1 has merged and dropped eggs they are lost, not missed.
	wants(t, history(t, lww+"discard n1 cart v2 late\nn1 cart v1 seen v2\nbob@n1 GET cart\nbob = milk"), "yes stale-reads = 0")
}

func TestReadYourWrites(t *testing.T) {
	const text = `
		alice@n1 SET cart milk
		alice wrote
		n1 cart v1
		alice = OK
	`
	wants(t, history(t, text+"alice@n2 GET cart\nalice = nil"), "no read-your-writes ~ alice's GET cart at n2 (#5–#6) returned nil and does not see alice's SET cart milk")
	wants(t, history(t, text+"bob@n2 GET cart\nbob = nil"), "yes read-your-writes ~ Nothing to judge: no client read a key that it had written.")
	wants(t, history(t, text+"alice@n2 GET cart\nalice = milk"), "yes read-your-writes") // from elsewhere
	wants(t, history(t, text+"n2 cart v1\nalice@n2 GET cart\nalice = milk"), "yes read-your-writes ~ All of 1 read ")
	wants(t, history(t, text+"alice@n2 SET cart eggs\nalice wrote\nalice = OK\nalice@n3 GET cart\nalice = milk"), "no read-your-writes ~ does not see alice's SET cart eggs")
	// An unknown write does not bind.
	wants(t, history(t, "alice@n1 SET cart milk\nalice wrote\nn1 cart v1\nalice ?\nalice@n2 GET cart\nalice = nil"), "yes read-your-writes")
	// That another's write hides it at another node, which never had it, is no excuse.
	wants(t, history(t, text+"bob@n2 SET cart eggs\nbob wrote\nn2 cart v2\nbob = OK\nalice@n2 GET cart\nalice = eggs"), "no read-your-writes")
}

func TestMonotonicReads(t *testing.T) {
	const text = `
		alice@n1 SET cart milk
		alice wrote
		n1 cart v1
		alice = OK
		bob@n1 GET cart
		bob = milk
	`
	wants(t, history(t, text+"bob@n2 GET cart\nbob = nil"), "no monotonic-reads ~ bob's GET cart at n2 (#7–#8) returned nil, behind bob's GET cart at n1 (#5–#6), which had returned milk 1ms before.")
	wants(t, history(t, text+"n2 cart v1\nbob@n2 GET cart\nbob = milk"), "yes monotonic-reads ~ None of 1 later read")
	wants(t, history(t, text+"bob@n2 GET cart\nbob = milk"), "yes monotonic-reads")
	wants(t, history(t, text+"carol@n2 GET cart\ncarol = nil"), "yes monotonic-reads ~ Nothing to judge: no client read a key twice.")
	// By value alone: n2 and n3 answer from elsewhere.
	const two = text + "alice@n1 SET cart eggs\nalice wrote > v1\nn1 cart v2\nalice = OK\nbob@n2 GET cart\nbob = eggs\n"
	wants(t, history(t, two+"bob@n3 GET cart\nbob = milk"), "no monotonic-reads ~ behind bob's GET cart at n2")
	wants(t, history(t, two+"n3 cart v1\nbob@n3 GET cart\nbob = milk"), "no monotonic-reads ~ behind bob's GET cart at n2")
	wants(t, history(t, two+"n3 cart v2\nbob@n3 GET cart\nbob = eggs"), "yes monotonic-reads")
}

func TestLeader(t *testing.T) {
	const text = "policy cp\nnote raft.leader n1 node n1 term 1\n"
	wants(t, history(t, text), "yes leader n1 ~ n1 leads in term 1 (#2).", "no leader n2")
	wants(t, history(t, text+"note raft.leader n2 node n2 term 2\nnote raft.leader n3 node n1 term 1"), "yes leader n2", "no leader n1")
	wants(t, history(t, text+"crash n1"), "no leader n1 ~ is down")
	wants(t, history(t, text+"note raft.leader n1 node - term 2"), "no leader n1 ~ Nobody leads")
	wants(t, history(t, text+"policy ap"), "no leader n1 ~ Nobody was ever")
	wants(t, history(t, "note leader n3"), "yes leader n3")
}

func TestConserved(t *testing.T) {
	const text = `
		alice@n1 SET i:stock 10
		alice wrote i:stock
		n1 i:stock v1
		n2 i:stock v1
		n3 i:stock v1
		alice = OK
	`
	const sum = "conserved i:stock + i:sold - i:refunded"
	wants(t, history(t, text), "yes "+sum+" ~ the sum is 10, as put in by alice's SET i:stock 10 at n1 (v1, #1–#6).")
	wants(t, history(t, text+"bob@n2 SET i:stock 9\nbob wrote\nn2 i:stock v2\nbob ?"), "unknown "+sum+" ~ It can't be told yet: i:stock is diverged")
	wants(t, history(t, text+"bob@n2 SET i:stock 9\nbob wrote\nn1 i:stock v2\nn2 i:stock v2\nn3 i:stock v2\nbob ?"), "unknown "+sum+" ~ i:stock 9 + i:sold 0 - i:refunded 0 = 9, but 10 was put in")
	wants(t, history(t, text+"bob@n2 CAS i:stock 10 9\nbob wrote\nn1 i:stock v2\nn2 i:stock v2\nn3 i:stock v2\nbob = 1"), "no "+sum)
	wants(t, history(t, text+"bob@n2 INCRBY i:stock 5\nbob wrote i:stock v1\nn1 i:stock v2\nn2 i:stock v2\nn3 i:stock v2\nbob = 15"), "no "+sum+" ~ 15 was put in")
	wants(t, history(t, text+"crash n1\ncrash n2\ncrash n3"), "unknown "+sum)
	wants(t, history(t, text+"bob@n2 DEL i:stock\nbob wrote > v1\nn1 i:stock -\nn2 i:stock -\nn3 i:stock -\nbob = 1"), "no "+sum+" ~ What i:stock held went with bob's DEL i:stock")
	wants(t, history(t, "alice@n1 SET a x\nalice wrote\nn1 a v1\nn2 a v1\nn3 a v1\nalice = OK"), "unknown conserved a ~ serves no number: a is x")
}

func TestOversold(t *testing.T) {
	const text = "alice@n1 SET i:stock 1\nalice wrote\nn1 i:stock v1\nalice = OK\nbob@n2 SET i:stock -2\nbob wrote\n"
	wants(t, history(t, text), "yes oversold = 0 ~ No stock fell below zero")
	below := text + "n2 i:stock v2\nn1 i:stock v2\nbob = OK\n"
	wants(t, history(t, below), "no oversold = 0 ~ i:stock fell to -2 at n2 (#7).", "yes oversold = 1")
	wants(t, history(t, below+"bob@n2 SET i:stock 4\nbob wrote\nn2 i:stock v3\nbob = OK"), "no oversold = 0")
	wants(t, history(t, strings.ReplaceAll(below, "i:stock", "debt")), "yes oversold = 0")
	wants(t, history(t, strings.ReplaceAll(below, "i:stock", "debt")+"eve@n1 TAKE debt 1\neve = OUTOFSTOCK not enough left"), "no oversold = 0 ~ debt fell to -2")
}

func TestValuesAndReplies(t *testing.T) {
	h := history(t, lww+`
		n1 cart v1|v2
		bob@n1 GET cart
		bob siblings milk eggs
		carol@n1 SMEMBERS s
		carol = [b a]
		dora@n1 INCR s
		dora = WRONGTYPE Operation
		emil@n1 GET q
		emil !NOQUORUM
		fay@n1 GET q
		fay ?
		gus@n1 INCR q
		gus = 5
		crash n3`)
	wants(t, h,
		"yes value n1 cart = [eggs milk] ~ v1|v2", "yes value n1 cart = [milk eggs]", "no value n1 cart = milk", "yes value n2 cart = eggs",
		"no value n3 cart = nil ~ down", "unknown value n1 cart < 3 ~ can't compare",
		"yes version n1 cart = [v1 v2]", "yes version n1 cart = [v2 v1]", "no version n1 cart = v2", "yes version n2 cart > v1", "unknown version n1 cart > v1",
		"yes reply bob = [eggs milk]", "yes reply carol = [a b]", "yes reply carol = [b a]", "no reply carol = a",
		"yes reply dora error WRONGTYPE", "no reply dora error ERR", "no reply dora = 1", "yes reply dora != 1",
		"yes reply emil refused NOQUORUM ~ ended refused NOQUORUM.", "no reply emil refused DOWN", "no reply emil = nil", "no reply emil unknown",
		"yes reply fay unknown", "no reply fay = nil",
		"yes reply gus = 5", "yes reply gus >= 5", "no reply gus < 5", "unknown reply bob < 5",
	)
	wants(t, history(t, "crash n1\ncrash n2\ncrash n3"), "yes converged cart ~ Nothing to judge: no node is up.", "no diverged ~ no node is up")
}

func TestLiterals(t *testing.T) {
	for words, want := range map[string]string{
		`milk`: "milk", `nil`: "nil", `"nil"`: `"nil"`, `[a b]`: "[a b]", `["a b" c]`: `["a b" c]`, `[]`: "[]", `"two words"`: `"two words"`,
		`"a\x00"`: `"a\x00"`, `[b a]`: "[a b]", `"`: `"\""`, `["]"]`: `["]"]`,
	} {
		l, err := parseLiteral(strings.Split(words, " "), 0, "")
		if err == nil && l.String() != want {
			t.Errorf("%s = %s", words, l)
		}
		one, err1 := parseLiteral([]string{words}, 0, "")
		if err1 != nil || one.String() != want {
			t.Errorf("%s as one word = %s, %v", words, one, err1)
		}
	}
	if _, err := parseLiteral([]string{`["a`, `b]`}, 0, ""); err == nil {
		t.Error("an open quote is read")
	}
}
