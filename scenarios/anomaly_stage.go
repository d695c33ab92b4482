package scenarios

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"capsim/model"
	"capsim/trace"
)

// stage is where an anomaly plays: the run as it stands, and what names it has free.
type stage struct {
	nodes  int
	leader model.NodeID // 0: nobody is known to lead
	lag    time.Duration
	remote string // a client that is a host of its own; "" if there is none
	taken  taken
}

// cast is who plays what: the node that is cut off, the one that clients on the other
// side ask, and one more.
type cast struct{ far, near, third model.NodeID }

// stageOf looks at a run.
func stageOf(r *Session) *stage {
	s := &stage{nodes: r.cluster.Nodes(), taken: takenIn(r), lag: lagOf(r)}
	if remote := r.script.Settings.Remote; len(remote) > 0 {
		s.remote = remote[0]
	}
	h := r.History()
	for n := model.NodeID(1); int(n) <= s.nodes; n++ {
		if leads(h, n) {
			s.leader = n
		}
	}
	return s
}

// casts lists who may play what in a recipe, nobody if it does not fit the run. First a
// node is cut off that does not lead.
func (s *stage) casts(rc *recipe) []cast {
	first := max(s.leader, 1)
	other := func(n model.NodeID, by int) model.NodeID {
		return (n-1+model.NodeID(by))%model.NodeID(s.nodes) + 1
	}
	third := min(2, s.nodes-1)
	follower := cast{far: other(first, 1), near: first, third: other(first, third)}
	leader := cast{far: first, near: other(first, 1), third: other(first, third)}
	switch {
	case rc.leads && s.leader == 0, s.remote == "" && rc.uses("{remote}"):
		return nil
	case rc.leads:
		return []cast{leader}
	}
	return []cast{follower, leader}
}

// uses tells whether a word stands in the recipe.
func (rc *recipe) uses(word string) bool {
	return slices.ContainsFunc(rc.moves, func(m move) bool { return strings.Contains(m.text, word) })
}

// play writes the moves as acts, with names that the run does not have.
func (s *stage) play(moves []move, c cast, p pacing) ([]Act, names) {
	n := names{"near": c.near.String(), "far": c.far.String(), "third": c.third.String(), "remote": s.remote, "apart": "n1"}
	for i := 2; i <= s.nodes; i++ {
		n["apart"] += " | n" + strconv.Itoa(i)
	}
	var acts []Act
	at := time.Duration(0)
	for _, m := range moves {
		at += p[m.wait]
		if m.text == "" {
			continue
		}
		for _, text := range s.spread(m.text, c) {
			acts = append(acts, Act{at, s.fill(text, n)})
		}
	}
	return acts, n
}

// spread writes a statement once for each node that it means.
func (s *stage) spread(text string, c cast) []string {
	var texts []string
	for node := model.NodeID(1); int(node) <= s.nodes; node++ {
		switch {
		case strings.Contains(text, "{others}") && node != c.far:
			texts = append(texts, strings.ReplaceAll(text, "{others}", node.String()))
		case strings.Contains(text, "{voters}") && node > 2:
			texts = append(texts, strings.ReplaceAll(text, "{voters}", node.String()))
		}
	}
	if texts == nil {
		return []string{text}
	}
	return texts
}

// names are what the words in braces stand for.
type names map[string]string

// fill replaces the words in braces.
func (s *stage) fill(text string, n names) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		word, after, _ := strings.Cut(rest, "}")
		if n[word] == "" {
			n[word] = s.taken.free(word)
		}
		b.WriteString(n[word])
		text = after
	}
}

// taken are the words of a run, whatever they name: its keys, clients, workloads.
type taken struct {
	words    map[string]bool
	prefixes []string // all words that begin so are taken, too
}

// takenIn collects the words of what has happened and of what will.
func takenIn(r *Session) taken {
	t := taken{words: map[string]bool{}}
	for _, key := range r.index.Keys() {
		t.add(key)
	}
	for name := range r.clients {
		t.add(name)
	}
	for _, name := range r.script.Settings.Remote {
		t.add(name)
	}
	for _, st := range r.sched.steps {
		if w, ok := st.Body.(Workload); ok {
			t.prefixes = append(t.prefixes, w.Name)
		}
		for _, word := range strings.FieldsFunc(st.Text, func(r rune) bool { return strings.ContainsRune(" @:'\"", r) }) {
			t.add(word)
		}
	}
	return t
}

func (t *taken) add(word string) {
	if before, _, ok := strings.Cut(word, count); ok && before != "" {
		t.prefixes = append(t.prefixes, before)
	}
	t.words[word] = true
	if before, _, ok := strings.Cut(word, ":"); ok {
		t.words[before] = true
	}
}

// free returns the word, with a number behind it if it is taken.
func (t *taken) free(word string) string {
	for i := 1; ; i++ {
		w := word
		if i > 1 {
			w += strconv.Itoa(i)
		}
		if len(w) > 60 || !t.words[w] && !slices.ContainsFunc(t.prefixes, func(p string) bool { return strings.HasPrefix(w, p) }) {
			return w
		}
		if i > 10_000 { // a prefix of the word itself is taken
			word, i = "x"+word, 0
		}
	}
}

// lagOf returns about how long the slowest messages between nodes take: of those that
// were under way of late, and of what links are said to do.
func lagOf(r *Session) time.Duration {
	const recent, draws = 3000, 40
	longest := time.Duration(0)
	nodes := model.NodeID(r.cluster.Nodes())
	sent := map[model.MsgID]model.Time{}
	for n := max(1, r.log.Len()-recent); n <= r.log.Len(); n++ {
		switch e := r.log.At(n); {
		case e.Kind == trace.Send && e.Node <= nodes && e.Peer <= nodes:
			sent[e.Msg] = e.At
		case e.Kind == trace.Deliver:
			if at, ok := sent[e.Msg]; ok {
				longest = max(longest, e.At.Sub(at))
			}
		}
	}
	set := &r.script.Settings
	rnd := rand.New(rand.NewPCG(1, uint64(draws)))
	for range draws {
		longest = max(longest, set.Latency.Draw(rnd))
		for _, l := range set.LinkLatency {
			longest = max(longest, l.Dist.Draw(rnd))
		}
	}
	return min(longest, 10*time.Second)
}
