package scenarios_test

import (
	"strings"
	"testing"
	"time"

	"capsim/model"
	"capsim/scenarios"
)

// A write is lost that another won over, and yet no client can tell, if what was read fits an
// order in which the other came later: that is said where it is so, and only there.
func TestLostWriteThatNobodyNotices(t *testing.T) {
	for _, policy := range []string{"quorum", "ap", "base", "redis"} {
		s := openText(t, "use store memory\nuse policy "+policy+"\nat 0s alice@n1 SET basket tea\nat 1h end\n", scenarios.Options{})
		if err := s.RunTo(model.Time(time.Second)); err != nil {
			t.Fatal(err)
		}
		a, _ := scenarios.FindAnomaly("lost-write")
		at, err := s.Try(a)
		if err != nil || !at.Works {
			t.Fatalf("%s: %+v %v", policy, at, err)
		}
		if err := s.Give(at.Acts); err != nil {
			t.Fatal(err)
		}
		if err := s.RunTo(s.Now().Add(at.Lasts)); err != nil {
			t.Fatal(err)
		}
		unnoticed := s.Report().Verdicts["linearizable"].Verdict == "yes"
		if strings.Contains(at.Told, "No client can tell so far") != unnoticed {
			t.Errorf("%s: linearizable %v: %s", policy, unnoticed, at.Told)
		}
		if visible := policy == "ap" || policy == "base"; visible && unnoticed {
			t.Errorf("%s: it could be shown to a client, and is not: %s", policy, at.Told)
		}
		for _, node := range s.View(s.Log().Len()).Nodes {
			if how := node.Condition(); how != "" {
				t.Errorf("%s: it leaves %v with %s", policy, node.ID, how)
			}
		}
	}
}
