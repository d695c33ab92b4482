package export_test

import (
	"strings"
	"testing"
)

// What was written later is no old version, whoever had not heard of the other; and what
// expired is rightly gone where it never came to.
func TestStoryCallsOnlyTheOldStale(t *testing.T) {
	const begin = "use policy base\nuse latency const(10ms)\nat 0s partition n1 | n2 n3\n"
	for name, run := range map[string]string{
		"written later": begin + "at 100ms alice@n1 SET cart milk\nat 200ms bob@n2 SET cart eggs\nat 300ms skew n1 +2s\nat 400ms alice@n1 SET cart tea\nat 500ms bob@n2 SET cart rice\nat 600ms bob@n2 GET cart\nat 700ms end\n",
		"expired":       begin + "at 100ms alice@n1 SET cart milk PX 100\nat 500ms bob@n2 GET cart\nat 700ms end\n",
	} {
		m := played(t, "stale.capsim", []byte(run))
		for _, l := range m.Story {
			if l.Stale || strings.Contains(l.Text, "An old version") {
				t.Errorf("%s: %s", name, l.Text)
			}
		}
	}
}

// A cut the other way does not keep a node from knowing.
func TestStoryBlamesTheCutThatMatters(t *testing.T) {
	m := played(t, "oneway.capsim", []byte("use policy ap\nuse latency const(50ms)\nat 0s cut n2->n1\nat 100ms alice@n1 SET cart milk\nat 120ms bob@n2 GET cart\nat 1s end\n"))
	stale := ""
	for _, l := range m.Story {
		if l.Stale {
			stale = l.Text
		}
	}
	if !strings.HasSuffix(stale, "the copy for n2 is still on its way, 30 ms out.") {
		t.Errorf("the story says %q", stale)
	}
}
