package cluster_test

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"capsim/cluster"
	"capsim/cluster/store"
	"capsim/labs"
	"capsim/model"
	"capsim/netsim"
	"capsim/trace"
)

// swimGroup runs so many members from the start until an instant, and returns the log. do acts on
// the cluster after two periods.
func swimGroup(t *testing.T, nodes int, params string, seed int64, loss float64, until time.Duration, do func(c *cluster.Cluster)) *trace.Log {
	t.Helper()
	choice, err := labs.Catalog.Choose(append([]string{"swim"}, strings.Fields(params)...))
	if err != nil {
		t.Fatal(err)
	}
	latency, err := netsim.ParseDist("const(1ms)")
	if err != nil {
		t.Fatal(err)
	}
	opener, err := store.Parse("memory")
	if err != nil {
		t.Fatal(err)
	}
	stores, err := opener.Open(min(nodes, cluster.MaxNodes), "swim")
	if err != nil {
		t.Fatal(err)
	}
	defer stores.Close()
	log := &trace.Log{}
	c, err := cluster.New(cluster.Options{
		Nodes: nodes, Policy: choice, Seed: seed, Latency: latency, Loss: loss, Timeout: 1e9, Stores: stores, Log: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.RunThrough(2e9); err != nil {
		t.Fatal(err)
	}
	do(c)
	if err := c.RunThrough(model.Time(until)); err != nil {
		t.Fatal(err)
	}
	c.Finish()
	return log
}

func first(log *trace.Log, note string) (model.Time, bool) {
	for _, e := range log.All() {
		if e.Kind == trace.Note && e.Text == note {
			return e.At, true
		}
	}
	return 0, false
}

// detection crashes n1 and returns in which of the windows of a period's length after that another
// pinged it first, and how many periods passed until it was suspected.
func detection(t *testing.T, nodes int, seed int64) (window, suspected float64) {
	t.Helper()
	const crash = model.Time(2e9)
	for until := 8 * time.Second; until < time.Minute; until *= 2 {
		log := swimGroup(t, nodes, "suspicion=100", seed, 0, until, func(c *cluster.Cluster) {
			if err := c.Act("crash n1", func() error { return faultAction(t, "crash n1")(c.Net()) }); err != nil {
				t.Fatal(err)
			}
		})
		if at, ok := first(log, "swim.suspects"); ok {
			pinged := at.Sub(crash) - time.Second // the period began with the ping
			return max(math.Ceil(pinged.Seconds()), 1), at.Sub(crash).Seconds()
		}
	}
	t.Fatalf("seed %d: nobody suspects n1", seed)
	return 0, 0
}

// TestSwimDetection holds the time until the first member detects a crash to section 3.1 of Das, Gupta
// and Motivala, SWIM (DSN 2002), within 3 %. In each window of a period's length each of the n−1
// others pings one at random, so the first window in which one of them pings the crashed member is geometric, with the
// mean 1/(1−(1−1/(n−1))^(n−1)): e/(e−1) = 1.582 in the limit. The suspicion comes a period after
// that ping; its mean follows from pings that are spread evenly over the window.
func TestSwimDetection(t *testing.T) {
	for _, tt := range []struct {
		nodes, few int
	}{{3, 300}, {9, 300}, {100, 150}, {1000, 6}} {
		n := float64(tt.nodes)
		t.Run(strconv.Itoa(tt.nodes), func(t *testing.T) {
			t.Parallel()
			none := math.Pow(1-1/(n-1), n-1) // the chance that nobody pings it in a window
			want := 1 / (1 - none)
			later := (n-1)/n*(1-math.Pow(1-1/(n-1), n))/(1-none) + 1
			trials := trials(tt.few)
			if tt.nodes == 1000 {
				trials = min(trials, 1000)
			}
			var w, s mean
			for seed := range trials {
				window, suspected := detection(t, tt.nodes, int64(seed+1))
				w.add(window)
				s.add(suspected)
			}
			t.Logf("%d nodes, %d runs: pinged first in window %.4f ±%.4f (%.4f; e/(e−1) = %.4f), suspected after %.4f ±%.4f periods (%.4f)",
				tt.nodes, trials, w.of(), w.err(), want, math.E/(math.E-1), s.of(), s.err(), later)
			w.within(t, "the window", want, .03*want)
			s.within(t, "the periods until suspected", later, .03*later)
		})
	}
}

// swimCounts runs a group that nothing happens to but loss, and returns what it counted.
func swimCounts(t *testing.T, nodes int, params string, seed int64, loss float64, until time.Duration) map[string]float64 {
	t.Helper()
	counts := map[string]float64{}
	for _, e := range swimGroup(t, nodes, params, seed, loss, until, func(*cluster.Cluster) {}).All() {
		if e.Kind == trace.Metric {
			counts[e.Text] = float64(e.N)
		}
	}
	return counts
}

// TestSwimLoad: what a member sends in a period does not depend on how many there are (section 3.1): a
// ping and an ack.
func TestSwimLoad(t *testing.T) {
	for _, nodes := range []int{3, 9, 10, 100, 1000} {
		counts := swimCounts(t, nodes, "", 1, 0, 50*time.Second)
		load := counts["swim.messages"] / counts["swim.member-periods"]
		t.Logf("%d nodes: %.4f messages a member and period", nodes, load)
		if math.Abs(load-2) > .02 {
			t.Errorf("%d nodes: %.4f messages a member and period, want 2", nodes, load)
		}
		if counts["swim.unanswered"] != 0 || counts["swim.false-suspicions"] != 0 {
			t.Errorf("%d nodes: %v", nodes, counts)
		}
	}
}

// TestSwimUnanswered holds the share of pings of living members without an ack to what independent loss makes of
// two messages to and fro, and of four by each of k others.
func TestSwimUnanswered(t *testing.T) {
	for _, tt := range []struct {
		loss float64
		k    int
	}{{.1, 0}, {.1, 1}, {.2, 0}, {.2, 1}, {.2, 3}} {
		q := 1 - tt.loss
		want := (1 - math.Pow(q, 2)) * math.Pow(1-math.Pow(q, 4), float64(tt.k))
		counts := swimCounts(t, 50, fmt.Sprintf("suspicion=100 k=%d", tt.k), 7, tt.loss, 400*time.Second)
		n := counts["swim.pinged"]
		got, err := counts["swim.unanswered"]/n, math.Sqrt(want*(1-want)/n)
		t.Logf("loss %.0f %%, k=%d: %.4f ±%.4f (%.4f) of %.0f pings", 100*tt.loss, tt.k, got, err, want, n)
		if math.Abs(got-want) > 4*err {
			t.Errorf("loss %.0f %%, k=%d: %.4f ±%.4f of the pings have no ack, want %.4f", 100*tt.loss, tt.k, got, err, want)
		}
	}
}

// TestSwimSuspicion: under loss, living members are removed all the time without suspicion, and with it
// they refute.
func TestSwimSuspicion(t *testing.T) {
	removed := map[int]float64{}
	for _, suspicion := range []int{0, 1, 3, 5} {
		counts := swimCounts(t, 50, fmt.Sprintf("suspicion=%d", suspicion), 3, .1, 200*time.Second)
		removed[suspicion] = counts["swim.false-removals"]
		t.Logf("suspicion=%d: %.0f false suspicions, %.0f false removals among 50 members in 200 periods",
			suspicion, counts["swim.false-suspicions"], removed[suspicion])
	}
	if removed[0] < 50 || removed[3] > removed[0]/10 || removed[5] > 0 {
		t.Errorf("false removals by suspicion: %v", removed)
	}
}
