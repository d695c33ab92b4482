package scenarios

import (
	"strings"
	"time"
	"unicode/utf8"

	"capsim/model"
)

// args are the words of a statement or a setting.
type args struct {
	p     *parser
	pos   Pos // of the line
	verb  word
	words []word // after the verb
}

// readArgs reads the words after the verb.
func (p *parser) readArgs(pos Pos, verb word, l *lexer) (*args, *Problem) {
	words, err := l.all(verb.is(expectVerb))
	return &args{p: p, pos: pos, verb: verb, words: words}, err.at(pos)
}

// at makes a problem of what is wrong with a word.
func (e *wordError) at(pos Pos) *Problem {
	if e == nil {
		return nil
	}
	return problemAt(pos, e.word, e.want)
}

// problemAt is what is wrong with a word of the line at pos; known are words that
// might have been meant.
func problemAt(pos Pos, w word, want string, known ...string) *Problem {
	pos.Col = w.col
	return &Problem{Pos: pos, Got: w.raw, Want: want, Mean: nearest(w.text, known)}
}

// wrong is what is wrong with the i-th word after the verb, -1 being the verb. If
// there is no such word, it is missing at the end.
func (a *args) wrong(i int, want string, known ...string) *Problem {
	switch {
	case i < 0:
		return problemAt(a.pos, a.verb, want, known...)
	case i < len(a.words):
		return problemAt(a.pos, a.words[i], want, known...)
	}
	last := a.verb
	if n := len(a.words); n > 0 {
		last = a.words[n-1]
	}
	return missingAfter(a.pos, last, want)
}

// missingAfter says that something should follow the word, the last of the line.
func missingAfter(pos Pos, last word, want string) *Problem {
	pos.Col = last.col + utf8.RuneCountInString(last.raw)
	return &Problem{Pos: pos, Want: want}
}

// more is the problem that there are more than n words; nil if there are not.
func (a *args) more(n int) *Problem {
	if len(a.words) <= n {
		return nil
	}
	return a.wrong(n, "the end of the line")
}

// texts returns the words as the rooms below read them.
func (a *args) texts() []string {
	texts := make([]string, len(a.words))
	for i, w := range a.words {
		texts[i] = w.text
	}
	return texts
}

// refused makes a problem of what a room below says of a word: Word counts from
// the i-th, and one beyond the last is missing. The usage helps to guess what was
// meant.
func (a *args) refused(i int, want, usage string) *Problem {
	if i < len(a.words) {
		if _, node := model.ParseNode(a.words[i].text); node {
			return a.wrong(i, want)
		}
	}
	return a.wrong(i, want, wordsIn(usage+" "+want)...)
}

// longestTime is how long a run may last.
const longestTime = 1000 * time.Hour

const wantDuration = "a duration, as 250ms, 1.5s or 2m"

// duration reads the i-th word as a duration from least to most.
func (a *args) duration(i int, least, most time.Duration) (time.Duration, *Problem) {
	if i >= len(a.words) {
		return 0, a.wrong(i, wantDuration)
	}
	d, want := parseDuration(a.words[i].text, least, most)
	if want == "" {
		return d, nil
	}
	wrong := a.wrong(i, want)
	wrong.Mean = withUnit(a.words[i].text)
	return 0, wrong
}

// parseDuration reads a duration without a sign; want is what was expected if it
// is none.
func parseDuration(s string, least, most time.Duration) (d time.Duration, want string) {
	d, err := time.ParseDuration(s)
	switch {
	case err != nil || strings.HasPrefix(s, "+"):
		return 0, wantDuration
	case d < 0:
		return 0, "a duration that is not negative"
	case d < least:
		return 0, "a duration of at least " + least.String()
	case d > most:
		return 0, "a duration of at most " + strings.TrimSuffix(most.String(), "0m0s")
	}
	return d, ""
}

// withUnit guesses what a number without a unit means: seconds.
func withUnit(s string) string {
	if s != "" && strings.Trim(s, "0123456789") == "" {
		return s + "s"
	}
	return ""
}
