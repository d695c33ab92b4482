package tui

import (
	"testing"

	"capsim/scenarios"
)

// A lesson that comes without its text, as one put side by side may, still has a page to show.
func TestCourseWithoutText(t *testing.T) {
	s, err := scenarios.Parse("x.capsim", []byte(proof))
	if err != nil {
		t.Fatal(err)
	}
	s.Lesson = &scenarios.Lesson{Title: "x"}
	if c := courseOf(s); len(c.pages) != 1 || len(c.pages[0].steps) == 0 {
		t.Errorf("%d pages", len(c.pages))
	}
}
