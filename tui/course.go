package tui

import (
	"sort"
	"strings"
	"time"

	"capsim/export"
	"capsim/model"
	"capsim/scenarios"
	"capsim/tui/canvas"
)

// course is what a script tells its reader beside what it does: texts, and the
// statements between them. It is worked out once and never changed.
type course struct {
	script    *scenarios.Script
	lesson    *scenarios.Lesson // nil: the script is no lesson
	number    int               // in the library, from 1; 0: not of it
	card      string            // what stands before the beginning, as Markdown
	cardWords int
	pages     []page
	questions int
	timeWidth int // columns of the longest instant of a step
}

// page is a section of a lesson and what the script does after it. A script that is no
// lesson has one, without a text.
type page struct {
	title string
	text  string     // Markdown
	words int        // of it
	from  model.Time // the page is the one to be read from then on
	steps []lessonStep
}

// lessonStep is a statement, as the lesson lists it.
type lessonStep struct {
	at, until model.Time // until: when it is done
	time      string
	text      string
	asks      bool
}

func courseOf(s *scenarios.Script) *course {
	c := &course{script: s, lesson: s.Lesson}
	for i, item := range scenarios.Library() {
		if item.File == s.Path {
			c.number = i + 1
		}
	}
	for i := range s.Statements {
		if _, asks := s.Statements[i].Body.(scenarios.Ask); asks {
			c.questions++
		}
	}
	if s.Lesson != nil {
		c.card = c.startCard()
		c.cardWords = wordCount(c.card)
	}
	if s.Lesson == nil || len(s.Lesson.Sections) == 0 { // no lesson, or one saved without its text
		c.pages = []page{{title: "scenario", steps: c.steps(s.Statements, false)}}
		return c
	}
	n := len(s.Lesson.Sections)
	for i, sec := range s.Lesson.Sections {
		text := strings.TrimPrefix(sec.Markdown, "# "+s.Lesson.Title+"\n") // which the card and the bar say
		pg := page{title: "lesson: " + itoa(i+1) + " of " + itoa(n), text: text, words: wordCount(text)}
		if i > 0 {
			pg.from = begins(s.Statements, s.Lesson.Sections[i-1].Before, sec.Before)
		}
		next := len(s.Statements)
		if i+1 < n {
			next = s.Lesson.Sections[i+1].Before
		}
		pg.steps = c.steps(s.Statements[sec.Before:max(next, sec.Before)], true)
		c.pages = append(c.pages, pg)
	}
	return c
}

// begins returns from when on a text is to be read: when the block before it, statements
// from … to-1, has happened, at the latest when the next statement does.
func begins(all []scenarios.Statement, from, to int) model.Time {
	last := model.Time(0)
	for _, st := range all[from:max(to, from)] {
		last = max(last, st.At)
	}
	if to < len(all) { // what has happened is first seen, answers and copies included
		last = min(last, all[to].At)
		last = last.Add(min(settling, all[to].At.Sub(last)/2))
	}
	return last
}

// settling is how long, in virtual time, a text waits after what it speaks of.
const settling = 200 * time.Millisecond

// steps lists statements; of a lesson without what is said and expected, which the
// captions and verdicts show.
func (c *course) steps(all []scenarios.Statement, lesson bool) []lessonStep {
	var out []lessonStep
	for _, st := range all {
		step := lessonStep{at: st.At, until: st.At, text: printable(st.Text)}
		switch b := st.Body.(type) {
		case scenarios.Expect, scenarios.Say:
			if lesson {
				continue
			}
		case scenarios.Ask:
			step.asks, step.text = true, "a question to you"
		case scenarios.Pause:
			step.asks, step.text = true, "a pause"
		case scenarios.Workload:
			step.at, step.until = b.From, b.To
		}
		if e := st.Every; e != nil {
			step.at, step.until = e.From, e.To
			step.text = "every " + export.Span(e.D) + ": " + step.text
		}
		step.time = secondsShort(step.at)
		c.timeWidth = max(c.timeWidth, len(step.time))
		out = append(out, step)
	}
	return out
}

// startCard is what a lesson begins with.
func (c *course) startCard() string {
	l := c.lesson
	text := "# " + l.Title + "\n\n"
	if about := c.about(); about != "" {
		text += about + "\n\n"
	}
	text += l.Summary + "\n"
	if len(l.Teaches) > 0 {
		text += "\n**You will learn**\n\n- " + strings.Join(l.Teaches, "\n- ") + "\n"
	}
	return text
}

// about says how long a lesson takes, and for whom it is.
func (c *course) about() string {
	var facts []string
	if c.lesson.Minutes > 0 {
		facts = append(facts, itoa(c.lesson.Minutes)+plural(c.lesson.Minutes, " minute", " minutes"))
	}
	if c.lesson.Level != "" {
		facts = append(facts, c.lesson.Level)
	}
	if c.questions > 0 {
		facts = append(facts, itoa(c.questions)+plural(c.questions, " question", " questions"))
	}
	return strings.Join(facts, ", ")
}

// wordCount returns how many words a text has; two wide characters count as one.
func wordCount(text string) int {
	wide := 0
	for _, r := range text {
		if canvas.RuneWidth(r) == 2 {
			wide++
		}
	}
	return len(strings.Fields(text)) + wide/2
}

// readingTime is how long a text of so many words is left to be read, in wall time.
func readingTime(words int) time.Duration {
	return min(2*time.Second+time.Duration(words)*time.Second/3, 45*time.Second)
}

// page returns which page is to be read at the cursor. A question that waits comes before
// the text that follows it.
func (s *scene) page() int {
	pages := s.course.pages
	i := sort.Search(len(pages), func(i int) bool { return pages[i].from > s.at }) - 1
	for i > 0 && s.asking != nil && pages[i].from >= s.asking.At {
		i--
	}
	return max(i, 0)
}
