package capsim_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"capsim/scenarios"
)

var update = flag.Bool("update", false, "write the tables of "+courseFolder+"README.md and README.md")

// TestCoursePages: every lesson has a teacher's page with its title, and there is no page
// and no solution besides.
func TestCoursePages(t *testing.T) {
	pages := map[string]bool{"README.md": true, "solutions": true}
	solutions := map[string]bool{}
	var missing []string
	for _, item := range scenarios.Library() {
		p, err := readCoursePage(item.Name)
		if os.IsNotExist(err) {
			missing = append(missing, courseFolder+item.Name+".md of "+item.File)
			continue
		}
		pages[item.Name+".md"] = true
		if err != nil {
			t.Error(err)
			continue
		}
		if p.title != item.Title {
			t.Errorf("%s.md has the title %q, the lesson %q", item.Name, p.title, item.Title)
		}
		for _, s := range p.solutions {
			solutions[s] = true
			if _, err := os.Stat(courseFolder + "solutions/" + s); err != nil {
				t.Error(err)
			}
		}
	}
	for _, m := range missing {
		t.Errorf("a lesson has no teacher's page: %s", m)
	}
	orphans(t, courseFolder, pages)
	orphans(t, courseFolder+"solutions/", solutions)
}

// orphans complains of files that nothing names.
func orphans(t *testing.T, folder string, known map[string]bool) {
	t.Helper()
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !known[f.Name()] {
			t.Errorf("%s%s belongs to no lesson, or to no exercise", folder, f.Name())
		}
	}
}

// TestCourseWatch: what is to be watched is there at its instant, in a pane that there is.
func TestCourseWatch(t *testing.T) {
	panes := namedPanes(t)
	for _, item := range scenarios.Library() {
		p, err := readCoursePage(item.Name)
		if err != nil {
			continue // TestCoursePages says so
		}
		t.Run(item.Name, func(t *testing.T) {
			judged := 0
			for _, w := range p.watch {
				if !slices.Contains(panes, w.pane) {
					t.Errorf("there is no pane %s, there are %s", w.pane, panes)
				}
				judged += len(w.checks)
			}
			if judged == 0 {
				t.Error("nothing that is to be watched can be judged")
			}
			judgeWatch(t, item, p.watch)
		})
	}
}

// namedPanes reads the README, whose list is held against the program by a test of tui.
func namedPanes(t *testing.T) []string {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(string(readme)), " ")
	m := regexp.MustCompile(`The panes are ([a-z, -]+)\.`).FindStringSubmatch(text)
	if m == nil {
		t.Fatal("README.md lists no panes")
	}
	return strings.Split(strings.Replace(m[1], " and ", ", ", 1), ", ")
}

// judgeWatch runs a lesson with the points as expectations.
func judgeWatch(t *testing.T, item scenarios.Item, watch []watchPoint) {
	t.Helper()
	script, err := scenarios.Parse(item.File, item.Source)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, line := range script.Lines {
		lines = append(lines, line.Text)
	}
	first := slices.IndexFunc(script.Lines, func(l scenarios.Line) bool { return l.Number == script.Statements[0].Pos.Line })
	var when []watchPoint
	var expects []string
	for _, w := range watch {
		for _, c := range w.checks {
			line := "at 0s expect " + c
			if w.atEnd {
				line = "at 0s expect at end " + c
			}
			when, expects = append(when, w), append(expects, line)
		}
	}
	text := strings.Join(slices.Insert(lines, first, expects...), "\n")
	if script, err = scenarios.Parse(item.Name+".capsim", []byte(text)); err != nil {
		t.Fatalf("a check is wrong: %v", err)
	}
	mine := slices.Clone(script.Statements[:len(when)])
	rest := script.Statements[len(when):]
	for i, st := range mine {
		if st.At = when[i].at; when[i].atEnd {
			st.At = 0
		}
		at := slices.IndexFunc(rest, func(s scenarios.Statement) bool { return s.At > st.At || isEnd(s) })
		if at < 0 || rest[at].At < st.At {
			t.Errorf("%v is after the end of the lesson", st.At)
			continue
		}
		rest = slices.Insert(slices.Clone(rest), at, st)
	}
	script.Statements = rest
	for _, e := range runOf(t, script).Expectations {
		if e.Line > first && e.Line <= first+len(expects) && e.Verdict != "yes" {
			t.Errorf("%s.md says what is not so: %v: %s: %s: %s", item.Name, when[e.Line-first-1].at, e.Text, e.Verdict, e.Witness)
		}
	}
}

func isEnd(s scenarios.Statement) bool { _, is := s.Body.(scenarios.End); return is }

// runOf runs a script in memory.
func runOf(t *testing.T, script *scenarios.Script) scenarios.Report {
	t.Helper()
	s, err := scenarios.Open(script, scenarios.Options{Run: "course", Memory: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := s.Run(); err != nil {
		t.Fatal(err)
	}
	return s.Report()
}

// courseControl is a line of a solution that names what would make it fail.
var courseControl = regexp.MustCompile(`(?m)^# control: (.*) => (.*)$`)

// TestCourseSolutions: all that a solution expects holds; what it expects is enough to
// notice each of the changes that it names.
func TestCourseSolutions(t *testing.T) {
	files, err := os.ReadDir(courseFolder + "solutions")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(f.Name(), ".capsim"), func(t *testing.T) {
			src, err := os.ReadFile(courseFolder + "solutions/" + f.Name())
			if err != nil {
				t.Fatal(err)
			}
			if out, err := scenarios.Format(f.Name(), src); err != nil || string(out) != string(src) {
				t.Errorf("it is not formatted (capsim fmt): %v", err)
			}
			if wrong := failing(t, f.Name(), string(src)); len(wrong) > 0 {
				t.Errorf("what it expects is not so:\n%s", strings.Join(wrong, "\n"))
			}
			controls := courseControl.FindAllStringSubmatch(string(src), -1)
			if len(controls) == 0 {
				t.Error("no line # control: OLD => NEW says what would make it fail")
			}
			for _, c := range controls {
				if changed, ok := without(string(src), c[1], c[2]); !ok {
					t.Errorf("%s: it has no such text to change", c[0])
				} else if len(failing(t, f.Name(), changed)) == 0 {
					t.Errorf("%s: all that it expects holds all the same", c[0])
				}
			}
		})
	}
}

// without replaces a text in the lines of a script that are no comments.
func without(src, old, by string) (changed string, ok bool) {
	lines := strings.Split(src, "\n")
	for i, line := range lines {
		if !strings.HasPrefix(line, "#") && strings.Contains(line, old) {
			lines[i], ok = strings.ReplaceAll(line, old, by), true
		}
	}
	return strings.Join(lines, "\n"), ok
}

// failing runs a script and says which of its expectations do not hold.
func failing(t *testing.T, name, src string) (wrong []string) {
	t.Helper()
	script, err := scenarios.Parse(name, []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	rep := runOf(t, script)
	if len(rep.Expectations) == 0 {
		t.Error("it expects nothing")
	}
	for _, e := range rep.Expectations {
		if e.Verdict != "yes" {
			wrong = append(wrong, fmt.Sprintf("line %d: %s: %s: %s", e.Line, e.Text, e.Verdict, e.Witness))
		}
	}
	return wrong
}

// TestCourseTable compares the table of the course with the lessons and pages that there
// are; with -update it writes it.
func TestCourseTable(t *testing.T) {
	const file, begin, end = courseFolder + "README.md", "<!-- the course: make course -->\n", "<!-- end of the course -->\n"
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(src), begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s has no %s… %s", file, begin, end)
	}
	want := before + begin + courseTable() + end + after
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if want != string(src) {
		t.Errorf("the table of %s is not as it should be: make course", file)
	}
}

// courseTable lists the lessons that have a page, with what a teacher looks for.
func courseTable() string {
	var b strings.Builder
	for _, level := range scenarios.Course() {
		var rows strings.Builder
		lessons, minutes := 0, 0
		for _, item := range level.Lessons {
			if p, err := readCoursePage(item.Name); err == nil {
				lessons, minutes = lessons+1, minutes+item.Minutes
				fmt.Fprintf(&rows, "| [%s](%s.md) | %d | %s |\n", item.Name, item.Name, item.Minutes, p.misconception)
			}
		}
		fmt.Fprintf(&b, "\n## %s%s: %d lessons, %d minutes\n\n", strings.ToUpper(level.Name[:1]), level.Name[1:], lessons, minutes)
		b.WriteString("| lesson | min | the misconception that it provokes |\n|---|---|---|\n" + rows.String())
	}
	return b.String() + "\n"
}
