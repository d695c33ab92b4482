package scenarios

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed library
var libraryFiles embed.FS

const libraryFolder = "library"

// Item is a scenario of the library.
type Item struct {
	Name   string // "cap-proof"
	File   string // "library/02-cap-proof.md"
	Source []byte // must not be changed
	Lesson        // title and so on; no sections, which only Parse finds
}

// Library lists the library's scenarios in the order of the course (see Course). Lessons
// in other languages are not in it: see In. The list must not be changed.
func Library() []Item { return library() }

var library = sync.OnceValue(func() []Item {
	files, err := fs.ReadDir(libraryFiles, libraryFolder)
	if err != nil {
		panic("scenarios: the embedded library: " + err.Error())
	}
	var items []Item
	for _, f := range files {
		if _, _, translated := languageOf(f.Name()); !translated {
			items = append(items, newItem(libraryFolder+"/"+f.Name()))
		}
	}
	slices.SortFunc(items, byCourse)
	return items
})

// newItem reads a file of the library; what is wrong with its front matter, Parse
// says.
func newItem(file string) Item {
	src, err := libraryFiles.ReadFile(file)
	if err != nil {
		panic("scenarios: the embedded library: " + err.Error())
	}
	item := Item{Name: BaseName(file), File: file, Source: src}
	if IsLesson(file) {
		matter, body, lines := cutFrontMatter(string(src))
		newParser(file).frontMatter(matter, lines > 0, &item.Lesson)
		item.Markdown = body
	}
	return item
}

// Find returns the scenario of the library that has the name, or the name of its file,
// or the place in the course, from 1: "cap-proof", "02-cap-proof", "3", "03".
func Find(name string) (Item, error) {
	var names []string
	for i, item := range Library() {
		if name == item.Name || name == item.fileName() || strings.TrimLeft(name, "0") == strconv.Itoa(i+1) {
			return item, nil
		}
		names = append(names, item.Name)
	}
	mean := ""
	if near := nearest(name, names); near != "" {
		mean = "; did you mean " + near + "?"
	}
	return Item{}, fmt.Errorf("read %s, expected a scenario of the library: %s%s", shown(name), strings.Join(names, ", "), mean)
}

// In returns the same lesson in another language, "zh"; false if there is none.
func (i Item) In(language string) (Item, bool) {
	file := TwinName(i.File, language)
	if _, err := fs.Stat(libraryFiles, file); err != nil {
		return Item{}, false
	}
	return newItem(file), true
}

// TwinName returns the name of the file that holds the same lesson in another
// language: "02-cap-proof.zh.md" of "02-cap-proof.md".
func TwinName(file, language string) string {
	dot := strings.LastIndexByte(file, '.')
	return file[:max(dot, 0)] + "." + language + file[max(dot, 0):]
}

// languages are those that lessons come in beside English.
var languages = []string{"zh"}

// languageOf splits "x.zh.md" into "x.md" and "zh"; false if the name has no
// language.
func languageOf(file string) (twin, language string, ok bool) {
	for _, l := range languages {
		if i := strings.LastIndex(file, "."+l+"."); i >= 0 {
			return file[:i] + file[i+len(l)+1:], l, true
		}
	}
	return file, "", false
}

// SameScript tells whether two scripts are the same but for the texts of say, ask
// and pause-here, as a lesson's must be in every language. The error names the
// first difference.
func SameScript(a, b *Script) error {
	left, right := untold(a), untold(b)
	for i := range max(len(left), len(right)) {
		switch {
		case i >= len(left):
			return fmt.Errorf("%v: %s: not in %s", right[i].pos, right[i].text, a.Path)
		case i >= len(right):
			return fmt.Errorf("%v: %s: not in %s", left[i].pos, left[i].text, b.Path)
		case left[i].text != right[i].text:
			return fmt.Errorf("%v: %s; but %v: %s", left[i].pos, left[i].text, right[i].pos, right[i].text)
		}
	}
	return nil
}

// told is a line of a script, its texts left out.
type told struct {
	pos  Pos
	text string
}

// untold lists a script's settings and statements without what is told in them.
func untold(s *Script) []told {
	var lines []told
	for _, set := range settings {
		for _, text := range set.write(&s.Settings) {
			lines = append(lines, told{Pos{File: s.Path}, "use " + set.name + " " + text})
		}
	}
	for _, st := range s.Statements {
		verb, _, _ := strings.Cut(st.Text, " ")
		switch b := st.Body.(type) {
		case Say, Pause:
			st.Text = verb
		case Ask:
			st.Text = fmt.Sprintf("%s, the answer being %d of %d", verb, b.Right+1, len(b.Answers))
		}
		lines = append(lines, told{st.Pos, st.String()})
	}
	return slices.Clip(lines)
}
