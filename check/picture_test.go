package check

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// pictured is the data of a page.
type pictured struct {
	Partitions []struct {
		History []struct {
			ClientId, Start, End int
			Description          string
			Metadata             string
		}
		PartialLinearizations [][]struct {
			Index            int
			StateDescription string
		}
	}
}

func picturedOf(t *testing.T, h *History) (pictured, string) {
	t.Helper()
	var page strings.Builder
	if err := Picture(h, &page); err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^\s*const data = (\{"Partitions.*\})$`).FindStringSubmatch(page.String())
	if found == nil {
		t.Fatal("the page has no data")
	}
	var p pictured
	if err := json.Unmarshal([]byte(found[1]), &p); err != nil {
		t.Fatal(err)
	}
	return p, page.String()
}

func TestPicture(t *testing.T) {
	const text = "alice@n1 SET cart milk\nalice = OK\nbob@n2 SET cart eggs\nbob ?\nbob@n2 SET tea 1\nbob = OK\nalice@n1 GET cart\nalice = eggs\n"
	good, _ := picturedOf(t, history(t, text))
	if len(good.Partitions) != 2 || len(good.Partitions[0].History) != 3 || len(good.Partitions[1].History) != 1 {
		t.Fatalf("%+v", good)
	}
	orders := good.Partitions[0].PartialLinearizations
	if len(orders) != 1 || len(orders[0]) != 3 || orders[0][2].StateDescription != "eggs" {
		t.Errorf("the order found: %+v", orders)
	}
	if a, b := good.Partitions[0].History[1], good.Partitions[1].History[0]; a.ClientId == b.ClientId || a.End < b.End {
		t.Errorf("what bob did after an operation without an answer lies on it: %+v %+v", a, b)
	}
	bad, _ := picturedOf(t, history(t, text+"alice@n1 GET cart\nalice = milk"))
	for _, order := range bad.Partitions[0].PartialLinearizations {
		if len(order) == 4 {
			t.Errorf("it shows a whole order of what has none: %+v", order)
		}
	}
	if got := bad.Partitions[0].History[3].Description; got != "GET cart → milk" {
		t.Errorf("%q", got)
	}
	if got := bad.Partitions[0].History[3].Metadata; got != "alice&#39;s GET cart at n1 (#9–#10) returned milk" {
		t.Errorf("%q", got)
	}
}

// TestPictureIsNoProgram: the page takes what states are called for HTML.
func TestPictureIsNoProgram(t *testing.T) {
	p, page := picturedOf(t, history(t, "alice@n1 SET cart <img/src=x></script>\nalice = OK"))
	if got := p.Partitions[0].PartialLinearizations[0][0].StateDescription; !strings.Contains(got, "&lt;img") || strings.Contains(got, "<") {
		t.Errorf("%q", got)
	}
	if strings.Contains(page, "<img/src=x") {
		t.Error("the value stands in the page as HTML")
	}
}

// TestPictureEnds: a search that would take minutes ends with its budget, and too many
// operations are refused.
func TestPictureEnds(t *testing.T) {
	l := loads[12] // counter-29open
	p := load(t, l.n, l.keys, l.unsure, l.command)
	p.violate("k0")
	if got, _ := picturedOf(t, p.history(Options{})); len(got.Partitions) != 1 {
		t.Errorf("%d partitions", len(got.Partitions))
	}
	if err := Picture(history(t, "alice@n1 PING\nalice = PONG"), &strings.Builder{}); err == nil {
		t.Error("a picture of nothing")
	}
	p = load(t, MaxPicture+1, 10, 0, register)
	if err := Picture(p.history(Options{}), &strings.Builder{}); err == nil || !strings.Contains(err.Error(), fmt.Sprint(MaxPicture)) {
		t.Errorf("%v", err)
	}
	if err := Picture(history(t, "alice@n1 SET cart milk\nalice = OK"), full{}); !errors.Is(err, errFull) {
		t.Errorf("%v", err)
	}
}

var errFull = errors.New("full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }
