package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// TestCrowd says in one line what is the matter, where links have no room for words.
func TestCrowd(t *testing.T) {
	const script = "use nodes 5\nuse store memory\nclient dora remote\nat 0s alice@n1 SET cart milk\nat 9s end\n"
	tests := map[string]struct {
		give []string
		want string
	}{
		"one way":       {[]string{"cut n4->n5"}, "1 link cut: n4->n5"},
		"both ways":     {[]string{"cut n4-n5", "cut n1-n3"}, "2 links cut: n1-n3 n4-n5"},
		"sides":         {[]string{"partition n1 | *"}, "4 links cut: n1 | n2 n3 n4 n5"},
		"a host":        {[]string{"slow n1 +5ms"}, " n1 slow +5ms"},
		"links":         {[]string{"bandwidth n1-n2 64KB/s", "loss n2->n4 30%"}, "n1-n2 64KB/s  n2-n4 loss 30%"},
		"a client's":    {[]string{"cut n3-dora", "delay dora->n4 const(80ms)"}, "n3-dora cut  n4-dora 80ms"},
		"a cut, and so": {[]string{"cut n4->n5", "slow n2 +5ms"}, "1 link cut: n4->n5  n2 slow +5ms"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := newDriver(t, opener(t, script), 120, 40)
			d.goTo(time.Second)
			for _, line := range tt.give {
				d.give(line)
			}
			got := d.p.View()
			checkFits(t, got, 120, 40)
			if !strings.Contains(ansi.Strip(got), tt.want) {
				t.Errorf("%q is not on\n%s", tt.want, ansi.Strip(got))
			}
		})
	}
}
