package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"capsim/check"
	"capsim/export"
	"capsim/model"
	"capsim/scenarios"
)

// printRun prints a run for a reader: its story, its verdicts, what was expected.
func (a *app) printRun(s *scenarios.Session, rep scenarios.Report) error {
	w := bufio.NewWriter(a.out)
	fmt.Fprintf(w, "%s: policy %s, seed %d, %d nodes, store %s\n\n", rep.Scenario, s.Script().Settings.Policy, rep.Seed, rep.Nodes, rep.Store)
	says := s.Script().Sayings()
	for _, l := range export.Story(rep.Nodes, s.Log(), s.Index()) {
		says = printSayings(w, says, l.At)
		fmt.Fprintf(w, "%9s  %s %s\n", seconds(l.At), toneMark(l.Tone), l.Text)
	}
	printSayings(w, says, model.Never)
	fmt.Fprintln(w)
	printVerdicts(w, rep)
	if len(s.Expectations()) > 0 {
		fmt.Fprintln(w)
		printExpectations(w, s)
	}
	fmt.Fprintf(w, "\n%d events, sha256 %s\n", rep.Events, rep.SHA256)
	return written(w.Flush())
}

// printSayings prints what is said before an instant, and returns the rest.
func printSayings(w io.Writer, says []scenarios.Saying, before model.Time) []scenarios.Saying {
	for len(says) > 0 && says[0].At < before {
		fmt.Fprintf(w, "%9s  * %s\n", seconds(says[0].At), scenarios.Printable(says[0].Text))
		says = says[1:]
	}
	return says
}

func toneMark(t export.Tone) string {
	switch t {
	case export.Bad:
		return "!"
	case export.Fault:
		return "x"
	case export.Good:
		return "+"
	}
	return " "
}

// seconds prints an instant to the millisecond, so that columns stand still.
func seconds(t model.Time) string {
	return fmt.Sprintf("%.3fs", time.Duration(t).Seconds())
}

func printVerdicts(out io.Writer, rep scenarios.Report) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, name := range verdictNames(rep) {
		v := rep.Verdicts[name]
		fmt.Fprintf(w, "%s\t%s\t%s\n", name, v.Verdict, v.Witness)
	}
	fmt.Fprintf(w, "operations\t%d\t%d answered, %d refused, %d unknown\n", rep.Ops.Invoked, rep.Ops.OK, rep.Ops.Refused, rep.Ops.Unknown)
	fmt.Fprintf(w, "messages\t%d\t%d delivered, %d dropped\n", rep.Messages.Sent, rep.Messages.Delivered, rep.Messages.Dropped)
	w.Flush()
}

// printExpectations prints how many held, and which did not or can't be decided.
func printExpectations(w io.Writer, s *scenarios.Session) {
	held, skipped := 0, 0
	var open []string
	for _, e := range s.Expectations() {
		switch {
		case e.Skipped:
			skipped++
		case e.Finding.Verdict == check.Yes:
			held++
		default:
			open = append(open, fmt.Sprintf("%v: %s: %v\n    %s", e.Pos, e.Text, e.Finding.Verdict, e.Finding.Witness))
		}
	}
	fmt.Fprintf(w, "expectations: %d hold", held)
	if skipped > 0 {
		fmt.Fprintf(w, ", %d are for other policies", skipped)
	}
	if len(open) > 0 {
		fmt.Fprintf(w, ", %d do not:\n  %s", len(open), strings.Join(open, "\n  "))
	}
	fmt.Fprintln(w)
}
