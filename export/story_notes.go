package export

import (
	"strconv"
	"strings"
	"time"

	"capsim/model"
	"capsim/trace"
)

// noteTellers make sentences of the facts that policies note, by their kind: false
// for what is told otherwise. One that is not here is told in its own words,
// quietly: a policy needs no change here.
var noteTellers = map[string]noteTeller{
	"leader":   (*Narrator).noteLeader,
	"election": (*Narrator).noteElection,
	"stepdown": (*Narrator).noteStepdown,
	"overwritten": func(s *Narrator, e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
		id, _ := strconv.ParseUint(f.Get("op"), 10, 32)
		op := s.x.Op(model.OpID(id))
		if op == nil || !complete(op.Command) {
			t.add(e.Node.String(), " drops an entry of its log that no majority had.")
			return Plain, true
		}
		s.call(t.add(e.Node.String(), " drops "), op).add(" from its log: no majority had it, and the new leader has other entries in its place.")
		return Plain, true
	},
	"blocked":   (*Narrator).noteBlocked,
	"resolved":  (*Narrator).noteResolved,
	"waits":     (*Narrator).noteWaits,
	"moved":     (*Narrator).noteMoved,
	"hinted":    (*Narrator).noteHinted,
	"sloppy":    (*Narrator).noteSloppy,
	"wiped":     (*Narrator).noteWiped,
	"relearned": (*Narrator).noteRelearned,
	"installed": told, // Serving says it
	"refund":    told, // SystemWrite says it
	"restored": func(_ *Narrator, e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
		t.add(who(e, f), " was too far behind for the leader's log: it takes over a copy of the leader's state instead.")
		return Plain, true
	},
	"broken": func(_ *Narrator, e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
		t.add("What is on ", who(e, f), "'s disk is not what it wrote there: it can't tell what it promised, and takes part in nothing.")
		return Bad, true
	},
	"recovering": func(_ *Narrator, e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
		t.add(who(e, f), " has lost its disk: it serves and votes on nothing until a majority of the others has told it what was agreed.")
		return Fault, true
	},
	"recovered": func(_ *Narrator, e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
		t.add(who(e, f), " has recovered what was agreed from the others, and takes part again.")
		return Good, true
	},
	"silent": func(_ *Narrator, e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
		t.add(e.Node.String(), " has heard nothing of ", printed(f.Get("node")), " for ", spanned(f.Get("for")),
			": what it holds of that node's writes is soft now, and may be old.")
		return Plain, true
	},
	"back": func(_ *Narrator, e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
		t.add(e.Node.String(), " hears of ", printed(f.Get("node")), " again: what it holds of that node's writes counts as fresh.")
		return Quiet, true
	},
	"oversell": func(_ *Narrator, e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
		t.add(e.Node.String(), " finds that ", printed(f.Get("key")), " was oversold by ", printed(f.Get("by")),
			": both sides had promised from the same stock.")
		return Bad, true
	},
}

// noteTeller makes a sentence of a fact; false: it is told otherwise.
type noteTeller func(s *Narrator, e *trace.Event, f trace.Fields, t *text) (Tone, bool)

// tellerOf returns who tells a kind of facts, and the kind without its policy's name:
// a policy's own sentence goes before the one that several share.
func tellerOf(kind string) (noteTeller, string) {
	short := kind[strings.LastIndexByte(kind, '.')+1:] // "raft.leader" is a leader
	if tell := redisNotes[kind]; tell != nil {
		return tell, short
	}
	return noteTellers[short], short
}

// told is for facts that another event tells better.
func told(*Narrator, *trace.Event, trace.Fields, *text) (Tone, bool) { return Quiet, false }

// spanned writes a duration as people say it; one that is none as it stands.
func spanned(s string) string {
	if d, err := time.ParseDuration(s); err == nil {
		return Span(d)
	}
	return printed(s)
}

// who names the node that a note speaks of.
func who(e *trace.Event, f trace.Fields) string {
	if n := f.Get("node"); n != "" {
		return printed(n)
	}
	return e.Node.String()
}

// noteTones are the tones that a note may ask for.
var noteTones = map[string]Tone{"good": Good, "bad": Bad, "fault": Fault, "quiet": Quiet}

// sayIn tells a note's own sentence in the tone that it asks for.
func (s *Narrator) sayIn(tone string, t *text) {
	switch tone {
	case "good", "bad", "fault":
		s.say(noteTones[tone], t)
	case "quiet":
		s.sayOrdinary(Quiet, t)
	default:
		s.sayOrdinary(Plain, t)
	}
}

func (s *Narrator) tellNote(e *trace.Event) {
	t, f := new(text), e.Fields()
	if says := f.Get("says"); says != "" { // its own words, whatever others call by that name
		s.sayIn(f.Get("tone"), t.add(printed(says)))
		return
	}
	tell, kind := tellerOf(e.Text)
	if tell != nil {
		if tone, ok := tell(s, e, f, t); ok {
			s.say(tone, t)
		}
		return
	}
	if e.Node != 0 {
		t.add(e.Node.String(), ": ")
	}
	t.add(printed(strings.ReplaceAll(kind, "-", " ")))
	for i := 0; i+1 < len(f); i += 2 {
		sep := ", "
		if i == 0 {
			sep = " ("
		}
		t.add(sep, printed(f[i]), " ", printed(f[i+1]))
	}
	if len(f) > 1 {
		t.add(")")
	}
	s.sayOrdinary(Quiet, t.add("."))
}
