package export

import (
	"strings"

	"capsim/trace"
)

// redisNotes make sentences of what Redis and its Sentinels note.
var redisNotes = map[string]noteTeller{
	"redis.leader": func(s *Narrator, e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
		if f.Get("term") == "0" {
			t.add(who(e, f), " is the primary: as installed, the others replicate it.")
			return Good, true
		}
		t.add(who(e, f), " is the primary from here on, in configuration epoch ", printed(f.Get("term")), ": ", e.Node.String(), "'s Sentinel promoted it.")
		return Good, true
	},
	"redis.demoted": func(_ *Narrator, e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
		t.add(who(e, f), " was a primary, and is told to replicate ", printed(f.Get("to")), ": last failover wins.")
		return Fault, true
	},
	"redis.resync": func(_ *Narrator, e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
		t.add(who(e, f), " can't go on from where it was: it throws its data away and takes a copy of ", printed(f.Get("primary")), "'s (full resynchronisation).")
		return Plain, true
	},
	"redis.continued": func(_ *Narrator, e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
		t.add(who(e, f), " goes on from where it was: ")
		if f.Get("bytes") == "0" {
			t.add("it lacks nothing of ", printed(f.Get("primary")), "'s stream (partial resynchronisation).")
		} else {
			t.add(printed(f.Get("primary")), " sends the ", printed(f.Get("bytes")), " bytes of the stream that it lacks (partial resynchronisation).")
		}
		return Quiet, true
	},
	"redis.linkdown": func(_ *Narrator, e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
		t.add(who(e, f), " has lost its connection to ", printed(f.Get("primary")), ": ", strings.TrimPrefix(printed(f.Get("why")), "the connection is gone: "), ". What it answers from here on may be old.")
		return Plain, true
	},
	"redis.dropped": func(_ *Narrator, e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
		t.add(who(e, f), " has heard nothing of its replica ", printed(f.Get("replica")), " for ", spanned(f.Get("for")), " and gives the connection up.")
		return Quiet, true
	},
	"sentinel.sdown": func(_ *Narrator, e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
		if f.Get("down") == "no" {
			t.add(who(e, f), "'s Sentinel hears the primary ", printed(f.Get("primary")), " again.")
			return Quiet, true
		}
		t.add(who(e, f), "'s Sentinel gets no answer from the primary ", printed(f.Get("primary")), " for ", spanned(f.Get("for")), ": subjectively down.")
		return Plain, true
	},
	"sentinel.odown": func(_ *Narrator, e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
		t.add(who(e, f), "'s Sentinel finds the primary ", printed(f.Get("primary")), " objectively down: ", printed(f.Get("count")), " Sentinels say so, and the quorum is ", printed(f.Get("quorum")), ".")
		return Plain, true
	},
	"sentinel.try": func(_ *Narrator, e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
		t.add(who(e, f), "'s Sentinel begins a failover and asks for the votes of epoch ", printed(f.Get("epoch")), ".")
		return Quiet, true
	},
	"sentinel.vote": func(_ *Narrator, e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
		t.add(who(e, f), "'s Sentinel gives its vote of epoch ", printed(f.Get("epoch")), " to ", printed(f.Get("for")), "'s.")
		return Quiet, true
	},
	"sentinel.elected": func(_ *Narrator, e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
		t.add(who(e, f), "'s Sentinel leads the failover of epoch ", printed(f.Get("epoch")), ": ", printed(f.Get("votes")), " of ", printed(f.Get("of")), " voted for it.")
		return Plain, true
	},
	"sentinel.selected": func(_ *Narrator, e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
		t.add("It promotes ", printed(f.Get("replica")), ", at offset ", printed(f.Get("offset")), ": no replica that it hears is further. What the old primary has beyond that will be gone.")
		return Plain, true
	},
	"sentinel.abort": func(_ *Narrator, e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
		t.add(who(e, f), "'s Sentinel gives up the failover of epoch ", printed(f.Get("epoch")), ": ", printed(f.Get("why")), ".")
		return Bad, true
	},
	"sentinel.switch": func(_ *Narrator, e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
		t.add(who(e, f), "'s Sentinel names ", printed(f.Get("to")), " the primary from here on (epoch ", printed(f.Get("epoch")), ").")
		return Quiet, true
	},
	"sentinel.convert": func(_ *Narrator, e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
		t.add(who(e, f), "'s Sentinel finds that ", printed(f.Get("replica")), " still takes itself for a primary, and makes it a replica of ", printed(f.Get("primary")), ".")
		return Plain, true
	},
	"sentinel.fix": func(_ *Narrator, e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
		t.add(who(e, f), "'s Sentinel finds that ", printed(f.Get("replica")), " replicates another than ", printed(f.Get("primary")), ", and sets that right.")
		return Plain, true
	},
	"sentinel.tilt": func(_ *Narrator, e *trace.Event, f trace.Fields, t *text) (Tone, bool) {
		t.add(who(e, f), "'s Sentinel was stopped, or its clock jumped: for 30 s it looks on and decides nothing (TILT).")
		return Quiet, true
	},
}
