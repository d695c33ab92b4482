package tui

import (
	"capsim/export"
	"capsim/model"
	"capsim/trace"
)

// landing says where a message is that nothing holds on its link, if it is not on its way to
// an instant that is still to come; "" if it is. What has come to a node that is paused or
// slow waits there for its turn.
func (s *scene) landing(f *trace.Flight) string {
	to := s.view.Host(f.To)
	switch {
	case f.Held:
		return ""
	case f.Due < f.Sent: // it was given no instant
		return "not let onto its link"
	case to == nil || f.Due > s.at:
		return ""
	case to.State == trace.Paused:
		return "has come; " + s.view.Name(f.To) + " is paused"
	case f.Due < s.at && to.Slow != "":
		return "has come; " + s.view.Name(f.To) + " is slow"
	case f.Due < s.at:
		return "has come; waits at " + s.view.Name(f.To)
	}
	return ""
}

// lands says when a message lands, or where else it is.
func (s *scene) lands(f *trace.Flight, instant func(model.Time) string) string {
	if text := s.landing(f); text != "" {
		return text
	}
	return "lands at " + instant(f.Due)
}

// landsIn says in how long a message lands.
func (s *scene) landsIn(f *trace.Flight) string { return export.Span(max(f.Due-s.at, 0).Sub(0)) }
