package labs

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"capsim/model"
)

// says notes a sentence for the story.
func (m *mrMaster) says(kind, tone, format string, args ...any) {
	m.env.Note("mapreduce."+kind, "says", fmt.Sprintf(format, args...), "tone", tone)
}

// names lists tasks of one kind: "map 3", "maps 1, 2 and 5".
func names(tasks []*mrTask) string {
	if len(tasks) == 1 {
		return tasks[0].name()
	}
	kind, _, _ := strings.Cut(tasks[0].name(), " ")
	var b strings.Builder
	b.WriteString(kind + "s ")
	for i, t := range tasks {
		switch {
		case i == 0:
		case i == len(tasks)-1:
			b.WriteString(" and ")
		default:
			b.WriteString(", ")
		}
		b.WriteString(strconv.Itoa(t.number))
	}
	return b.String()
}

// all lists tasks of either kind.
func all(tasks []*mrTask) string {
	var maps, reduces []*mrTask
	for _, t := range tasks {
		if t.reduce {
			reduces = append(reduces, t)
		} else {
			maps = append(maps, t)
		}
	}
	switch {
	case maps == nil:
		return names(reduces)
	case reduces == nil:
		return names(maps)
	}
	return names(maps) + " and " + names(reduces)
}

// isAre is the verb of so many.
func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// short writes a duration to three digits at most.
func short(d time.Duration) string {
	switch {
	case d >= time.Second:
		return d.Round(10 * time.Millisecond).String()
	case d >= time.Millisecond:
		return d.Round(time.Millisecond).String()
	}
	return d.String()
}

func (m *mrMaster) tellBegun() {
	m.says("begun", "", "%v, the master, begins %s: %s of %d bytes, in %s and %s.", m.env.Self(), m.job.title(), m.job.Function,
		size(m.input()), counted(m.job.Maps, "map"), counted(m.job.Reduces, "reduce"))
}

func (m *mrMaster) tellResumed() {
	m.says("resumed", "good", "%v, the master, goes on with %s from what its Redis holds: %d of %s and %d of %s are done.", m.env.Self(), m.job.title(),
		m.job.Maps-m.left(m.mapTasks()), counted(m.job.Maps, "map"), m.job.Reduces-m.left(m.reduceTasks()), counted(m.job.Reduces, "reduce"))
}

func (m *mrMaster) tellReducing() {
	m.says("reducing", "", "All maps of %s are done. Each reduce fetches its lists from the nodes that ran them.", m.job.title())
}

func (m *mrMaster) tellFailed(id model.NodeID, running, lost []*mrTask) {
	text := fmt.Sprintf("%v has heard nothing from %v for %s, and counts it as failed.", m.env.Self(), id, m.dead)
	if len(running) > 0 {
		text += fmt.Sprintf(" What it was at, %s, %s taken from it.", all(running), isAre(len(running)))
	}
	if len(lost) > 0 {
		text += fmt.Sprintf(" The lists of %s are on its disk alone: to be run again.", all(lost))
	}
	m.says("failed", "fault", "%s", text)
}

func (m *mrMaster) tellBack(id model.NodeID, back bool, again, lost, kept []*mrTask) {
	text := ""
	switch {
	case back:
		text = fmt.Sprintf("%v gives signs of life again.", id)
	case len(again) > 0:
		text = fmt.Sprintf("%v has been restarted.", id)
	}
	if len(kept) > 0 {
		text += fmt.Sprintf(" The lists of %s are on its disk: no need to run %s again.", all(kept), itThem(len(kept)))
	}
	if len(again) > 0 {
		text += fmt.Sprintf(" It begins %s from the start.", all(again))
	}
	if len(lost) > 0 {
		text += fmt.Sprintf(" %v does not have the lists of %s any more: to be run again.", id, all(lost))
	}
	if text != "" {
		m.says("returned", "", "%s", strings.TrimSpace(text))
	}
}

func itThem(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

func (m *mrMaster) tellMissing(from model.NodeID, x mrMissing, lost []*mrTask) {
	why := fmt.Sprintf("%v can't get the lists of %s from %v", from, all(lost), x.At)
	if x.Gone {
		why = fmt.Sprintf("%v does not have the lists of %s that %v asks for", x.At, all(lost), from)
	}
	m.says("missing", "fault", "%s: %v has %s run again.", why, m.env.Self(), itThem(len(lost)))
}

func (m *mrMaster) tellBackup(t *mrTask, id model.NodeID) {
	took, least := m.took[kindOf(t.reduce)], ""
	if t.runs[0].before {
		least = "at least "
	}
	m.says("backup", "", "%v has been at %s for %s%s; those that are done took %s on average. %v is to do it as well: a backup task.",
		t.runs[0].node, t.name(), least, short(m.env.Monotonic().Sub(t.runs[0].since)), short(took.sum/time.Duration(took.n)), id)
}

func (m *mrMaster) tellDone(t *mrTask, from model.NodeID, others []model.NodeID) {
	if len(others) > 0 {
		m.says("first", "good", "%v has done %s before %v: %v need not go on.", from, t.name(), others[0], others[0])
	}
}

func (m *mrMaster) tellDuplicate(from model.NodeID, t *mrTask) {
	m.says("duplicate", "quiet", "%v says that it has done %s, too. %v had done it already: nothing changes.", from, t.name(), t.at)
}

func (m *mrMaster) tellFinished(summary string, took time.Duration) {
	m.says("finished", "good", "%s is done after %s: %s.", strings.ToUpper(m.job.title()[:1])+m.job.title()[1:], short(took), summary)
}
