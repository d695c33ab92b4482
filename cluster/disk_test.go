package cluster

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"capsim/cluster/store"
)

// TestListsWithinAStep: what a step does to lists is seen at once, kept at its end, and
// gone with the disk; the same on the embedded Redis and in memory as on a map of slices.
func TestListsWithinAStep(t *testing.T) {
	run := 0
	rapid.Check(t, func(r *rapid.T) {
		run++
		var disks []*disk
		for _, kind := range []string{"memory", "miniredis"} {
			o, err := store.Parse(kind)
			if err != nil {
				r.Fatal(err)
			}
			c, err := o.Open(1, fmt.Sprint("lists", run))
			if err != nil {
				r.Fatal(err)
			}
			defer c.Close()
			disks = append(disks, &disk{node: c.Node(1)})
		}
		oracle := map[string][]string{}
		names := []string{"", "a", "b", "list:a"}
		for range rapid.IntRange(1, 30).Draw(r, "acts") {
			name := rapid.SampledFrom(names).Draw(r, "name")
			switch what := rapid.IntRange(0, 9).Draw(r, "act"); what {
			case 0:
				clear(oracle)
				for _, d := range disks {
					if err := d.commit(); err != nil {
						r.Fatal(err)
					}
					if err := d.wipe(); err != nil {
						r.Fatal(err)
					}
				}
			case 1, 2:
				delete(oracle, name)
				for _, d := range disks {
					d.DropList(name)
				}
			case 3, 4:
				for _, d := range disks {
					if err := d.commit(); err != nil {
						r.Fatal(err)
					}
				}
			default:
				items := rapid.SliceOfN(rapid.SampledFrom([]string{"", "x", "\x00\xff\r\n", "y z"}), 0, 3).Draw(r, "items")
				oracle[name] = slices.Concat(oracle[name], items)
				for _, d := range disks {
					given := slices.Clone(items)
					d.Push(name, given...)
					clear(given) // what was pushed is the disk's own
				}
			}
			for _, d := range disks {
				for _, name := range names {
					if items := d.Items(name); !slices.Equal(items, oracle[name]) || d.Len(name) != len(oracle[name]) {
						r.Fatalf("%T: %q holds %q, %d items, want %q", d.node, name, items, d.Len(name), oracle[name])
					}
				}
			}
		}
	})
}
