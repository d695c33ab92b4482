package scenarios

import (
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"capsim/labs"
	"capsim/model"
	"capsim/trace"
)

// MaxInput is the longest text that a lab can be given to work on, in bytes.
const MaxInput = 4 << 20

// InputFrom is the setting `use input` for a file that lies anywhere. In scripts and
// traces it is called by the last part of its path.
func InputFrom(from, file string, content []byte) Override {
	name := path.Base(strings.ReplaceAll(file, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if r == ':' || r < ' ' || r == utf8.RuneError {
			return '_'
		}
		return r
	}, name)
	if !beside(name) {
		name = "input.txt"
	}
	if content == nil {
		content = []byte{}
	}
	return Override{From: from, Text: "input " + quoteWord(name), Content: content}
}

func readInput(a *args, s *Settings) *Problem {
	name, wrong := a.only("a file beside the script, as use input words.txt")
	switch {
	case wrong != nil:
		return wrong
	case !beside(name):
		return a.wrong(0, "a file beside the script, as use input words.txt")
	case a.p.fixed["input"]:
		return nil // another is given: this one need not be there
	case a.p.content == nil && a.p.files == nil:
		return a.wrong(0, "no input: this script has no files beside it; --input FILE gives one")
	}
	content := string(a.p.content)
	if a.p.content == nil {
		if content, wrong = a.file(0, name); wrong != nil {
			return wrong
		}
	}
	if want := noInput(content); want != "" {
		return a.wrong(0, want)
	}
	a.p.inputArgs = a
	s.Input = name
	s.hold(name, content)
	return nil
}

func writeInput(s *Settings) []string {
	if s.Input == "" {
		return nil
	}
	return []string{quoteWord(s.Input)}
}

// noInput says what was expected instead of a text that can't be an input; "" if it can.
func noInput(text string) string {
	switch {
	case text == "":
		return "a text: this file is empty"
	case len(text) > MaxInput:
		return fmt.Sprintf("a text of at most %d MiB", MaxInput>>20)
	case strings.IndexByte(text, 0) >= 0:
		return "a text: this file is binary"
	case !utf8.ValidString(text):
		return "a text in UTF-8: this file is binary, or in another encoding"
	case len(text) > trace.MaxLine/16 && len(model.AppendJSON(nil, text)) > trace.MaxLine/2:
		return "a text: this file is mostly control characters"
	}
	return ""
}

// checkInput refuses an input where the policy or lab takes none.
func (p *parser) checkInput() {
	a := p.inputArgs
	if a == nil || p.settings.Policy.Spec == nil || p.settings.Policy.Spec.Input != "" {
		return
	}
	p.inputArgs = nil
	var takers []string
	for _, s := range labs.Catalog {
		if s.Input != "" {
			takers = append(takers, s.Name)
		}
	}
	want := "no input: " + p.settings.Policy.Spec.Name + " works on none"
	if len(takers) > 0 {
		want += "; it is for " + strings.Join(takers, ", ")
	}
	p.report(a.wrong(0, want))
}
