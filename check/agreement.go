package check

import (
	"capsim/model"
	"capsim/trace"
)

// agreement returns since when no key is diverged; 0 if none ever was, or one still is.
func (h *History) agreement() model.Time {
	at, converged := model.Time(0), true
	for n := 1; n <= h.until; n++ {
		e := h.log.At(n)
		if e.Kind != trace.Applied && e.Kind != trace.HostChange {
			continue
		}
		now := h.f.Fold(n).Converged()
		if now && !converged {
			at = e.At
		}
		converged = now
	}
	return at
}
