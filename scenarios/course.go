package scenarios

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Levels are the words that a lesson's level may be, from the first to the last of the
// course.
var Levels = []string{"beginner", "intermediate", "advanced"}

// Level is a part of the course.
type Level struct {
	Name    string
	Lessons []Item
	Minutes int // of all its lessons
}

// Course returns the library by levels, which are in the order of Levels; none is left out.
// The lessons must not be changed.
func Course() []Level {
	course := make([]Level, len(Levels))
	for i, name := range Levels {
		course[i].Name = name
		for _, item := range Library() {
			if item.Level == name {
				course[i].Lessons = append(course[i].Lessons, item)
				course[i].Minutes += item.Minutes
			}
		}
	}
	return course
}

// byCourse compares lessons by their place in the course: the level, then the order
// within it, which is the number of the file unless the front matter gives one, then the
// number of the file. A level that is none comes last.
func byCourse(a, b Item) int {
	return cmp.Or(
		cmp.Compare(a.levelNumber(), b.levelNumber()),
		cmp.Compare(a.place(), b.place()),
		cmp.Compare(a.fileNumber(), b.fileNumber()),
		strings.Compare(a.File, b.File),
	)
}

func (i Item) levelNumber() int {
	if n := slices.Index(Levels, i.Level); n >= 0 {
		return n
	}
	return len(Levels)
}

// place is where the lesson stands within its level.
func (i Item) place() int {
	if i.Order > 0 {
		return i.Order
	}
	return i.fileNumber()
}

// fileNumber is the number that the file's name begins with; 0 if it begins with none.
func (i Item) fileNumber() int {
	number, _, _ := strings.Cut(i.fileName(), "-")
	n, err := strconv.Atoi(number)
	if err != nil {
		return 0
	}
	return n
}

// fileName is the file's name, without its folder and ending: "02-cap-proof".
func (i Item) fileName() string {
	name, _, _ := strings.Cut(strings.TrimPrefix(i.File, libraryFolder+"/"), ".")
	return name
}
