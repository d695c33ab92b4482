package labs

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"capsim/model"
	"capsim/policies"
)

// finish merges the outputs of all reduces into the job's result, in one step with the word
// that the job is done, and goes on with the next.
func (m *mrMaster) finish() {
	s := m.env.Store()
	var result []string
	for n := 1; n <= m.job.Reduces; n++ {
		list := m.job.name("part", fmt.Sprint(n))
		result = append(result, s.Items(list)...)
		s.DropList(list)
	}
	slices.SortFunc(result, func(a, b string) int { return strings.Compare(parsePair(a).word, parsePair(b).word) })
	if last, ok := m.last(); ok {
		s.DropList(last.name("result"))
	}
	s.Push(m.job.name("result"), result...)
	for _, t := range m.tasks {
		s.DropMeta(t.meta())
		for _, run := range t.runs {
			m.order(run.node, kindPing)
		}
	}
	s.DropMeta("current")
	m.finished = m.job.N
	s.PutMeta("finished", fmt.Append(nil, m.finished))
	summary := m.summary(result)
	s.PutMeta(fmt.Sprintf("run:%d", m.job.Op), fmt.Appendf(nil, "%d %s", m.job.N, summary))
	m.show(m.job.Op, "result", m.inShort(result))
	m.env.Fact(policies.Fact{Kind: policies.Commit, Op: m.job.Op, Key: m.job.title()})
	took := max(m.env.Monotonic().Sub(m.began), 0)
	m.env.Count("mapreduce.jobs", 1)
	m.env.Count("mapreduce.makespan-ms", int64(took/time.Millisecond))
	m.tellFinished(summary, took)
	if node, ok := m.waiting[m.job.Op]; ok {
		delete(m.waiting, m.job.Op)
		m.reply(node, m.job.Op, model.Bulk(summary))
	}
	m.tasks = nil
	m.flush() // who is still at a task of it stops
	m.next()
}

// last returns the last job that is done.
func (m *mrMaster) last() (mrJob, bool) {
	jobs := m.env.Store().Items("jobs")
	if m.finished < 1 || m.finished > len(jobs) {
		return mrJob{}, false
	}
	j := decodeJob(jobs[m.finished-1])
	return j, j.N != 0
}

// summary says in a few words what a job came to.
func (m *mrMaster) summary(result []string) string {
	f := mrFunctions[m.job.Function]
	all := 0
	for _, item := range result {
		all += f.weight(parsePair(item).value)
	}
	if m.job.Function == "index" {
		return counted(len(result), "word") + " on " + counted(all, "place")
	}
	return fmt.Sprintf("%s, %d of them different", counted(all, "word"), len(result))
}

// inShort is a result's record: its heaviest words.
func (m *mrMaster) inShort(result []string) string {
	var words []string
	for _, p := range top(mrFunctions[m.job.Function], result, 3) {
		if runes := []rune(p.word); len(runes) > 20 {
			p.word = string(runes[:20]) + "…"
		}
		words = append(words, p.word+" "+p.value)
	}
	return strings.Join(words, ", ")
}

// howFar says how many tasks of the job at hand are done.
func (m *mrMaster) howFar() string {
	if m.job.N == 0 {
		if m.finished == 0 {
			return "no job yet"
		}
		return fmt.Sprintf("%s done", counted(m.finished, "job"))
	}
	return fmt.Sprintf("%s: %d of %s, %d of %s", m.job.title(), m.job.Maps-m.left(m.mapTasks()), counted(m.job.Maps, "map"),
		m.job.Reduces-m.left(m.reduceTasks()), counted(m.job.Reduces, "reduce"))
}

// look answers a question about the last job's result.
func (m *mrMaster) look(words []string) model.Reply {
	j, ok := m.last()
	if !ok {
		return model.Error("NOTREADY no job is done yet")
	}
	f := mrFunctions[j.Function]
	result := m.env.Store().Items(j.name("result"))
	if words[0] == "TOP" {
		var list []string
		for _, p := range top(f, result, atoi(words[1])) {
			list = append(list, p.word, p.value)
		}
		return model.List(list)
	}
	i, found := slices.BinarySearchFunc(result, strings.ToLower(words[1]), func(item, word string) int {
		return strings.Compare(parsePair(item).word, word)
	})
	value := ""
	if found {
		value = parsePair(result[i]).value
	}
	if j.Function == "index" {
		return model.List(strings.FieldsFunc(value, func(r rune) bool { return r == ',' }))
	}
	return model.Int(int64(f.weight(value)))
}
