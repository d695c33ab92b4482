package tui

import (
	"io"
	"os"
	"strings"

	"github.com/atotto/clipboard"
	osc52 "github.com/aymanbagabas/go-osc52/v2"
	tea "github.com/charmbracelet/bubbletea"
)

// maxCopied bounds what goes through the terminal: many take no more.
const maxCopied = 100_000

// copyText puts a text on the clipboard: by the terminal's own sequence, which works over
// ssh, and by the system's clipboard where there is one.
func (p *program) copyText(what, text string) tea.Cmd {
	if text == "" {
		p.warn("there is nothing to copy of " + what)
		return nil
	}
	if len(text) > maxCopied {
		p.warn("not copied: " + what + " is longer than a clipboard of the terminal takes")
		return nil
	}
	p.say("copied: " + what)
	clip := p.clip
	if clip == nil {
		return nil
	}
	return func() tea.Msg {
		clip(text)
		return nil
	}
}

// toClipboard copies through a terminal and by the system.
func toClipboard(out io.Writer, text string) {
	copyThrough(out, text)
	if !clipboard.Unsupported {
		_ = clipboard.WriteAll(text)
	}
}

// copyThrough has a terminal copy a text. The sequence holds it in base64, so nothing in
// it can reach the terminal.
func copyThrough(out io.Writer, text string) {
	seq := osc52.New(text)
	switch {
	case os.Getenv("TMUX") != "":
		seq = seq.Tmux()
	case strings.HasPrefix(os.Getenv("TERM"), "screen"):
		seq = seq.Screen()
	}
	_, _ = seq.WriteTo(out)
}

func joined(lines []string) string { return strings.Join(lines, "\n") + "\n" }
