package scenarios

import (
	"slices"
	"strings"
	"testing"

	"capsim/labs"
	"capsim/model"
	"capsim/policies"
)

// TestUnsupported warns, once, of a command that the policy does not offer.
func TestUnsupported(t *testing.T) {
	never := &policies.Spec{Name: "registers", Supports: func(c model.Command, _ policies.Params) bool { return c.Verb != model.INCR }}
	was := labs.Catalog
	labs.Catalog = append(slices.Clone(was), never)
	defer func() { labs.Catalog = was }()
	s := parse(t, `
use policy registers
at 0s alice@n1 INCR hits
alice GET hits
alice INCR hits
every 1s from 1s to 3s alice INCR hits
workload w ops=incr:50%,get:50% from 1s to 2s
policy ap
alice INCR hits
policy registers
`)
	if len(s.Warnings) != 1 || s.Warnings[0].Error() != `test.capsim:3:16: read "INCR", expected a command that registers offers: this one is refused UNSUPPORTED` {
		t.Errorf("%v", s.Warnings)
	}
	s = parse(t, "policy registers\nworkload w ops=incr:50%,get:50% from 1s to 2s\n")
	if len(s.Warnings) != 1 || !strings.HasPrefix(s.Warnings[0].Error(), `test.capsim:2:12: read "ops=incr:50%,get:50%", expected `) {
		t.Errorf("%v", s.Warnings)
	}
}

// TestUnsupportedForm: of a command that is offered without its options the warning says so;
// PING, which the engine answers, every policy offers.
func TestUnsupportedForm(t *testing.T) {
	s := parse(t, "use policy quorum\nat 0s alice@n1 SET k v NX\nalice PING\nalice SET k v\nalice DEL k\n")
	if len(s.Warnings) != 1 || s.Warnings[0].Error() != `test.capsim:2:16: read "SET", expected SET key value alone, all of SET that quorum offers: this one is refused UNSUPPORTED` {
		t.Errorf("%v", s.Warnings)
	}
}

// TestUnsupportedLoad: of a workload only what is not offered is warned of.
func TestUnsupportedLoad(t *testing.T) {
	s := parse(t, "use policy quorum\nat 0s workload w ops=GET:50%,SET:50% from 0s to 1s\n")
	if len(s.Warnings) != 0 {
		t.Errorf("%v", s.Warnings)
	}
	s = parse(t, "use policy quorum\nat 0s workload w ops=SET+WAIT:50%,SET:50% from 0s to 1s\n")
	if len(s.Warnings) != 1 {
		t.Errorf("%v", s.Warnings)
	}
}
