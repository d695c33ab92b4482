package tui

import (
	"time"

	"capsim/export"
	"capsim/model"
	"capsim/scenarios"
)

// study is what the reader has done with the script on the screen. Forks keep it, a reset
// begins it anew.
type study struct {
	begun   bool          // the card before the beginning was left
	given   int           // so many pages were given time to be read
	rest    time.Duration // of that time, while playing
	guesses []*taken      // in the order in which they were made, one a question
	ended   bool          // the run was seen to its end
}

// taken is a guess that was taken.
type taken struct {
	guess
	first int    // what was chosen the first time, which counts
	told  bool   // the answer was
	why   string // … and a sentence that says why it is right
	marks []export.Mark
}

// guessed takes a guess. One that was made for the same question before is replaced, but
// keeps counting.
func (st *study) guessed(q *scenarios.Question, chosen int) *taken {
	g := &taken{guess: guess{q, chosen}, first: chosen}
	for i, old := range st.guesses {
		if old.q.At == q.At && old.q.Text == q.Text {
			g.first = old.first
			st.guesses = append(st.guesses[:i], st.guesses[i+1:]...)
			break
		}
	}
	st.guesses = append(st.guesses, g)
	return g
}

// score counts the guesses whose answer was told, and those right at once.
func (st *study) score() (right, of int) {
	if st == nil {
		return 0, 0
	}
	for _, g := range st.guesses {
		if g.told {
			of++
			right += b2i(g.first == g.q.Right)
		}
	}
	return right, of
}

// latest returns the guess at the last question before an instant; nil if there is none.
func (st *study) latest(at model.Time) *taken {
	var last *taken
	if st == nil {
		return nil
	}
	for _, g := range st.guesses {
		if g.q.At <= at && (last == nil || g.q.At >= last.q.At) {
			last = g
		}
	}
	return last
}

// guided tells whether the run on the screen is a lesson that a reader goes through.
func (s *scene) guided() bool { return s.study != nil && s.course != nil && s.course.lesson != nil }

// reading tells whether time stands until a text was read.
func (s *scene) reading() bool {
	return s.guided() && s.study.rest > 0 && !s.showing && !(s.over && s.live())
}

// runs tells whether time goes on at this moment.
func (s *scene) runs() bool { return s.playing && !s.reading() }

// onCard tells whether the card before the beginning is to be shown.
func (s *scene) onCard() bool { return s.guided() && !s.study.begun && s.n == 0 && s.at == 0 }

// openStudy begins a script from its beginning.
func (s *scene) openStudy() {
	s.study = &study{}
	if s.guided() {
		s.study.rest = readingTime(s.course.cardWords)
	}
}

// reads tells whether time waits while a new text is read, and lets so much wall time
// pass.
func (s *scene) reads(wall time.Duration) bool {
	if !s.guided() || s.showing || s.over && s.live() { // at the end nothing waits for the reader
		return false
	}
	st := s.study
	if !st.begun && !s.onCard() {
		st.begun, st.rest = true, 0
	}
	if st.begun && s.page() >= st.given {
		s.give(s.page())
	}
	if st.rest <= 0 {
		return false
	}
	st.rest -= max(s.speed.of(wall), wall)
	if st.rest <= 0 {
		s.readOn()
	}
	return true
}

// give gives a page its time.
func (s *scene) give(pg int) {
	s.study.given, s.study.rest = pg+1, readingTime(s.course.pages[pg].words)
}

// skipText takes what is not in sight as read.
func (s *scene) skipText() {
	if s.guided() {
		s.study.begun, s.study.rest, s.study.given = true, 0, max(s.study.given, s.page()+1)
	}
}

// readOn ends the time for reading; after the card the first page is read.
func (s *scene) readOn() {
	card := s.onCard()
	s.study.rest, s.study.begun = 0, true
	if card {
		s.give(0)
	}
}

// untilText returns the instant up to which time may go on before a text that is new is
// to be read.
func (s *scene) untilText(to model.Time) model.Time {
	if !s.guided() || s.showing {
		return to
	}
	for i := max(s.study.given, s.page()+1); i < len(s.course.pages); i++ {
		if from := s.course.pages[i].from; from > s.at && from < to {
			return from
		}
	}
	return to
}

// answerAt returns the instant at which the answer may be told: when the script says more, or
// its text goes on, or it asks again, at the latest at the end.
func (s *scene) answerAt(g *taken) model.Time {
	until := g.until(s.says, s.end)
	asked, acted := false, false // a text that comes before anything was done shows nothing
	for i := range s.course.pages {
		pg := &s.course.pages[i]
		if acted {
			until = min(until, pg.from)
		}
		for _, step := range pg.steps {
			switch {
			case step.asks && step.at > g.q.At:
				return min(until, step.at)
			case step.asks:
				asked = asked || step.at == g.q.At
			case asked:
				acted = true
			}
		}
	}
	return until
}

// reason finds the sentence that says why an answer is right: what the script said since
// the question, else what happened that was untrue or wrong, else what happened last.
func (s *scene) reason(g *taken) (string, []export.Mark) {
	for i := len(s.says) - 1; i >= 0 && s.says[i].At > g.q.At; i-- {
		if s.says[i].At <= s.at {
			return s.says[i].Text, nil
		}
	}
	var bad, last *export.Line
	told := s.story.Lines()[:s.linesAt(s.n)]
	for i := len(told) - 1; i >= 0 && told[i].At >= g.q.At; i-- {
		l := &told[i]
		if l.Stale {
			return l.Text, l.Marks
		}
		if bad == nil && l.Tone == export.Bad {
			bad = l
		}
		if last == nil && l.Tone != export.Quiet {
			last = l
		}
	}
	switch {
	case bad != nil:
		return bad.Text, bad.Marks
	case last != nil:
		return last.Text, last.Marks
	}
	return "", nil
}
