package scenarios

import (
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// matterField is a field of the front matter.
type matterField struct {
	name string
	want string
	// read reads the value; false if it is none.
	read func(n *yaml.Node, l *Lesson) bool
}

var matterFields = []matterField{
	{"title", "a line of text", func(n *yaml.Node, l *Lesson) bool { return scalar(n, &l.Title) }},
	{"summary", "a line of text", func(n *yaml.Node, l *Lesson) bool { return scalar(n, &l.Summary) }},
	{"teaches", "a list of texts", readTeaches},
	{"minutes", "a whole number, 1 to 600", func(n *yaml.Node, l *Lesson) bool { return whole(n, 600, &l.Minutes) }},
	{"level", "one of " + strings.Join(Levels, ", "), func(n *yaml.Node, l *Lesson) bool {
		return scalar(n, &l.Level) && slices.Contains(Levels, l.Level)
	}},
	{"order", "a whole number, 1 to 999: the place within the level", func(n *yaml.Node, l *Lesson) bool { return whole(n, 999, &l.Order) }},
}

// frontMatter reads the YAML at a lesson's beginning; its first line is the
// file's second.
func (p *parser) frontMatter(matter string, found bool, l *Lesson) {
	names := make([]string, len(matterFields))
	for i, f := range matterFields {
		names[i] = f.name
	}
	fields := "front matter with " + strings.Join(names, ", ")
	if !found {
		p.report(&Problem{Pos: Pos{p.file, 1, 1}, Found: "no front matter", Want: "a lesson to begin with a line ---, " + fields + ", and a line ---"})
		return
	}
	var doc yaml.Node
	err := yaml.NewDecoder(strings.NewReader(matter)).Decode(&doc)
	switch {
	case errors.Is(err, io.EOF):
		doc = yaml.Node{}
	case err != nil:
		p.report(p.yamlProblem(err))
		return
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		p.report(&Problem{Pos: Pos{p.file, 2, 1}, Found: "no fields", Want: fields})
		return
	}
	seen := map[string]bool{}
	pairs := doc.Content[0].Content
	for i := 0; i+1 < len(pairs); i += 2 {
		p.report(p.matterField(pairs[i], pairs[i+1], seen, names, l))
	}
	if !seen["title"] {
		p.report(&Problem{Pos: Pos{p.file, 1, 1}, Found: "no title", Want: fields})
	}
}

// matterField reads one field.
func (p *parser) matterField(key, value *yaml.Node, seen map[string]bool, names []string, l *Lesson) *Problem {
	wrong := func(n *yaml.Node, want string, known ...string) *Problem {
		return &Problem{
			Pos: Pos{p.file, n.Line + 1, n.Column}, Got: n.Value, Found: "something else",
			Want: want, Mean: nearest(n.Value, known),
		}
	}
	for _, f := range matterFields {
		if key.Value != f.name || key.Kind != yaml.ScalarNode {
			continue
		}
		if seen[f.name] {
			return wrong(key, "each field once")
		}
		seen[f.name] = true
		if !f.read(value, l) {
			return wrong(value, f.want)
		}
		return nil
	}
	return wrong(key, "a field of front matter: "+strings.Join(names, ", "), names...)
}

// yamlLine finds the line in an error of the YAML package.
var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

func (p *parser) yamlProblem(err error) *Problem {
	line := 1
	text := err.Error()
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		text = text[len(m[0]):]
		if n, err := strconv.Atoi(m[1]); err == nil {
			line = n
		}
	}
	return &Problem{Pos: Pos{p.file, line + 1, 1}, Found: "front matter", Want: "YAML: " + text}
}

func scalar(n *yaml.Node, into *string) bool {
	if n.Kind != yaml.ScalarNode || strings.TrimSpace(n.Value) == "" || n.Tag == "!!null" {
		return false
	}
	*into = strings.TrimSpace(n.Value)
	return true
}

func readTeaches(n *yaml.Node, l *Lesson) bool {
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		return false
	}
	for _, item := range n.Content {
		var text string
		if !scalar(item, &text) {
			return false
		}
		l.Teaches = append(l.Teaches, text)
	}
	return true
}

func whole(n *yaml.Node, most int, into *int) bool {
	v, ok := within(n.Value, most)
	*into = v
	return ok && n.Kind == yaml.ScalarNode
}
