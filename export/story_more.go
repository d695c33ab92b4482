package export

import "strings"

// off tells whether a fault ends.
func off(args []string) bool { return len(args) > 1 && (args[1] == "off" || args[1] == "0") }

// figure returns what follows the link or host.
func figure(args []string) string { return strings.Join(args[min(1, len(args)):], " ") }

// moreTellers are those of the faults that change how links and hosts work.
var moreTellers = map[string]func(s *Narrator, args []string, t *text) Tone{
	"duplicate": tellShare("sent twice"),
	"reorder":   tellShare("overtaken by later ones"),
	"bandwidth": func(_ *Narrator, args []string, t *text) Tone {
		if off(args) {
			t.add(links(args), " takes as many bytes as come again.")
			return Good
		}
		t.add(links(args), " takes ", figure(args), " from now on: a message waits for the ones before it.")
		return Fault
	},
	"flap": func(_ *Narrator, args []string, t *text) Tone {
		if off(args) {
			t.add(links(args), " stays up.")
			return Good
		}
		t.add(links(args), " goes up and down by turns (", figure(args), "): while it is down, messages over it are lost.")
		return Fault
	},
	"slow": func(_ *Narrator, args []string, t *text) Tone {
		if off(args) {
			t.add(first(args), " is as fast as before.")
			return Good
		}
		t.add("Each step of ", first(args), " takes ", strings.TrimPrefix(figure(args), "+"), " longer, one after the other: what comes meanwhile waits.")
		return Fault
	},
	"skew": func(_ *Narrator, args []string, t *text) Tone {
		if off(args) {
			t.add(first(args), "'s clock is put right.")
			return Good
		}
		t.add(first(args), "'s clock is wrong from now on, by ", figure(args), ". It does not know.")
		return Fault
	},
	"drift": func(_ *Narrator, args []string, t *text) Tone {
		if off(args) {
			t.add(first(args), "'s clock runs true again; what it is off by, it stays off by.")
			return Good
		}
		way := "fast"
		if strings.HasPrefix(figure(args), "-") {
			way = "slow"
		}
		t.add(first(args), "'s clock runs ", way, " from now on, by ", strings.TrimLeft(figure(args), "+-"), ": a millionth is 86 ms a day.")
		return Fault
	},
	"message": func(_ *Narrator, args []string, t *text) Tone {
		t.add("Message ", first(args), map[string]string{
			"drop": " is lost by hand.", "hold": " is kept on its link by hand.",
			"release": " may go on.", "hurry": " lands at once.",
		}[figure(args)])
		return Fault
	},
}

// tellShare tells what becomes of a share of a link's messages.
func tellShare(what string) func(*Narrator, []string, *text) Tone {
	return func(_ *Narrator, args []string, t *text) Tone {
		if off(args) {
			t.add("Messages over ", over(args), " are no longer ", what, ".")
			return Good
		}
		t.add("Of the messages over ", over(args), ", ", figure(args), " are ", what, ".")
		return Fault
	}
}
