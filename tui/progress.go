package tui

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	tea "github.com/charmbracelet/bubbletea"
)

// diary is what is kept from one session to the next: which lessons were done, and how
// the guesses went.
//
// Writing merges with what is in the file, so that of two programs at once neither loses
// what the other has noted. The file is replaced whole.
type diary struct {
	path    string // "" for none
	writing sync.Mutex
	all     noted           // as the screen knows it
	changed bool            // … since it was last given to be written
	said    map[string]bool // what was said of the file
}

// noted is what the file holds.
type noted struct {
	Version int                   `json:"version"`
	Last    string                `json:"last"` // the lesson opened last
	Lessons map[string]lessonNote `json:"lessons"`
}

// lessonNote is what is kept of a lesson.
type lessonNote struct {
	Finished bool `json:"finished"`
	Right    int  `json:"right"`   // guesses that were right, of the best time
	Guessed  int  `json:"guessed"` // guesses of that time
}

const notesVersion = 1

// maxNotes bounds the file that is read.
const maxNotes = 1 << 20

// newDiary reads what was kept. Trouble is told by the first keep.
func newDiary(path string) *diary {
	p := &diary{path: path, said: map[string]bool{}}
	p.all, _ = p.read()
	return p
}

// read returns what the file holds; nothing if there is none or it can't be read.
func (p *diary) read() (noted, error) {
	n := noted{Version: notesVersion, Lessons: map[string]lessonNote{}}
	if p.path == "" {
		return n, nil
	}
	info, err := os.Stat(p.path)
	if errors.Is(err, fs.ErrNotExist) {
		return n, nil
	}
	if err == nil && info.Size() > maxNotes {
		return n, errBroken
	}
	data, err := os.ReadFile(p.path)
	if err != nil {
		return n, err
	}
	var got noted
	if json.Unmarshal(data, &got) != nil || got.Version < 1 {
		return n, errBroken
	}
	if got.Version > notesVersion {
		return n, fmt.Errorf("it was written by a newer program")
	}
	if got.Lessons == nil {
		got.Lessons = n.Lessons
	}
	return got, nil
}

var errBroken = errors.New("it can't be read as progress")

// of returns what is known of a lesson.
func (p *diary) of(name string) lessonNote { return p.all.Lessons[name] }

// note takes in what happened with a lesson.
func (p *diary) note(name string, n lessonNote) {
	if p.all.Last == name && better(p.of(name), n) == p.of(name) {
		if _, known := p.all.Lessons[name]; known {
			return
		}
	}
	p.all.Last = name
	p.all.Lessons[name] = better(p.of(name), n)
	p.changed = p.path != ""
}

// better puts two notes of one lesson together.
func better(a, b lessonNote) lessonNote {
	if b.Right > a.Right || b.Right == a.Right && b.Guessed > a.Guessed {
		a.Right, a.Guessed = b.Right, b.Guessed
	}
	a.Finished = a.Finished || b.Finished
	return a
}

// keptMsg says what came of writing.
type keptMsg struct {
	found  noted  // what the file held
	broken string // where a file that could not be read was put
	err    error
}

// keep writes what is known, in a goroutine of its own.
func (p *diary) keep() tea.Cmd {
	p.changed = false
	mine := noted{Version: notesVersion, Last: p.all.Last, Lessons: map[string]lessonNote{}}
	for name, n := range p.all.Lessons {
		mine.Lessons[name] = n
	}
	return func() tea.Msg { return p.write(mine) }
}

// write merges what is known with the file.
func (p *diary) write(mine noted) (m keptMsg) {
	p.writing.Lock()
	defer p.writing.Unlock()
	if m.err = os.MkdirAll(filepath.Dir(p.path), 0o700); m.err != nil {
		return m
	}
	m.found, m.err = p.read()
	if errors.Is(m.err, errBroken) {
		m.broken = p.path + ".bad"
		m.err = os.Rename(p.path, m.broken)
	}
	if m.err != nil {
		return m
	}
	for name, n := range m.found.Lessons {
		mine.Lessons[name] = better(mine.Lessons[name], n)
	}
	data, err := json.MarshalIndent(mine, "", "  ")
	if err != nil {
		m.err = err
		return m
	}
	m.err = replaceFile(p.path, append(data, '\n'))
	return m
}

// replaceFile writes a file whole, or leaves it as it was.
func replaceFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// arrive takes in what came of writing, and says what went wrong.
func (m keptMsg) arrive(p *program) tea.Cmd {
	if text := p.progress.kept(m); text != "" {
		p.warn(text)
	}
	return nil
}

// kept takes in what another program has noted, and returns once what went wrong.
func (p *diary) kept(m keptMsg) (wrong string) {
	for name, n := range m.found.Lessons {
		p.all.Lessons[name] = better(p.all.Lessons[name], n)
	}
	text := ""
	switch {
	case m.broken != "" && m.err == nil:
		text = "the file that keeps your progress was broken: it is now " + m.broken + ", and a new one is begun"
	case m.err != nil:
		text = "your progress is not kept: " + m.err.Error() + " (" + p.path + "); --no-state keeps none"
	}
	if text == "" || p.said[text] {
		return ""
	}
	p.said[text] = true
	return text
}

// noteProgress notes how far the reader has come with the lesson on the screen.
func (p *program) noteProgress() { p.progress.noteOf(p.scene) }

// noteOf notes how far the reader has come with the lesson of a scene.
func (p *diary) noteOf(s *scene) {
	if item := s.item(); item != nil {
		right, of := s.study.score()
		p.note(item.Name, lessonNote{Finished: s.study.ended, Right: right, Guessed: of})
	}
}
