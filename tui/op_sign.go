package tui

import (
	"capsim/model"
	"capsim/trace"
)

// opBar is how an operation is drawn as an interval: the sign at its end, the track up to
// there, the style of both, and where it ends up to now.
type opBar struct {
	sign  string
	track rune
	st    style
	to    model.Time
}

// barOf returns how an operation is drawn.
func (cm *common) barOf(s *scene, op *trace.Op) opBar {
	b := opBar{cm.dot, cm.doneTrack, stText, op.Done}
	switch s.outcomeOf(op) {
	case model.Open:
		b.sign, b.st, b.to = cm.here, stBold, s.at
		if op.System {
			b.sign, b.st, b.to = cm.dot, versionBold(s.version(op.ID, s.key)), op.At
		}
	case model.Refused:
		b.sign, b.st, b.track = cm.bad, stBadBold, cm.cutTrack
	case model.Unknown:
		b.sign, b.st, b.track = cm.unknown, stFaultBold, cm.horizontal
	default:
		switch {
		case s.isStale(op.Returned):
			b.sign, b.st = cm.staleMark, stBadFill
		case op.Command.Writes():
			b.st = versionBold(s.version(op.ID, s.key))
		default:
			b.sign, b.st = string(cm.diamond), replyStyle(s, op)
		}
	}
	return b
}
