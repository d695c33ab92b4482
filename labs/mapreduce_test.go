package labs

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// someText draws lines of words, some of them empty, long, or no words at all.
var someText = rapid.Custom(func(r *rapid.T) string {
	word := rapid.SampledFrom([]string{"a", "b", "The", "THE", "don't", "'", "--", "Ärger", "", "世界", "x\ty", "\x00", strings.Repeat("long", 40)})
	lines := rapid.SliceOfN(rapid.SliceOfN(word, 0, 6), 0, 12).Draw(r, "lines")
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(strings.Join(l, " ") + rapid.SampledFrom([]string{"\n", "\r\n", "\n\n"}).Draw(r, "end"))
	}
	return b.String()
})

// TestSplitTakesEachLineOnce: the pieces are the lines in their order, none left out, none
// twice, and none longer than its share and the line that it ends in.
func TestSplitTakesEachLineOnce(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		lines := inputLines(someText.Draw(r, "text"))
		tasks := rapid.IntRange(1, 20).Draw(r, "tasks")
		at, total, longest := 0, size(lines), 0
		for _, l := range lines {
			longest = max(longest, len(l)+1)
		}
		for task := 1; task <= tasks; task++ {
			from, to, bytes := split(lines, task, tasks)
			if from != at || to < from || bytes != size(lines[from:to]) || bytes > total/tasks+1+longest {
				r.Fatalf("piece %d of %d of %q: lines %d to %d, %d bytes; the one before ends at %d", task, tasks, lines, from, to, bytes, at)
			}
			at = to
		}
		if at != len(lines) {
			r.Fatalf("%d of %d lines are in no piece", len(lines)-at, len(lines))
		}
	})
}

// TestTasksAgreeWithOneTask: however a text is cut, what maps and reduces find is what one
// map and one reduce find, and each word is at one reduce.
func TestTasksAgreeWithOneTask(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		lines := inputLines(someText.Draw(r, "text"))
		for name, f := range mrFunctions {
			job := func(maps, reduces int) []string {
				parts := make([][][]string, reduces)
				for task := 1; task <= maps; task++ {
					from, to, _ := split(lines, task, maps)
					for p, items := range mapLines(f, lines, from, to, reduces) {
						parts[p] = append(parts[p], items)
					}
				}
				var all []string
				for _, lists := range parts {
					all = append(all, reduceParts(f, lists)...)
				}
				slices.Sort(all)
				return all
			}
			want := job(1, 1)
			if got := job(rapid.IntRange(1, 12).Draw(r, "maps"), rapid.IntRange(1, 6).Draw(r, "reduces")); !slices.Equal(got, want) {
				r.Fatalf("%s of %q: %q, by one task of each kind %q", name, lines, got, want)
			}
		}
	})
}

// TestTasksReadAsWritten: what the master keeps of a task reads as it was, and nonsense as a
// task that nobody is at.
func TestTasksReadAsWritten(t *testing.T) {
	for _, text := range []string{"0 idle", "3 idle", "1 running n2#4294967297", "4 running n1#7 n3#9", "2 done n3"} {
		task := &mrTask{number: 1}
		if task.decode(text, 3); task.encode() != text {
			t.Errorf("%q reads as %q", text, task.encode())
		}
	}
	for _, text := range []string{"", "x", "1", "1 done", "1 done n9", "1 running n2", "1 running n2#-1", "1 nonsense n2#1", "\x00 \xff"} {
		task := &mrTask{number: 1}
		if task.decode(text, 3); task.done || len(task.runs) > 0 {
			t.Errorf("%q reads as %q", text, task.encode())
		}
	}
	for _, text := range []string{"", "1 1 1 wordcount 3", "1 1 1 nonsense 3 2", "1 0 1 index 3 2", "1 1 1 index 0 2", "1 1 1 index 3 99999"} {
		if j := decodeJob(text); j.N != 0 {
			t.Errorf("%q reads as %+v", text, j)
		}
	}
	j := mrJob{Epoch: 2, N: 3, Op: 4, Function: "index", Maps: 5, Reduces: 6}
	if decodeJob(encodeJob(j)) != j {
		t.Errorf("%+v reads as %+v", j, decodeJob(encodeJob(j)))
	}
}
