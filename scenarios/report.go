package scenarios

import (
	"math"
	"slices"
	"strings"
	"time"

	"capsim/check"
	"capsim/model"
	"capsim/trace"
)

// Exit codes of a run, and of the program.
const (
	ExitOK      = 0 // all expectations hold
	ExitFailed  = 1 // one does not
	ExitUnknown = 2 // one can't be decided
	ExitInput   = 3 // the input is wrong
	ExitEnv     = 4 // the environment failed
)

// Report is what a run came to, in the form of --json.
type Report struct {
	Scenario     string                       `json:"scenario"`
	Policy       string                       `json:"policy"`
	Params       map[string]string            `json:"params"`
	Seed         int64                        `json:"seed"`
	Store        string                       `json:"store"`
	Nodes        int                          `json:"nodes"`
	VirtualNS    int64                        `json:"virtual_ns"`
	Events       int                          `json:"events"`
	Messages     MessageCounts                `json:"messages"`
	SHA256       string                       `json:"trace_sha256"`
	Ops          OpCounts                     `json:"ops"`
	Verdicts     map[string]VerdictReport     `json:"verdicts"`
	Metrics      map[string]any               `json:"metrics"`
	Expectations []ExpectationReport          `json:"expectations"`
	Final        map[string]map[string]Served `json:"final"`
	Exit         int                          `json:"exit"`
}

// MessageCounts counts what became of the messages of a run.
type MessageCounts struct {
	Sent      int `json:"sent"`
	Delivered int `json:"delivered"`
	Dropped   int `json:"dropped"`
}

// OpCounts counts how the clients' operations ended.
type OpCounts struct {
	Invoked int `json:"invoked"`
	OK      int `json:"ok"`
	Refused int `json:"refused"`
	Unknown int `json:"unknown"`
}

// VerdictReport is a verdict with its witness.
type VerdictReport struct {
	Verdict string `json:"verdict"`
	Witness string `json:"witness"`
}

// ExpectationReport is what came of an expectation that is meant for the policy.
type ExpectationReport struct {
	Line    int    `json:"line"`
	Text    string `json:"text"`
	Verdict string `json:"verdict"`
	Witness string `json:"witness"`
}

// Served is what a node serves of a key.
type Served struct {
	Version string `json:"version"` // "v3", "v2|v3" of siblings and merged values, "" of nothing
	Value   string `json:"value"`   // as expectations write it
}

// Report judges the run and sums it up. also are checks to judge it by beside those of
// every run and those that the script expects.
func (r *Session) Report(also ...AskedCheck) Report {
	h := r.History()
	set := r.script.Settings
	rep := Report{
		Scenario: r.script.Name, Policy: set.Policy.Spec.Name, Params: set.Policy.Params, Seed: set.Seed,
		Store: r.storeName, Nodes: set.Nodes, VirtualNS: int64(r.cluster.Now()), Events: r.log.Len(),
		Verdicts: map[string]VerdictReport{}, Metrics: map[string]any{}, Final: r.final(),
		Expectations: []ExpectationReport{},
	}
	hash := trace.NewHasher()
	for _, e := range r.log.All() {
		hash.Event(e)
	}
	rep.SHA256 = hash.Sum()
	rep.Messages, rep.Ops = r.Counts()
	judged := JudgedBy(set.Policy)
	for i := range check.Checks {
		if c := &check.Checks[i]; c.Asked && r.expects(c.Name) {
			if test, err := c.Parse(nil); err == nil {
				judged = append(judged, AskedCheck{c.Name, c, test})
			}
		}
	}
	for _, c := range append(judged, also...) {
		if _, judged := rep.Verdicts[c.Text]; !judged {
			f := c.Test(h)
			rep.Verdicts[c.Text] = VerdictReport{f.Verdict.String(), f.Witness}
		}
	}
	for _, m := range r.Measures(h) {
		switch v := m.Value.(type) {
		case time.Duration:
			rep.Metrics[m.Name] = v.String()
		default:
			rep.Metrics[m.Name] = v
		}
	}
	for _, e := range r.results {
		if !e.Skipped {
			rep.Expectations = append(rep.Expectations, ExpectationReport{e.Pos.Line, e.Text, e.Finding.Verdict.String(), e.Finding.Witness})
		}
	}
	rep.Exit = r.Exit()
	return rep
}

// expects tells whether the script expects something of the check.
func (r *Session) expects(name string) bool {
	return slices.ContainsFunc(r.results, func(e Expectation) bool { return !e.Skipped && e.Check == name })
}

// Exit returns the exit code that the expectations come to.
func (r *Session) Exit() int {
	code := ExitOK
	for _, e := range r.results {
		switch {
		case e.Skipped || e.Finding.Verdict == check.Yes:
		case e.Finding.Verdict == check.No:
			return ExitFailed
		default:
			code = ExitUnknown
		}
	}
	return code
}

// Measure is a named figure of a run: an int64, a float64 that is a ratio, or a time.Duration.
type Measure struct {
	Name    string
	Value   any
	Counter bool // a policy counts it: a run that says nothing of it had none
}

// Measures returns the figures of the run that h is the history of: the checks', then
// those that the policies counted.
func (r *Session) Measures(h *check.History) []Measure {
	var all []Measure
	for _, m := range check.Metrics {
		if v := m.Of(h); v != nil {
			all = append(all, Measure{Name: m.Name, Value: v})
		}
	}
	n := r.log.Len()
	for n > 0 && r.log.At(n).Kind != trace.Statement { // they stand at the end
		n--
	}
	for n++; n <= r.log.Len(); n++ {
		if e := r.log.At(n); e.Kind == trace.Metric {
			all = append(all, Measure{Name: e.Text, Value: e.N, Counter: true})
		}
	}
	return append(all, r.ratios(all)...)
}

// ratios returns the figures that are made of two that were counted.
func (r *Session) ratios(counted []Measure) []Measure {
	count := func(name string) (int64, bool) {
		i := slices.IndexFunc(counted, func(m Measure) bool { return m.Counter && m.Name == name })
		if i < 0 {
			return 0, false
		}
		return counted[i].Value.(int64), true
	}
	var all []Measure
	for _, ratio := range r.script.Settings.Policy.Spec.Ratios {
		of, _ := count(ratio.Of)
		if per, said := count(ratio.Per); said && per != 0 {
			all = append(all, Measure{Name: ratio.Name, Value: math.Round(float64(of)/float64(per)*1e6) / 1e6})
		}
	}
	return all
}

// Counts returns what became of the run's messages and operations.
func (r *Session) Counts() (m MessageCounts, o OpCounts) {
	for _, e := range r.log.All() {
		switch e.Kind {
		case trace.Send:
			m.Sent++
		case trace.Deliver:
			m.Delivered++
		case trace.Drop:
			m.Dropped++
		case trace.Metric:
			m.add(e)
		case trace.Invoke:
			o.Invoked++
		case trace.Return:
			if e.N == 1 {
				continue
			}
			switch e.Result().Outcome {
			case model.OKOutcome:
				o.OK++
			case model.Refused:
				o.Refused++
			default:
				o.Unknown++
			}
		}
	}
	return m, o
}

// add takes in what a run counted that has no events of its messages.
func (m *MessageCounts) add(e *trace.Event) {
	switch e.Text {
	case trace.SentMetric:
		m.Sent += int(e.N)
	case trace.DeliveredMetric:
		m.Delivered += int(e.N)
	case trace.DroppedMetric:
		m.Dropped += int(e.N)
	}
}

// final tells what each node serves of each key at the end.
func (r *Session) final() map[string]map[string]Served {
	v := r.folder.View(r.log.Len())
	out := map[string]map[string]Served{}
	for _, key := range v.Keys() {
		out[key] = map[string]Served{}
		for i := range v.Nodes {
			id := v.Nodes[i].ID
			rec := v.Cell(id, key).Serves()
			out[key][id.String()] = Served{r.index.Names(rec.Ops(), key), ValuesText(rec)}
		}
	}
	return out
}

// ValuesText prints what a record serves: a value, or siblings in brackets.
func ValuesText(rec *model.Record) string {
	vs := rec.Values()
	if len(vs) == 1 {
		return vs[0].String()
	}
	if len(vs) == 0 {
		return "nil"
	}
	words := make([]string, len(vs))
	for i, v := range vs {
		words[i] = v.String()
	}
	return "[" + strings.Join(words, " ") + "]"
}
