package trace

import (
	"reflect"
	"strings"
	"testing"

	"capsim/model"
)

// Every bucket has nodes, consecutive ones, and none has more than one more than another.
func TestBucketsAreEven(t *testing.T) {
	for _, nodes := range []int{1, 10, 999, 1000, 1001, 2500, 1_000_000} {
		size := make([]int, Buckets(nodes))
		last := 0
		for id := 1; id <= nodes; id++ {
			b := Bucket(model.NodeID(id), nodes)
			if b < last || b > last+1 {
				t.Fatalf("%d nodes: n%d is in bucket %d, the one before in %d", nodes, id, b, last)
			}
			last = b
			size[b]++
		}
		for b, n := range size {
			if n < nodes/len(size) || n > nodes/len(size)+1 {
				t.Fatalf("%d nodes: bucket %d has %d", nodes, b, n)
			}
		}
	}
}

// The last census is in the view; a view of a million nodes lists none.
func TestViewHasTheCensus(t *testing.T) {
	l := &Log{}
	first := Census{{State: "ill", Nodes: 1, Heat: []uint16{1}}}
	second := Census{{State: "ill", Nodes: 7, Heat: []uint16{7}}}
	l.Append(Event{Kind: Levels, Body: first})
	l.Append(Event{Kind: Gauge, Text: "ill", N: 1})
	l.Append(Event{Kind: Levels, Body: second})
	f := NewFolder(MaxNodes, l)
	for n, want := range []Census{nil, first, first, second} {
		if v := f.View(n); !reflect.DeepEqual(v.Census, want) || len(v.Nodes) != 0 || v.Total != MaxNodes {
			t.Errorf("after %d events: %+v of %d, %d nodes listed", n, v.Census, v.Total, len(v.Nodes))
		}
	}
	if f.View(3).Census.Nodes("ill") != 7 || f.View(3).Census.Nodes("well") != 0 {
		t.Error("nodes in a state are miscounted")
	}
}

// What is no census is refused where it stands.
func TestCensusRefused(t *testing.T) {
	e := Event{Kind: Levels, Body: Census{{State: "ill", Nodes: 1, Heat: []uint16{1, 2}}}}
	good := strings.TrimSuffix(string(AppendEvent(nil, 1, &e)), "\n")
	d := decoder{words: map[string]string{}}
	for _, tt := range []struct{ old, new string }{
		{`"nodes":1`, `"nodes":1000001`},
		{`"nodes":1`, `"nodes":-1`},
		{`[1,2]`, `[1,1001]`},
		{`[1,2]`, `[]`},
		{`[1,2]`, "[0" + strings.Repeat(",0", MaxBuckets) + "]"},
		{`{"state":`, strings.Repeat(`{"state":"","nodes":0},`, maxLevels) + `{"state":`},
	} {
		if bad := strings.Replace(good, tt.old, tt.new, 1); bad == good {
			t.Errorf("%s is not in %s", tt.old, good)
		} else if _, err := d.event([]byte(bad), 1); err == nil {
			t.Errorf("%.80s was read", bad)
		}
	}
}
