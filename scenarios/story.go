package scenarios

import (
	"slices"
	"strings"

	"capsim/model"
)

// oneText reads the words as one text.
func (a *args) oneText() (string, *Problem) {
	const want = `one text in quotes, as "what to notice"`
	if len(a.words) == 1 {
		return a.words[0].text, nil
	}
	return "", a.wrong(min(1, len(a.words)), want)
}

func readSay(a *args) (Body, *Problem) {
	text, wrong := a.oneText()
	return Say{text}, wrong
}

func readPause(a *args) (Body, *Problem) {
	text, wrong := a.oneText()
	return Pause{text}, wrong
}

// storyText writes a text in quotes.
func storyText(a *args) string { return a.verb.text + " " + quoteText(a.words[0].text) }

// separator stands between answers.
const separator = "|"

// readAsk reads a question and its answers.
func readAsk(a *args) (Body, *Problem) {
	a.splitAnswers()
	if len(a.words) == 0 {
		return nil, a.wrong(0, `a question in quotes, as "Will bob read milk?"`)
	}
	ask := Ask{Question: a.words[0].text, Right: -1}
	for i := 1; i < len(a.words) || i == 1; i += 2 {
		if i >= len(a.words) || a.words[i].is(separator) {
			return nil, a.wrong(i, "an answer")
		}
		text, right := a.words[i].answer()
		switch {
		case text == "":
			return nil, a.wrong(i, "an answer that is not empty")
		case slices.Contains(ask.Answers, text):
			return nil, a.wrong(i, "each answer once")
		case right && ask.Right >= 0:
			return nil, a.wrong(i, "only one answer that is right: "+quoteText(ask.Answers[ask.Right])+" has a * too")
		case right:
			ask.Right = len(ask.Answers)
		}
		ask.Answers = append(ask.Answers, text)
		if i+1 < len(a.words) {
			if !a.words[i+1].is(separator) {
				return nil, a.wrong(i+1, "| and another answer; an answer of several words goes in quotes")
			}
			if i+2 == len(a.words) {
				return nil, a.wrong(i+2, "an answer")
			}
		}
	}
	switch {
	case len(ask.Answers) < 2:
		return nil, a.wrong(len(a.words), "| and another answer")
	case ask.Right < 0:
		return nil, a.wrong(1, "one answer marked as right, as *"+ask.Answers[0])
	}
	return ask, nil
}

// answer returns an answer's text, and whether it is marked as right.
func (w word) answer() (text string, right bool) {
	if strings.HasPrefix(w.raw, "*") {
		return w.text[1:], true
	}
	return w.text, false
}

// splitAnswers makes words of their own of the | that stand in bare words.
func (a *args) splitAnswers() {
	var words []word
	for i, w := range a.words {
		if i == 0 || !w.bare() || !strings.Contains(w.text, separator) {
			words = append(words, w)
			continue
		}
		col := w.col
		for j, part := range strings.Split(w.text, separator) {
			if j > 0 {
				words = append(words, word{text: separator, raw: separator, col: col})
				col++
			}
			if part != "" {
				words = append(words, word{text: part, raw: part, col: col})
				col += len([]rune(part))
			}
		}
	}
	a.words = words
}

func askText(a *args) string {
	var b strings.Builder
	b.WriteString(a.verb.text + " " + quoteText(a.words[0].text))
	for i, w := range a.words[1:] {
		text, right := w.answer()
		switch {
		case i%2 == 1:
			b.WriteString(" " + separator)
			continue
		case right:
			b.WriteString(" *")
		default:
			b.WriteString(" ")
		}
		if strings.HasPrefix(text, "*") {
			b.WriteString(quoteText(text))
		} else {
			b.WriteString(quoteWord(text))
		}
	}
	return b.String()
}

// Saying is what a script says to its audience at an instant.
type Saying struct {
	At   model.Time
	Text string
}

// Sayings lists what the script says once, in its order; say leaves no event.
func (s *Script) Sayings() []Saying {
	var list []Saying
	for _, st := range s.Statements {
		if b, ok := st.Body.(Say); ok && st.Every == nil {
			list = append(list, Saying{st.At, b.Text})
		}
	}
	return list
}
