package tui

import (
	"testing"
	"time"

	"capsim/export"
	"capsim/model"
	"capsim/trace"
)

// Whatever of a run can be asked about has words that name it, and it alone.
func TestNamesAreReadBack(t *testing.T) {
	const odd = "use store memory\nclient dora remote\nat 0s alice@n1 SET n1 a\nat 0.1s bob@n2 SET \"two words\" b\nat 0.2s dora@n3 SET v1 c\nat 0.3s carol@n1 SET alice d\nat 0.4s bob@n1 SET \"\\x1b[2J\" e\nat 0.5s bob@n1 SET linearizable f\nat 1s end\n"
	for name, script := range map[string]string{"proof": proof, "odd keys": odd, "cp": scripts["cp"]} {
		t.Run(name, func(t *testing.T) {
			d := newDriver(t, opener(t, script), 80, 24)
			d.goTo(time.Duration(min(d.p.scene.end, 8e9)))
			s := d.p.scene
			subjects := []export.Subject{{Kind: export.CheckSubject, Check: "lost-writes = 0"}, {Kind: export.CheckSubject, Check: "linearizable"}}
			for i := 1; i <= s.nodes; i++ {
				subjects = append(subjects, nodeSubject(model.NodeID(i)))
				for j := i + 1; j <= s.nodes+len(s.view.Clients); j++ {
					subjects = append(subjects, export.Subject{Kind: export.LinkSubject, Node: model.NodeID(i), Peer: model.NodeID(j)})
				}
			}
			for _, key := range s.view.Keys() {
				subjects = append(subjects, keySubject(key), export.Subject{Kind: export.CellSubject, Key: key, Node: 2})
			}
			for _, op := range s.opsAt(s.n) {
				subjects = append(subjects, opSubject(op.ID))
				for _, v := range op.Versions {
					subjects = append(subjects, export.Subject{Kind: export.VersionSubject, Op: op.ID, Key: v.Key}, export.Subject{Kind: export.VersionSubject, Op: op.ID, Key: v.Key, Node: 1})
				}
			}
			for n, e := range s.log.All() {
				subjects = append(subjects, export.Subject{Kind: export.EventSubject, Event: n})
				if e.Kind == trace.Send {
					subjects = append(subjects, export.Subject{Kind: export.MessageSubject, Msg: e.Msg})
				}
			}
			for _, of := range subjects {
				text := s.wordsFor(of)
				if got, err := s.subjectNamed(text); err != nil || got != of {
					t.Errorf("%+v is called %q, and that is read as %+v, %v", of, text, got, err)
				}
			}
		})
	}
}

// why says the cause of anything by its name, and how to ask on.
func TestPlainWhy(t *testing.T) {
	out := plainly(t, proof, "why\nplay\nno\nplay\nwhy\nwhy v2 cart n2\nwhy alice 2\nwhy message 18\nwhy n1-n2\nwhy n2\nwhy cart\nwhy cart n3\nwhy event 40\nto 1s\nwhy\nwhy v2 cart\n")
	wantIn(t, out, "> why\nSo far every answer is what one single copy would have given.",
		"> why\nlinearizable: no, as of 8.000 s", "bob's GET cart at n2", "Timeline:", "Ask on with: why op",
		"v2 of cart at n2, as of 8.000 s", "alice's SET cart eggs, as of 8.000 s", "message 18 from n1 to n2", "the link n1-n2", "n2, as of", "the key cart", "cart at n3", "event 40",
		"1.000 s, in the past; the run is at 8.000 s> why\nSo far every answer", "error: v2 of cart has not been written yet")
}
