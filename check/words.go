package check

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"capsim/model"
	"capsim/trace"
)

// number writes an event's number as the screen does.
func number(event int) string { return "#" + strconv.Itoa(event) }

// span writes the events between which the operation ran: "#31–#32".
func span(o *trace.Op) string {
	switch {
	case o.System:
		return number(o.Invoked)
	case o.Returned == 0:
		return number(o.Invoked) + ", unanswered"
	}
	return number(o.Invoked) + "–" + number(o.Returned)
}

// who names the operation's maker in the possessive: "bob's", "the system's".
func who(o *trace.Op) string {
	if o.System || o.Client == "" {
		return "the system's"
	}
	return o.Client + "'s"
}

// tell writes an operation with its place in the log: "bob's GET cart at n2 (#31–#32)",
// of a write with its version: "alice's SET cart eggs at n1 (v2, #20–#21)".
func tell(o *trace.Op) string {
	if o.Source != nil {
		return o.Source.Told
	}
	where := ""
	if o.Node > 0 {
		where = " at " + o.Node.String()
	}
	return fmt.Sprintf("%s %s%s (%s%s)", who(o), clip(o.Command.String()), where, versions(o), span(o))
}

// returned writes what the operation answered: "returned milk".
func returned(o *trace.Op) string {
	if o.Source != nil && o.Source.Said != "" {
		return o.Source.Said
	}
	return "returned " + clip(o.Result.Reply.String())
}

// before writes how long before an operation's beginning another one had ended: "1.3s
// before it began".
func before(over, o *trace.Op) string { return earlier(over, o) + " it began" }

// earlier writes how long before an operation another one had ended: "1.3s before".
func earlier(over, o *trace.Op) string {
	if o.Source != nil && !o.Source.Timed {
		return "before"
	}
	return after(o.At.Sub(over.Done)) + " before"
}

// versions writes what the write is called: "v2, ", of several keys "a v2, b v1, ".
func versions(o *trace.Op) string {
	if o.Command.Verb == model.CALL { // it has them only once it has written
		return ""
	}
	switch len(o.Versions) {
	case 0:
		return ""
	case 1:
		return trace.VersionName(o.Versions[0].N) + ", "
	}
	var b strings.Builder
	for _, v := range o.Versions {
		b.WriteString(model.Quote(v.Key) + " " + trace.VersionName(v.N) + ", ")
	}
	return b.String()
}

// maxWords bounds how much of a value is told, in runes.
const maxWords = 80

func clip(s string) string {
	r := []rune(s)
	if len(r) <= maxWords {
		return s
	}
	return string(r[:maxWords-1]) + "…"
}

// after writes a duration for people: to the millisecond from 10 ms on, to the
// microsecond below.
func after(d time.Duration) string {
	if d >= 10*time.Millisecond {
		return d.Round(time.Millisecond).String()
	}
	return d.Round(time.Microsecond).String()
}

// nodeList writes "n1, n2 and n3".
func nodeList(ns []model.NodeID) string {
	names := make([]string, len(ns))
	for i, n := range ns {
		names[i] = n.String()
	}
	return list(names, "and")
}

// list writes "a, b and c".
func list(words []string, last string) string {
	switch n := len(words); n {
	case 0:
		return "none"
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + " " + last + " " + words[n-1]
	}
}

// plural writes "1 write", "2 writes".
func plural[N int | int64](n N, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.FormatInt(int64(n), 10) + " " + one + "s"
}

// point makes a finding refer to operations and their events.
func (f *Finding) point(ops ...*trace.Op) {
	for _, o := range ops {
		f.Ops = append(f.Ops, o.ID)
		f.Events = append(f.Events, o.Invoked)
		if o.Returned != 0 {
			f.Events = append(f.Events, o.Returned)
		}
	}
	f.tidy()
}

// tidy sorts the events and drops repeated ones.
func (f *Finding) tidy() {
	slices.Sort(f.Events)
	f.Events = slices.Compact(f.Events)
	if len(f.Events) > 0 && f.Events[0] == 0 {
		f.Events = f.Events[1:]
	}
}
