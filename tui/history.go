package tui

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	tea "github.com/charmbracelet/bubbletea"
)

// history is what was given in the palette, in this session and in those before. Each line
// is added to the end of the file, so that of two programs at once neither loses
// what the other was given.
type history struct {
	path  string   // "" for none
	lines []string // the last one at the end
	fresh []string // not in the file yet
}

// Of the file so many lines are read; a file of more bytes is begun anew with these.
const (
	maxHistory      = 500
	maxHistoryBytes = 1 << 20
)

// newHistory reads what was given before. A file that can't be read is as good as none, and of
// a broken one what is no line is left out.
func newHistory(path string) history {
	h := history{path: path}
	info, err := os.Stat(path)
	if path == "" || err != nil || !info.Mode().IsRegular() {
		return h
	}
	f, err := os.Open(path)
	if err != nil {
		return h
	}
	defer f.Close()
	from := max(info.Size()-maxHistoryBytes, 0)
	data, _ := io.ReadAll(io.NewSectionReader(f, from, maxHistoryBytes))
	lines := strings.Split(string(data), "\n")
	if from > 0 {
		lines = lines[1:] // it may be the end of one
	}
	for _, line := range lines {
		line = strings.TrimSuffix(line, "\r")
		if len(line) <= 4*maxLine && utf8.ValidString(line) && strings.TrimSpace(line) != "" {
			h.remember(line)
		}
	}
	if from > 0 {
		h.shorten()
	}
	return h
}

// shorten writes the file anew, with what is remembered.
func (h *history) shorten() {
	temp := h.path + ".new"
	if os.WriteFile(temp, []byte(strings.Join(h.lines, "\n")+"\n"), 0o600) == nil {
		_ = os.Rename(temp, h.path)
	}
}

func (h *history) remember(line string) {
	if n := len(h.lines); n > 0 && h.lines[n-1] == line {
		return
	}
	if h.lines = append(h.lines, line); len(h.lines) > maxHistory {
		h.lines = slices.Delete(h.lines, 0, len(h.lines)-maxHistory)
	}
}

// add remembers a line that was given.
func (h *history) add(line string) {
	if line = strings.TrimSpace(line); line == "" || strings.ContainsAny(line, "\r\n") {
		return
	}
	h.remember(line)
	if h.path != "" {
		h.fresh = append(h.fresh, line)
	}
}

// keep has what is new written to the file; nil if nothing is.
func (h *history) keep() tea.Cmd {
	if len(h.fresh) == 0 {
		return nil
	}
	path, text := h.path, strings.Join(h.fresh, "\n")+"\n"
	h.fresh = nil
	return func() tea.Msg {
		if err := appendTo(path, text); err != nil {
			return historyLost{err}
		}
		return nil
	}
}

// appendTo adds a text to a file that only its owner reads.
func appendTo(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if info, err := f.Stat(); err == nil && info.Size() > 0 { // half a line may be there, of a full disk
		last := make([]byte, 1)
		if _, err := f.ReadAt(last, info.Size()-1); err == nil && last[0] != '\n' {
			text = "\n" + text
		}
	}
	_, err = f.WriteString(text)
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}

// historyLost says that the history can't be kept.
type historyLost struct{ err error }

// arrive says so once, and gives the file up.
func (m historyLost) arrive(p *program) tea.Cmd {
	if p.history.path != "" {
		p.history.path = ""
		p.warn("what is typed is not kept: " + printable(m.err.Error()) + "; --no-state keeps none")
	}
	return nil
}
