package scenarios_test

import (
	"strings"
	"testing"

	"capsim/scenarios"
)

const locksHosts = "\nuse latency const(5ms)\nuse timeout 60s\nclient alice remote\nclient bob remote\n"

// locksRun runs a script of the lab and judges it by expectations at its end.
func locksRun(t *testing.T, policy, text string, expect ...string) {
	t.Helper()
	src := "use store memory\nuse policy locks " + policy + locksHosts + text + "\n"
	for _, e := range expect {
		src += "expect " + e + "\n"
	}
	err := runAndJudge(src, func(s *scenarios.Session) error {
		results := s.Report().Expectations
		if len(results) != len(expect) {
			t.Errorf("%d expectations, of %d", len(results), len(expect))
		}
		for _, r := range results {
			if r.Verdict != "yes" {
				t.Errorf("%s: %s: %s", r.Text, r.Verdict, r.Witness)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if t.Failed() {
		t.Log(src)
	}
}

// TestWhatTheClaimsOfLocksExclude: each fault that a claim of mutual exclusion excludes breaks
// it; the fencing token holds under each. Without this a claim could exclude what it likes.
func TestWhatTheClaimsOfLocksExclude(t *testing.T) {
	const take = "at 1s alice@n1 LOCK disk\n"
	const writes = "at 30s bob WRITE disk bobs\nat 31s alice WRITE disk alices\n"
	for name, c := range map[string]struct{ policy, text string }{
		"redlock pause":   {"by=redlock", take + "at 1.5s pause alice\nat 4s bob@n1 LOCK disk 60s\nat 6s resume alice"},
		"redlock slow":    {"by=redlock ttl=10s", take + "at 5s slow alice +3s\nat 11.2s bob@n1 LOCK disk 60s\nat 15s slow alice off"},
		"redlock skew":    {"by=redlock ttl=10s", take + "at 2s skew n1 +1h\nskew n2 +1h\nat 3s bob@n1 LOCK disk 60s"},
		"redlock drift":   {"by=redlock ttl=4s", take + "at 1.5s drift alice -300000ppm\nat 5.2s bob@n1 LOCK disk 60s"},
		"client's skew":   {"by=redlock ttl=4s", take + "at 1.5s skew alice -1s\nat 5.2s bob@n1 LOCK disk 60s"},
		"redis pause":     {"by=redis failover=off", take + "at 1.5s pause alice\nat 4s bob@n1 LOCK disk 60s\nat 6s resume alice"},
		"redis failover":  {"by=redis ttl=20s", "at 0.9s cut n1->n2\ncut n1->n3\n" + take + "at 1.2s crash n1\nheal\nat 4s bob@n2 LOCK disk 60s"},
		"redis forgets":   {"by=redis ttl=20s failover=off fsync=no", take + "at 2s crash n1\nat 2.1s restart n1\nat 4s bob@n1 LOCK disk 60s"},
		"validity":        {"by=redlock validity=off wait=20s", take + "at 1.007s pause alice\nat 4s bob@n1 LOCK disk 60s\nat 6s resume alice"},
		"database pause":  {"by=database", take + "at 1.5s pause alice\nat 4s bob@n1 LOCK disk 60s\nat 6s resume alice"},
		"database skew":   {"by=database ttl=20s", take + "at 2s skew n1 +1h\nat 3s bob@n1 LOCK disk 60s"},
		"database drift":  {"by=database ttl=4s", take + "at 1.5s drift alice -300000ppm\nat 5.2s bob@n1 LOCK disk 60s"},
		"zookeeper pause": {"by=zookeeper wait=20s", take + "at 1.5s pause alice\nat 2s bob@n1 LOCK disk\nat 8s resume alice"},
		"zookeeper drift": {"by=zookeeper wait=20s", take + "at 1.5s drift alice -450000ppm\nat 2s bob@n2 LOCK disk\nat 4s partition alice | *\nat 12s heal"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			locksRun(t, c.policy, c.text+"\nat 29s say end", "not mutual-exclusion disk")
			locksRun(t, c.policy+" fencing=on", c.text+"\n"+writes+"at 40s say end", "guarded disk")
		})
	}
}

// TestWhatMendsLocks: the same faults, and what the authors named against them.
func TestWhatMendsLocks(t *testing.T) {
	const take = "at 1s alice@n1 LOCK disk\n"
	for name, c := range map[string]struct{ policy, text string }{
		"monotonic clocks": {"by=redlock ttl=10s clock=monotonic", take + "at 2s skew n1 +1h\nskew n2 +1h\nat 3s bob@n1 LOCK disk 60s"},
		"restart-delay":    {"by=redis ttl=20s failover=off fsync=no restart-delay=30s", take + "at 2s crash n1\nat 2.1s restart n1\nat 4s bob@n1 LOCK disk 60s"},
		"fsync":            {"by=redis ttl=20s failover=off", take + "at 2s crash n1\nat 2.1s restart n1\nat 4s bob@n1 LOCK disk 60s"},
		"validity":         {"by=redlock wait=20s", take + "at 1.007s pause alice\nat 4s bob@n1 LOCK disk 60s\nat 6s resume alice"},
		"a log":            {"by=database ttl=20s", take + "at 1.2s crash n1\nat 4s bob@n2 LOCK disk 60s"},
		"a session's end":  {"by=zookeeper wait=20s", take + "at 2s bob@n2 LOCK disk\nat 4s partition alice | *\nat 12s heal"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			locksRun(t, c.policy, c.text+"\nat 19s say end", "mutual-exclusion disk")
		})
	}
}

// TestTheStorageRemembers: a crash of the storage takes neither what it has nor the token that
// it has seen.
func TestTheStorageRemembers(t *testing.T) {
	locksRun(t, "by=database fencing=on", `
at 1s alice@n1 LOCK disk
at 1.5s alice WRITE disk alices
at 1.505s pause alice
at 4s bob@n1 LOCK disk
at 4.2s bob WRITE disk bobs
at 5s crash n3
at 6s restart n3
at 7s resume alice
at 9s say end`, "value n3 disk = bobs", "value n3 seen:disk = 2", "reply alice error FENCED", "guarded disk")
}

// TestLocksRefuse what can't be meant.
func TestLocksRefuse(t *testing.T) {
	for line, says := range map[string]string{
		"at 1s alice@n1 LOCK":                                      "LOCK name [ttl]",
		"at 1s alice@n1 LOCK disk 2s 3s":                           "LOCK name [ttl]",
		"at 1s alice@n1 LOCK disk soon":                            "a duration from 1ms to 1h",
		"at 1s alice@n1 LOCK disk 0s":                              "a duration from 1ms to 1h",
		"at 1s alice@n1 LOCK disk 9999999h":                        "a duration from 1ms to 1h",
		"at 1s alice@n1 LOCK a:b":                                  "a resource's name",
		"at 1s alice@n1 UNLOCK a/b":                                "a resource's name",
		"at 1s alice@n1 HOLDER ''":                                 "a resource's name",
		"at 1s alice@n1 HOLDER ..":                                 "a resource's name",
		"at 1s alice@n1 WRITE disk":                                "WRITE name text",
		"at 1s alice@n1 WRITE disk " + strings.Repeat("x", 10_001): "at most 10000",
		"at 1s alice@n1 HOLDER " + strings.Repeat("x", 101):        "a resource's name",
		"at 1s policy locks storage=n7":                            "storage=n7",
		"at 1s policy locks failover=1ms":                          "off, or a duration",
		"at 1s policy locks fencing=a:b":                           "a resource's name",
		"at 1s policy locks by=zookeeper session=1s tick=1s":       "two to twenty",
		"at 1s policy locks work=-1s":                              "a duration up to 1h",
	} {
		_, err := scenarios.Parse("locks.capsim", []byte("use policy locks\n"+line+"\n"))
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", line, err, says)
		}
	}
}
