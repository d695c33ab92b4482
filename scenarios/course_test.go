package scenarios

import (
	"slices"
	"strings"
	"testing"
)

// TestCourse: the course has every lesson of the library, in the same order, and its
// minutes are theirs.
func TestCourse(t *testing.T) {
	var names, course []string
	for _, item := range Library() {
		names = append(names, item.Name)
	}
	for i, level := range Course() {
		minutes := 0
		for _, item := range level.Lessons {
			course = append(course, item.Name)
			minutes += item.Minutes
		}
		if level.Name != Levels[i] || level.Minutes != minutes || len(level.Lessons) == 0 {
			t.Errorf("level %d is %s, %d lessons of %d min", i, level.Name, len(level.Lessons), level.Minutes)
		}
	}
	if !slices.Equal(names, course) {
		t.Errorf("the course is\n%s, the library\n%s", course, names)
	}
	for i, name := range names {
		for _, by := range []string{name, Library()[i].fileName()} {
			if item, err := Find(by); err != nil || item.Name != name {
				t.Errorf("%s is %s: %v", by, item.Name, err)
			}
		}
	}
	for _, second := range []string{"2", "02"} {
		if item, err := Find(second); err != nil || item.Name != names[1] {
			t.Errorf("%s is %s: %v", second, item.Name, err)
		}
	}
	for _, none := range []string{"", "0", "00", "-1"} {
		if item, err := Find(none); err == nil {
			t.Errorf("%q is %s", none, item.Name)
		}
	}
}

// TestCourseOrder: the level counts first, then the order, which is the number of the file
// where none is given, then that number.
func TestCourseOrder(t *testing.T) {
	lesson := func(file, level string, order int) Item {
		return Item{File: libraryFolder + "/" + file, Lesson: Lesson{Level: level, Order: order}}
	}
	want := []Item{
		lesson("30-clocks.md", "beginner", 1),
		lesson("31-messages.md", "beginner", 1),
		lesson("02-b.md", "beginner", 0),
		lesson("01-a.md", "beginner", 3),
		lesson("10-c.md", "beginner", 0),
		lesson("05-d.md", "intermediate", 0),
		lesson("04-e.md", "advanced", 0),
		lesson("03-f.md", "expert", 0),
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, byCourse)
	for i := range want {
		if got[i].File != want[i].File {
			t.Errorf("%d. is %s, expected %s", i+1, got[i].File, want[i].File)
		}
	}
}

// TestCourseMinutes: a lesson's minutes are at least what a class needs to read it aloud, to
// see it run at the speed of the clock and to answer its questions.
func TestCourseMinutes(t *testing.T) {
	const wordsAMinute, secondsAQuestion = 120, 60
	for _, item := range Library() {
		s, err := Parse(item.File, item.Source)
		if err != nil {
			continue // TestLibrary says so
		}
		words, seconds := 0, 0.0
		for _, section := range s.Lesson.Sections {
			words += len(strings.Fields(section.Markdown))
		}
		for _, st := range s.Statements {
			switch b := st.Body.(type) {
			case Say:
				words += len(strings.Fields(b.Text))
			case Ask:
				words += len(strings.Fields(b.Question))
				seconds += secondsAQuestion
			}
		}
		seconds += s.Statements[len(s.Statements)-1].At.Sub(0).Seconds() + float64(words)*60/wordsAMinute
		if least := int(seconds/60) + 1; item.Minutes < least {
			t.Errorf("%s: %d words, its run and its questions take %d minutes, and it says %d", item.File, words, least, item.Minutes)
		}
	}
}
