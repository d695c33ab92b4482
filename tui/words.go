package tui

import (
	"time"

	"capsim/export"
	"capsim/model"
	"capsim/trace"
	"capsim/tui/canvas"
)

// piece is a part of a line, in one style.
type piece struct {
	text string
	st   canvas.Style
}

// wordLine is a line put together from words, to be measured before it is drawn. Its room is
// used again.
type wordLine []piece

func (l *wordLine) reset() { *l = (*l)[:0] }

// add appends a word, with a blank before it if it is not the first.
func (l *wordLine) add(text string, st canvas.Style) {
	if len(*l) > 0 {
		*l = append(*l, piece{" ", st})
	}
	*l = append(*l, piece{text, st})
}

func (l wordLine) width() int {
	n := 0
	for _, w := range l {
		n += canvas.TextWidth(w.text)
	}
	return n
}

// draw writes the line in at most w columns, shortened with an ellipsis, and returns the
// column after it.
func (l wordLine) draw(c *canvas.Canvas, x, y, w int) int {
	end, left := x+w, l.width()
	for _, one := range l {
		n := canvas.TextWidth(one.text)
		if room := end - x; left > room && n >= room {
			return c.TextIn(x, y, room, one.text+" ", one.st)
		}
		x = c.Text(x, y, one.text, one.st)
		left -= n
	}
	return x
}

// command appends a command, word by word: nothing is put together for it.
func (l *wordLine) command(cmd model.Command, st canvas.Style) {
	l.add(cmd.Name(), st)
	for _, a := range cmd.Words() {
		l.add(model.Quote(a), st)
	}
}

// outcome appends what came of an operation, in words and with a sign.
func (l *wordLine) outcome(cm *common, s *scene, op *trace.Op) {
	switch s.outcomeOf(op) {
	case model.Open:
		l.add("waiting", canvas.StBold)
	case model.Refused:
		l.add(cm.Bad+" refused", canvas.StBadBold)
		l.add(printable(op.Result.Code), canvas.StBadBold)
	case model.Unknown:
		l.add(cm.Unknown+" no answer", canvas.StFaultBold)
	default:
		l.add(cm.Arrow, canvas.StDim)
		l.add(op.Result.Reply.String(), replyStyle(s, op))
		if s.isStale(op.Returned) {
			l.add(cm.StaleMark+" stale", canvas.StBadBold)
		}
	}
}

// outcomeOf returns what is known of an operation at the cursor.
func (s *scene) outcomeOf(op *trace.Op) model.Outcome {
	if op.Returned == 0 || op.Returned > s.n || op.Result == nil {
		return model.Open
	}
	return op.Result.Outcome
}

// took is how long an operation took, up to the cursor if it is open.
func (s *scene) took(op *trace.Op) time.Duration {
	if s.outcomeOf(op) == model.Open {
		return s.at.Sub(op.At)
	}
	return op.Done.Sub(op.At)
}

// who is the one that an operation is for.
func who(op *trace.Op) string {
	if op.System {
		return "system"
	}
	return op.Client
}

// opLine puts together all that is to be said of an operation in one line.
func (l *wordLine) opLine(cm *common, s *scene, op *trace.Op) {
	l.reset()
	l.add(cm.Here, canvas.StFocus)
	l.add(who(op), canvas.StBold)
	l.add("at", canvas.StDim)
	l.add(op.Node.String(), canvas.StText)
	if n := s.version(op.ID, s.key); n > 0 {
		l.add(trace.VersionName(n), canvas.VersionBold(n))
	}
	l.command(op.Command, canvas.StText)
	if !op.System {
		l.outcome(cm, s, op)
	}
	l.add(secondsShort(op.At)+" s", canvas.StDim)
	switch {
	case op.System:
	case s.outcomeOf(op) == model.Open:
		l.add("for "+export.Span(s.took(op))+" now", canvas.StDim)
	default:
		l.add("took "+export.Span(s.took(op)), canvas.StDim)
	}
}
