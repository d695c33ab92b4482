package tui

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	"capsim/check"
	"capsim/export"
	"capsim/model"
	"capsim/scenarios"
	"capsim/trace"
)

// judgement is the verdicts on the run up to an event. It is never changed once made.
type judgement struct {
	of       *record // the run
	n        int
	c, a     check.Finding
	answered check.Part // ok answers of all that clients asked, whatever the state of the nodes
	diverged int
	stale    figure
	lost     figure
	p50, p99 figure
	messages figure
	why      why
	more     []verdictLine // of the other checks that are made of every run
	own      []verdictLine // of a lab: what its runs are judged by, in place of all of the above but the figures
	took     time.Duration
}

// verdictLine is a check that has no place of its own on the screen.
type verdictLine struct {
	check string
	check.Finding
}

// figure is a number for the screen, and how it is to be taken.
type figure struct {
	text string
	bad  bool
	why  string // the witness
}

// why is the one sentence that explains the worst of the verdicts.
type why struct {
	text  string
	marks []export.Mark
	tone  export.Tone
}

// judge works out verdicts, in a goroutine other than the screen's: it has an index
// and a folder of its own.
type judge struct {
	atWork sync.Mutex // held while it works
	run    *record    // only to tell runs apart
	index  *trace.Index
	folder *trace.Folder
	cache  map[int]*judgement
	clock  func() time.Time
}

// eventNumbers are those of an operation in a witness: " (#193–#194)", ", #205–#210".
var eventNumbers = regexp.MustCompile(` \(#\d+(?:–#\d+)?\)|, #\d+(?:–#\d+)?`)

// judgeCache bounds how many judgements are kept.
const judgeCache = 400

// question is what a judge is asked.
type question struct {
	record  *record
	log     *trace.Log
	nodes   int
	timeout time.Duration
	cursor
	over   bool
	story  []export.Line // up to the cursor
	judged []scenarios.AskedCheck
	own    bool
}

// question asks about the scene as it is now.
func (s *scene) question() question {
	return question{
		record: s.record, log: s.log, nodes: s.nodes, timeout: s.timeout, cursor: s.cursor,
		over: s.over && s.live(), story: s.told, judged: s.judged, own: s.own,
	}
}

// take takes in the run that a question is about.
func (j *judge) take(q question) {
	if j.run != q.record {
		j.run, j.index, j.folder, j.cache = q.record, trace.NewIndex(), trace.NewFolder(q.nodes, q.log), map[int]*judgement{}
	}
	j.index.Extend(q.log)
	j.folder.Extend(q.log)
}

// explain says why something is as it is.
func (j *judge) explain(q question, of export.Subject) *export.Explanation {
	j.atWork.Lock()
	defer j.atWork.Unlock()
	j.take(q)
	return export.Moment{
		Log: q.log, Index: j.index, Folder: j.folder, Nodes: q.nodes, Timeout: q.timeout, N: q.n, At: q.at, Over: q.over, Story: q.story,
	}.Explain(of)
}

// of returns the verdicts up to the event asked for.
func (j *judge) of(q question) *judgement {
	j.atWork.Lock()
	defer j.atWork.Unlock()
	j.take(q)
	if v, ok := j.cache[q.n]; ok {
		return v
	}
	began := j.clock()
	h := check.NewHistory(q.log, j.index, j.folder, check.Options{
		Nodes: q.nodes, Timeout: q.timeout, Until: max(q.n, 1), End: q.at, Over: q.over, // 0 stands for all
	})
	v := &judgement{
		of: q.record, n: q.n, answered: answeredBy(j.index, q.n),
		p50: measure(h, "latency", "p50"), p99: measure(h, "latency", "p99"), messages: measure(h, "messages", ""),
	}
	view := j.folder.View(q.n)
	for _, key := range view.Keys() {
		if view.Diverged(key) {
			v.diverged++
		}
	}
	if q.own {
		v.judgeOwn(h, q.judged)
	} else {
		v.judgeData(h, q.judged)
		v.why = explain(v, q.story)
	}
	if len(v.why.marks) == 0 { // enter shows the events; in one sentence their numbers are noise
		v.why.text = eventNumbers.ReplaceAllString(v.why.text, "")
	}
	v.took = j.clock().Sub(began)
	if len(j.cache) >= judgeCache {
		clear(j.cache)
	}
	j.cache[q.n] = v
	return v
}

// judgeData judges a run of a policy: what it did to data.
func (v *judgement) judgeData(h *check.History, judged []scenarios.AskedCheck) {
	v.c, v.a, v.stale, v.lost = finding(h, "linearizable"), finding(h, "available"), count(h, "stale-reads"), count(h, "lost-writes")
	for _, c := range judged {
		if !hasPlace(c.Text) {
			v.more = append(v.more, verdictLine{c.Text, c.Test(h)})
		}
	}
}

// answeredBy counts what clients had asked by event n, and how much of it was answered ok.
func answeredBy(x *trace.Index, n int) (p check.Part) {
	for _, op := range x.Ops() {
		if op.System || op.Invoked > n {
			continue
		}
		p.Of++
		if op.Returned != 0 && op.Returned <= n && op.Result != nil && op.Result.Outcome == model.OKOutcome {
			p.N++
		}
	}
	return p
}

// hasPlace tells whether a check is among the lines and figures that always stand there.
func hasPlace(name string) bool {
	return name == "linearizable" || name == "available" || name == "converged"
}

// finding runs a check without arguments; unknown if the program has no such check.
func finding(h *check.History, name string, args ...string) check.Finding {
	c, ok := check.Find(name)
	if !ok {
		return check.Finding{}
	}
	test, err := c.Parse(args)
	if err != nil {
		return check.Finding{Witness: err.Error()}
	}
	return test(h)
}

// count runs a check that counts what should not be.
func count(h *check.History, name string) figure {
	f := finding(h, name, "=", "0")
	n, ok := f.Value.(int64)
	if !ok {
		return figure{text: "?"}
	}
	return figure{text: itoa(int(n)), bad: n > 0, why: f.Witness}
}

// measure runs a check that measures.
func measure(h *check.History, name, what string) figure {
	args := []string{">=", "0"}
	if what != "" {
		args = []string{what, ">=", "0ms"}
	}
	switch v := finding(h, name, args...).Value.(type) {
	case time.Duration:
		return figure{text: export.Span(v)}
	case int64:
		return figure{text: itoa(int(v))}
	}
	return figure{text: "-"}
}

// explain picks the sentence that says why: the newest one of the story that tells
// of an untruth if there is one, else the witness of what does not hold.
func explain(v *judgement, story []export.Line) why {
	var bad *export.Line
	for i := len(story) - 1; i >= 0 && bad == nil; i-- {
		if l := &story[i]; l.Stale {
			bad = l
		}
	}
	switch {
	case v.c.Verdict == check.No && bad != nil:
		return why{bad.Text, bad.Marks, export.Bad}
	case v.c.Verdict == check.No:
		return why{text: v.c.Witness, tone: export.Bad}
	case v.a.Verdict == check.No:
		for i := len(story) - 1; i >= 0; i-- {
			if l := &story[i]; l.Tone == export.Bad && l.Op != 0 {
				return why{l.Text, l.Marks, export.Bad}
			}
		}
		return why{text: v.a.Witness, tone: export.Bad}
	case bad != nil:
		return why{bad.Text, bad.Marks, export.Bad}
	case v.lost.bad:
		for i := len(story) - 1; i >= 0; i-- {
			if l := &story[i]; l.Lost {
				return why{l.Text, l.Marks, export.Bad}
			}
		}
		return why{text: v.lost.why, tone: export.Bad}
	case v.c.Verdict == check.Unknown:
		return why{text: strings.TrimSpace("It is open whether one single copy could have given these answers. " + v.c.Witness), tone: export.Fault}
	case v.diverged > 0:
		for i := len(story) - 1; i >= 0; i-- {
			if l := &story[i]; l.Tone == export.Bad {
				return why{l.Text, l.Marks, export.Bad}
			}
		}
		return why{text: fmt.Sprintf("The nodes hold different versions of %d %s. Nobody was told anything untrue so far.",
			v.diverged, plural(v.diverged, "key", "keys")), tone: export.Plain}
	}
	return why{text: "So far every answer is what one single copy would have given.", tone: export.Good}
}

// judgedMsg brings a judgement to the screen.
type judgedMsg struct{ *judgement }
