package tui

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"capsim/check"
	"capsim/export"
)

// What is not decided is not praised.
func TestWhyOfTheUnknown(t *testing.T) {
	stale := []export.Line{{Text: "bob was told an old version", Tone: export.Bad, Stale: true}}
	tests := map[string]struct {
		c     check.Verdict
		story []export.Line
		want  string
		tone  export.Tone
	}{
		"yes":              {check.Yes, nil, "So far every answer is what one single copy would have given.", export.Good},
		"unknown":          {check.Unknown, nil, "It is open whether one single copy could have given these answers. Too many orders.", export.Fault},
		"unknown, and old": {check.Unknown, stale, stale[0].Text, export.Bad},
		"no":               {check.No, nil, "Too many orders.", export.Bad},
	}
	for name, tt := range tests {
		v := &judgement{c: check.Finding{Verdict: tt.c, Witness: "Too many orders."}, a: check.Finding{Verdict: check.Yes}}
		if got := explain(v, tt.story); got.text != tt.want || got.tone != tt.tone {
			t.Errorf("%s: got %v %q", name, got.tone, got.text)
		}
		if v.diverged = 1; tt.c == check.Unknown {
			if got := explain(v, tt.story); strings.Contains(got.text, "Nobody was told") {
				t.Errorf("%s, diverged: got %q", name, got.text)
			}
		}
	}
}

// A request to a node that is down is no matter of the A of CAP: what is counted is
// what the check counts.
func TestAvailableCountsWhatItJudges(t *testing.T) {
	const script = "use store memory\nat 0.1s alice@n1 SET cart milk\nat 0.2s crash n2\nat 0.3s bob@n2 GET cart\nat 0.4s bob@n2 GET cart\nat 1s end\n"
	var out bytes.Buffer
	if err := runPlain(context.Background(), opener(t, script), strings.NewReader("play\nverdict\nquit\n"), &out); err != nil {
		t.Fatal(err)
	}
	if want := "A  available: yes. 1 of 1 request to healthy nodes answered."; !strings.Contains(out.String(), want) {
		t.Errorf("missing %q in:\n%s", want, out.String())
	}
	d := newDriver(t, opener(t, script), 120, 40)
	d.goTo(time.Second)
	if s := d.screen(); strings.Contains(s, "1 of 3") || !strings.Contains(s, "yes") {
		t.Errorf("the pane counts what is not judged:\n%s", s)
	}
}

// What the script says stands while it is news.
func TestSayingsFade(t *testing.T) {
	d := newDriver(t, opener(t, proof), 120, 40)
	const first, second = "The network splits. All", "n2 answers with what it has."
	for _, tt := range []struct {
		at   time.Duration
		want string
	}{{500, ""}, {1500, first}, {3400, first}, {3600, second}, {5500, second}, {6600, ""}, {8000, ""}} {
		d.goTo(tt.at * time.Millisecond)
		got := d.p.scene.caption()
		if !strings.HasPrefix(got, tt.want) || tt.want == "" && got != "" {
			t.Errorf("at %d ms it says %q", tt.at, got)
		}
	}
	d.keys("home")
	d.goTo(3600 * time.Millisecond)
	if d.p.scene.caption() != second {
		t.Error("back in time it is news again")
	}
}
