package tui

import (
	"sort"

	"capsim/model"
)

// span is a stretch of a run, from one event up to another; to is 0 while it lasts.
type span struct {
	from, to     int
	since, until model.Time
}

// spans ascend, and don't overlap.
type spans []span

func (s *spans) begin(n int, at model.Time) {
	if k := len(*s); k == 0 || (*s)[k-1].to != 0 {
		*s = append(*s, span{from: n, since: at})
	}
}

func (s *spans) end(n int, at model.Time) {
	if k := len(*s); k > 0 && (*s)[k-1].to == 0 {
		(*s)[k-1].to, (*s)[k-1].until = n, at
	}
}

// at returns the span that event n lies in, nil if in none.
func (s *spans) at(n int) *span {
	if s == nil {
		return nil
	}
	i := sort.Search(len(*s), func(i int) bool { return (*s)[i].from > n }) - 1
	if i < 0 || (*s)[i].to != 0 && (*s)[i].to <= n {
		return nil
	}
	return &(*s)[i]
}
