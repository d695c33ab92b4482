package check

import "testing"

// leased is a write with a deadline, on one node.
const leased = `
	alice@n1 SET cart milk PX 50
	alice wrote
	n1 cart v1
	alice = OK
`

// expired is its end.
const expired = `
	system n1 EXPIRE cart v1
	system wrote > v1
	n1 cart v2
`

func TestExpiryIsAnOperation(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		verdict []string
	}{
		"over":         {leased + expired + "bob@n1 GET cart\nbob = nil", []string{"yes linearizable", "yes lost-writes = 0", "yes stale-reads = 0"}},
		"not begun":    {leased + "bob@n1 GET cart\nbob = nil\n" + expired, []string{"no linearizable ~ though alice's SET cart milk PX 50"}},
		"back again":   {leased + expired + "bob@n1 GET cart\nbob = nil\nbob@n1 GET cart\nbob = milk", []string{"no linearizable"}},
		"not yet told": {leased + "system n1 EXPIRE cart v1\nbob@n1 GET cart\nbob = milk\nbob@n1 GET cart\nbob = nil", []string{"yes linearizable"}},
		"overtaken": {
			leased + "alice@n1 SET cart eggs\nalice wrote > v1\nn1 cart v2\nalice = OK\nsystem n1 EXPIRE cart v1\nbob@n1 GET cart\nbob = eggs",
			[]string{"yes linearizable", "yes lost-writes = 0", "yes stale-reads = 0"},
		},
		"nothing to end": {
			leased + "alice@n1 SET cart eggs\nalice wrote > v1\nn1 cart v2\nalice = OK\nsystem n1 EXPIRE cart v1\nbob@n1 GET cart\nbob = nil",
			[]string{"no linearizable"},
		},
		"kept": {
			leased + "alice@n1 APPEND cart s\nalice wrote > v1\nalice = 5\nsystem n1 EXPIRE cart v1\nsystem wrote > v2\nbob@n1 GET cart\nbob = nil",
			[]string{"yes linearizable"},
		},
		"given anew": {
			leased + "alice@n1 PEXPIRE cart 90\nalice wrote > v1\nalice = 1\nsystem n1 EXPIRE cart v1\nbob@n1 GET cart\nbob = nil",
			[]string{"no linearizable"},
		},
		"nobody applied it": {
			"alice@n1 SET cart milk PX 50\nalice ?\nbob@n1 GET cart\nbob = milk\nsystem n1 EXPIRE cart v1\nbob@n1 GET cart\nbob = nil",
			[]string{"yes linearizable"},
		},
		"counting down": {leased + "bob@n1 PTTL cart\nbob = 17\n" + expired + "bob@n1 PTTL cart\nbob = -2", []string{"yes linearizable", "yes stale-reads = 0"}},
		"for ever":      {leased + "bob@n1 PTTL cart\nbob = -1", []string{"no linearizable"}},
		"gone too soon": {leased + "bob@n1 PTTL cart\nbob = -2\n" + expired, []string{"no linearizable"}},
		"a new one missed": {
			leased + expired + "alice@n1 SET cart eggs\nalice wrote > v2\nn1 cart v3\nalice = OK\nbob@n3 GET cart\nbob = nil",
			[]string{"no linearizable", "no stale-reads = 0", "yes lost-writes = 0"},
		},
		"forgotten": {leased + expired + "n1 cart -\nn1 cart v1", []string{"yes lost-writes = 0"}},
	} {
		t.Run(name, func(t *testing.T) { wants(t, history(t, c.text), c.verdict...) })
	}
}

func TestHashesInExpectations(t *testing.T) {
	h := history(t, "alice@n1 HSET h g 1 f 2\nalice = 2\nbob@n1 HGETALL h\nbob = [f 2 g 1]\ncarol@n1 SMEMBERS s\ncarol = [1 2 f g]")
	wants(t, h, "yes reply bob = [f 2 g 1]", "yes reply bob = [g 1 f 2]", "no reply bob = [f 1 g 2]", "no reply bob = [f 2]", "yes reply carol = [f 2 g 1]")
}
