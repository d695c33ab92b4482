package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"capsim/tui/canvas"
)

// display is the program on a terminal, as Bubble Tea runs it: without a renderer of
// Bubble Tea's own, which wakes up sixty times a second for ever and sends whole lines. The
// terminal is the screen's.
type display struct {
	*program
	screen *canvas.Screen
}

// Init opens the lesson.
func (d display) Init() tea.Cmd {
	defer d.screen.OnPanic()
	return d.guard(d.program.Init())
}

// Update takes a message to the program.
func (d display) Update(m tea.Msg) (tea.Model, tea.Cmd) {
	defer d.screen.OnPanic()
	if _, ok := m.(tea.ResumeMsg); ok {
		if err := d.screen.Enter(); err != nil {
			return d, tea.Quit
		}
		d.w, d.h = d.screen.Size()
	}
	_, cmd := d.program.Update(m)
	return d, d.guard(cmd)
}

// View has the screen shown, if anything has changed. Bubble Tea is left nothing to show.
func (d display) View() string {
	defer d.screen.OnPanic()
	if d.draw() {
		d.screen.Show(&d.canvas, d.Theme, !d.mouseOff)
	}
	return ""
}

// filter gives the terminal back before Bubble Tea stops the process.
func (d display) filter(_ tea.Model, m tea.Msg) tea.Msg {
	if _, ok := m.(tea.SuspendMsg); ok {
		_ = d.screen.Leave()
	}
	return m
}

// guard gives the terminal back before Bubble Tea, which catches panics, says what
// happened in a command.
func (d display) guard(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() tea.Msg {
		defer d.screen.OnPanic()
		m := cmd()
		if batch, ok := m.(tea.BatchMsg); ok {
			for i := range batch {
				batch[i] = d.guard(batch[i])
			}
		}
		return m
	}
}
