package export

import (
	"strings"

	"capsim/trace"
)

// noteTellers makes sentences of the facts that policies note, by their kind. One
// that is not here is told in its own words, quietly: a policy needs no change here.
var noteTellers = map[string]func(e *trace.Event, f trace.Fields, t *text) Tone{
	"leader": func(e *trace.Event, f trace.Fields, t *text) Tone {
		t.add(who(e, f), " leads the cluster from here on (term ", printed(f.Get("term")), "): a majority voted for it.")
		return Good
	},
	"oversell": func(e *trace.Event, f trace.Fields, t *text) Tone {
		t.add(e.Node.String(), " finds that ", printed(f.Get("key")), " was oversold by ", printed(f.Get("by")),
			": both sides had promised from the same stock.")
		return Bad
	},
}

// who names the node that a note speaks of.
func who(e *trace.Event, f trace.Fields) string {
	if n := f.Get("node"); n != "" {
		return printed(n)
	}
	return e.Node.String()
}

func (s *Narrator) tellNote(e *trace.Event) {
	t, f := new(text), e.Fields()
	kind := e.Text[strings.LastIndexByte(e.Text, '.')+1:] // "raft.leader" is a leader
	if tell := noteTellers[kind]; tell != nil {
		tone := tell(e, f, t)
		s.say(tone, t)
		return
	}
	if e.Node != 0 {
		t.add(e.Node.String(), ": ")
	}
	t.add(printed(strings.ReplaceAll(kind, "-", " ")))
	for i := 0; i+1 < len(f); i += 2 {
		t.add([]string{", ", " ("}[b2i(i == 0)], printed(f[i]), " ", printed(f[i+1]))
	}
	if len(f) > 1 {
		t.add(")")
	}
	s.sayOrdinary(Quiet, t.add("."))
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
