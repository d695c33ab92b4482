package tui

import (
	"capsim/model"
	"capsim/trace"
	"capsim/tui/canvas"
)

// opBar is how an operation is drawn as an interval: the sign at its end, the track up to
// there, the style of both, and where it ends up to now.
type opBar struct {
	sign  string
	track rune
	st    canvas.Style
	to    model.Time
}

// barOf returns how an operation is drawn.
func (cm *common) barOf(s *scene, op *trace.Op) opBar {
	b := opBar{cm.Dot, cm.DoneTrack, canvas.StText, op.Done}
	switch s.outcomeOf(op) {
	case model.Open:
		b.sign, b.st, b.to = cm.Here, canvas.StBold, s.at
		if op.System {
			b.sign, b.st, b.to = cm.Dot, canvas.VersionBold(s.version(op.ID, s.key)), op.At
		}
	case model.Refused:
		b.sign, b.st, b.track = cm.Bad, canvas.StBadBold, cm.CutTrack
	case model.Unknown:
		b.sign, b.st, b.track = cm.Unknown, canvas.StFaultBold, cm.Horizontal
	default:
		switch {
		case s.isStale(op.Returned):
			b.sign, b.st = cm.StaleMark, canvas.StBadFill
		case op.Command.Writes():
			b.st = canvas.VersionBold(s.version(op.ID, s.key))
		default:
			b.sign, b.st = cm.Diamond, replyStyle(s, op)
		}
	}
	return b
}
