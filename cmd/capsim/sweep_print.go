package main

import (
	"bufio"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"capsim/scenarios"
	"capsim/scenarios/sweep"
)

// printSweep prints a row a check or figure and a column a policy, then the seeds that
// violate, then what was shrunk.
func (a *app) printSweep(r *sweep.Result, small []shrunk) error {
	out := bufio.NewWriter(a.out)
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	row := func(name string, cell func(*sweep.Tally) string) {
		fmt.Fprint(w, name)
		for i := range r.Policies {
			fmt.Fprint(w, "\t", cell(&r.Policies[i]))
		}
		fmt.Fprintln(w)
	}
	row("policy", func(t *sweep.Tally) string { return t.Policy })
	row("runs", func(t *sweep.Tally) string { return strconv.Itoa(t.Runs) })
	for i, name := range r.Checks {
		row(name, func(t *sweep.Tally) string { return rateText(&t.Verdicts[i]) })
	}
	row("expectations", func(t *sweep.Tally) string {
		if len(t.Expectations) == 0 {
			return "-"
		}
		held := 0
		for _, e := range t.Expectations {
			if e.Yes == e.Of() {
				held++
			}
		}
		return fmt.Sprintf("%d of %d held in every run", held, len(t.Expectations))
	})
	row("answered", func(t *sweep.Tally) string { return fmt.Sprintf("%d of %d", t.Ops.OK, t.Ops.Invoked) })
	w.Flush()
	fmt.Fprint(out, "Share of the runs for which a check held, and its 95 % interval.\n\n")
	if len(figureNames(r)) > 0 {
		printFigures(out, r)
	}
	printViolations(out, r)
	for _, s := range small {
		fmt.Fprintf(out, "\n%s, %s, seed %d: %d of %d statements are enough (%d scripts tried).\n  %s\n\n%s",
			s.policy, s.check, s.seed, s.Statements, s.Was, s.Runs, s.Finding.Witness, indent(s.Script.String()))
	}
	return written(out.Flush())
}

func indent(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n    ") + "\n"
}

func printViolations(out *bufio.Writer, r *sweep.Result) {
	for i := range r.Policies {
		t := &r.Policies[i]
		for _, rates := range [][]sweep.Rate{t.Verdicts, t.Expectations} {
			for _, v := range rates {
				name := v.Name
				if v.Line > 0 {
					name = fmt.Sprintf("line %d, %s", v.Line, v.Name)
				}
				switch {
				case v.No > 0:
					fmt.Fprintf(out, "\n%s, %s: no in %d of %d runs; the first seeds: %s", t.Policy, name, v.No, v.Of(), seedList(v.Violating))
				case v.Line > 0 && v.Unknown > 0: // the table has those of checks
					fmt.Fprintf(out, "\n%s, %s: unknown in %d of %d runs", t.Policy, name, v.Unknown, v.Of())
				}
			}
		}
	}
	fmt.Fprintln(out)
}

func seedList(seeds []int64) string {
	words := make([]string, len(seeds))
	for i, s := range seeds {
		words[i] = strconv.FormatInt(s, 10)
	}
	return strings.Join(words, " ")
}

func rateText(r *sweep.Rate) string {
	if r.Of() == 0 {
		return "-"
	}
	low, high := r.Interval()
	s := fmt.Sprintf("%.1f%% (%.1f–%.1f)", 100*r.Share(), 100*low, 100*high)
	if r.Unknown > 0 {
		s += fmt.Sprintf(", %d unknown", r.Unknown)
	}
	return s
}

// figureNames lists the figures of all policies, in the order in which they came up.
func figureNames(r *sweep.Result) []string {
	var names []string
	known := map[string]bool{}
	for i := range r.Policies {
		for _, f := range r.Policies[i].Figures {
			if !known[f.Name] {
				known[f.Name] = true
				names = append(names, f.Name)
			}
		}
	}
	return names
}

// printFigures prints a row a figure and policy.
func printFigures(out *bufio.Writer, r *sweep.Result) {
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "figure\tpolicy\tmean\t95 %\tmedian\t99 %\tmost\truns")
	for _, name := range figureNames(r) {
		shown := name
		for i := range r.Policies {
			t := &r.Policies[i]
			for j := range t.Figures {
				f := &t.Figures[j]
				if f.Name != name {
					continue
				}
				mean, low, high := f.Mean()
				fmt.Fprintf(w, "%s\t%s\t%s\t±%s\t%s\t%s\t%s\t%d\n", shown, t.Policy, amount(f, mean), amount(f, (high-low)/2),
					amount(f, float64(f.Quantile(.5))), amount(f, float64(f.Quantile(.99))), amount(f, float64(f.Max)), f.Runs)
				shown = ""
			}
		}
	}
	w.Flush()
}

// amount prints a value of a figure to three or four digits.
func amount(f *sweep.Figure, v float64) string {
	if !f.Duration {
		if f.Ratio {
			v /= sweep.RatioOne
		}
		if v >= 1000 {
			return strconv.FormatFloat(v, 'f', 0, 64)
		}
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	d := time.Duration(v)
	for unit := time.Second; unit > 1; unit /= 1000 {
		if d >= unit {
			return d.Round(unit / 100).String()
		}
	}
	return d.String()
}

// sweepJSON is a line of --json: what the runs under one policy came to.
type sweepJSON struct {
	Scenario     string                  `json:"scenario"`
	Policy       string                  `json:"policy"`
	Params       map[string]string       `json:"params"`
	Seeds        int                     `json:"seeds"`
	From         int64                   `json:"from"`
	To           int64                   `json:"to"`
	Verdicts     map[string]rateJSON     `json:"verdicts"`
	Metrics      map[string]figureJSON   `json:"metrics"`
	Expectations []rateJSON              `json:"expectations"`
	Ops          scenarios.OpCounts      `json:"ops"`
	Messages     scenarios.MessageCounts `json:"messages"`
	Shrunk       *shrunkJSON             `json:"shrunk,omitempty"`
}

type rateJSON struct {
	Line      int        `json:"line,omitempty"`
	Text      string     `json:"text,omitempty"`
	Yes       int        `json:"yes"`
	No        int        `json:"no"`
	Unknown   int        `json:"unknown"`
	Rate      float64    `json:"rate"`
	Interval  [2]float64 `json:"interval"`
	Violating []int64    `json:"violating"`
}

type figureJSON struct {
	Runs     int    `json:"runs"`
	Mean     any    `json:"mean"`
	Interval [2]any `json:"interval"`
	P50      any    `json:"p50"`
	P99      any    `json:"p99"`
	Max      any    `json:"max"`
}

type shrunkJSON struct {
	Check      string `json:"check"`
	Seed       int64  `json:"seed"`
	Statements int    `json:"statements"`
	Of         int    `json:"of"`
	Witness    string `json:"witness"`
	Script     string `json:"script"`
}

func (a *app) printSweepJSON(arg string, r *sweep.Result, small []shrunk) error {
	for i := range r.Policies {
		t := &r.Policies[i]
		script, err := a.sweepScript(arg, t.Policy)
		if err != nil {
			return err
		}
		line := sweepJSON{
			Scenario: script.Name, Policy: script.Settings.Policy.Spec.Name, Params: script.Settings.Policy.Params,
			Seeds: t.Runs, From: r.From, To: r.To, Verdicts: map[string]rateJSON{}, Metrics: map[string]figureJSON{},
			Expectations: []rateJSON{}, Ops: t.Ops, Messages: t.Messages,
		}
		for _, v := range t.Verdicts {
			line.Verdicts[v.Name] = rateOf(v)
		}
		for _, v := range t.Expectations {
			e := rateOf(v)
			e.Line, e.Text = v.Line, v.Name
			line.Expectations = append(line.Expectations, e)
		}
		for i := range t.Figures {
			line.Metrics[t.Figures[i].Name] = figureOf(&t.Figures[i])
		}
		for _, s := range small {
			if s.policy == t.Policy {
				line.Shrunk = &shrunkJSON{s.check, s.seed, s.Statements, s.Was, s.Finding.Witness, s.Script.String()}
			}
		}
		if err := a.printJSON(line); err != nil {
			return err
		}
	}
	return nil
}

func rateOf(v sweep.Rate) rateJSON {
	r := rateJSON{Yes: v.Yes, No: v.No, Unknown: v.Unknown, Violating: v.Violating}
	if v.Of() > 0 {
		r.Rate = v.Share()
	}
	if r.Violating == nil {
		r.Violating = []int64{}
	}
	r.Interval[0], r.Interval[1] = v.Interval()
	return r
}

func figureOf(f *sweep.Figure) figureJSON {
	mean, low, high := f.Mean()
	say := func(v float64) any {
		switch {
		case f.Duration:
			return time.Duration(v).String()
		case f.Ratio:
			return v / sweep.RatioOne
		}
		return v
	}
	return figureJSON{
		Runs: f.Runs, Mean: say(mean), Interval: [2]any{say(low), say(high)},
		P50: say(float64(f.Quantile(.5))), P99: say(float64(f.Quantile(.99))), Max: say(float64(f.Max)),
	}
}
