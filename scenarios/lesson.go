package scenarios

import "strings"

// Lesson is what a Markdown scenario says beside its script.
type Lesson struct {
	Title    string
	Summary  string   // one sentence
	Teaches  []string // what a reader knows afterwards
	Minutes  int      // a class needs for it, its questions included
	Level    string   // one of Levels
	Order    int      // within the level, from 1; 0: the number of the file
	Markdown string   // all of it, without the front matter
	// Sections are the text before, between and after the blocks of the script: one
	// more than there are blocks.
	Sections []Section
}

// Section is a stretch of a lesson's text.
type Section struct {
	Markdown string
	Line     int // of its first line, in the file
	Before   int // index of the first statement after it; len(Statements) if none follows
}

// lesson reads a lesson's front matter, and finds the blocks of its script.
func (p *parser) lesson(src string) (*Lesson, []block) {
	l := &Lesson{}
	matter, body, before := cutFrontMatter(src)
	p.frontMatter(matter, before > 0, l)
	l.Markdown = body
	var blocks []block
	at := 0
	for _, f := range fences(body) {
		l.addSection(body, at, f.open, before)
		at = f.end
		b := f.block(body, before)
		blocks = append(blocks, b)
		if !f.closed {
			p.report(&Problem{
				Pos: Pos{p.file, b.first - 1, 1}, Got: "```" + blockWord, Want: "a line ``` that ends the block",
			})
		}
	}
	l.addSection(body, at, len(body), before)
	return l, blocks
}

func (l *Lesson) addSection(body string, from, to, before int) {
	text := strings.TrimLeft(body[from:to], " \t\r\n")
	l.Sections = append(l.Sections, Section{
		Markdown: strings.TrimRight(text, " \t\r\n"),
		Line:     before + 1 + strings.Count(body[:to-len(text)], "\n"),
	})
}

// cutFrontMatter splits a lesson into the YAML between its first line, ---, and
// the next such line; what comes after; and how many lines are before that, 0 if
// there is no front matter.
func cutFrontMatter(src string) (matter, body string, lines int) {
	const mark = "---"
	if first, rest, _ := strings.Cut(src, "\n"); strings.TrimRight(first, " \t\r") == mark {
		n, at := 1, len(src)-len(rest)
		from := at
		for at < len(src) {
			end := lineEnd(src, at)
			n++
			if strings.TrimRight(src[at:end], " \t\r\n") == mark {
				return src[from:at], src[end:], n
			}
			at = end
		}
	}
	return "", src, 0
}
