package export_test

import (
	"slices"
	"strings"
	"testing"

	"capsim/check"
	"capsim/export"
	"capsim/model"
	"capsim/scenarios"
	"capsim/trace"
)

// played runs a script of the library and returns it with what explanations need.
func played(t *testing.T, name string, source []byte) export.Moment {
	t.Helper()
	s, err := scenarios.Parse(name, source)
	if err != nil {
		t.Fatal(err)
	}
	r, err := scenarios.Open(s, scenarios.Options{Memory: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Run(); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	set := s.Settings
	m := export.Moment{
		Log: r.Log(), Index: trace.NewIndex(), Folder: trace.NewFolder(set.Nodes, r.Log()), Nodes: set.Nodes, Timeout: set.Timeout,
		N: r.Log().Len(), At: r.Now(), Over: true,
	}
	m.Index.Extend(m.Log)
	m.Story = export.Story(set.Nodes, m.Log, m.Index)
	return m
}

// Every subject of every run of the library has an explanation, at any instant.
func TestWhyOfEverything(t *testing.T) {
	for _, item := range scenarios.Library() {
		t.Run(item.Name, func(t *testing.T) {
			m := played(t, item.File, item.Source)
			last := m.Log.Len()
			for i, n := range []int{1, last / 3, last * 2 / 3, last} {
				m.N = n
				m.At = m.Log.At(max(n, 1)).At
				m.Over = n == last
				for _, of := range subjects(m, i) {
					sane(t, m, m.Explain(of))
				}
			}
		})
	}
}

// subjects lists things of a moment to ask about: all, or a sample of each kind.
func subjects(m export.Moment, phase int) []export.Subject {
	var out []export.Subject
	v := m.Folder.View(m.N)
	keys := v.Keys()
	sample := func(n int) int { return max(n/40, 1) }
	hosts := m.Nodes + len(v.Clients)
	for n := 1; n <= hosts; n += max(hosts/20, 1) {
		out = append(out, export.Subject{Kind: export.NodeSubject, Node: model.NodeID(n)})
		for p := 1; p <= m.Nodes; p += max(m.Nodes/20, 1) {
			out = append(out, export.Subject{Kind: export.LinkSubject, Node: model.NodeID(n), Peer: model.NodeID(p)})
		}
		for i := phase; i < len(keys); i += sample(len(keys)) {
			out = append(out, export.Subject{Kind: export.CellSubject, Node: model.NodeID(n), Key: keys[i]})
		}
	}
	for i := 0; i < len(keys); i += sample(len(keys)) {
		out = append(out, export.Subject{Kind: export.KeySubject, Key: keys[i]})
	}
	ops := m.Index.Ops()
	for i := phase % max(len(ops), 1); i < len(ops); i += sample(len(ops)) {
		out = append(out, export.Subject{Kind: export.OpSubject, Op: ops[i].ID})
		for _, w := range ops[i].Versions {
			for n := 0; n <= m.Nodes; n++ {
				out = append(out, export.Subject{Kind: export.VersionSubject, Op: ops[i].ID, Key: w.Key, Node: model.NodeID(n)})
			}
		}
	}
	for n := 1 + phase; n <= m.Log.Len(); n += sample(m.Log.Len()) {
		out = append(out, export.Subject{Kind: export.EventSubject, Event: n})
		if e := m.Log.At(n); e.Msg != 0 {
			out = append(out, export.Subject{Kind: export.MessageSubject, Msg: e.Msg})
		}
	}
	if phase == 1 || m.Over {
		for i := range check.Checks {
			out = append(out, export.Subject{Kind: export.CheckSubject, Check: check.Checks[i].Name})
		}
	}
	return out
}

// sane fails if an explanation is not whole.
func sane(t *testing.T, m export.Moment, e *export.Explanation) {
	t.Helper()
	if e.Title == "" || len(e.Lines) == 0 {
		t.Fatalf("%+v at #%d: %q, %d lines", e.Of, m.N, e.Title, len(e.Lines))
	}
	for _, l := range e.Lines {
		if l.Text == "" || strings.Contains(l.Text, "..") || strings.Contains(l.Text, "  ") {
			t.Errorf("%+v at #%d: the sentence %q", e.Of, m.N, l.Text)
		}
		for _, k := range l.Marks {
			if k.From < 0 || k.To > len(l.Text) || k.From >= k.To {
				t.Errorf("%+v: mark %v of %q", e.Of, k, l.Text)
			}
		}
	}
	if !slices.IsSorted(e.Events) || len(slices.Compact(slices.Clone(e.Events))) != len(e.Events) || len(e.Steps) != len(e.Events) {
		t.Errorf("%+v: events %v", e.Of, e.Events)
	}
	for i, n := range e.Events {
		if n < 1 || n > m.N || e.Steps[i].Event != n || e.Steps[i].Text == "" {
			t.Errorf("%+v at #%d: step %+v", e.Of, m.N, e.Steps[i])
		}
	}
	for _, of := range e.Next {
		if of == e.Of || of.Kind == export.NoSubject {
			t.Errorf("%+v leads to %+v", e.Of, of)
		}
	}
	if len(e.Text()) < 1+len(e.Lines) {
		t.Errorf("%+v: the text lacks lines", e.Of)
	}
}
