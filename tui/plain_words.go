package tui

import (
	"fmt"

	"capsim/check"
	"capsim/model"
	"capsim/scenarios"
)

// plainWords are the words that steer the twin itself; all else is the script
// language. Help is generated from them.
func plainWords() []plainWord {
	return []plainWord{
		{"next", "next", "go on to the next sentence of the story (an empty line does, too)", (*plain).next},
		{"step", "step", "go on to the next instant at which anything happens", (*plain).step},
		{"back", "back [500ms]", "go back to the instant before, or so far back; a command there forks", (*plain).back},
		{"to", "to 3s | +500ms | -500ms", "go to an instant, before or after; all is told as it was then", (*plain).to},
		{"play", "play", "go on to the next question, or to the end", (*plain).play},
		{"look", "look [KEY]", "which node holds which version", (*plain).look},
		{"verdict", "verdict [all]", "is it linearizable, is it available, what is cut, and why; all: every check", (*plain).verdictOf},
		{"why", "why [n2 | n1-n2 | cart n2 | v3 cart | op 12 | alice 3 | message 14 | linearizable]", "the cause of something; alone, of the worst verdict", (*plain).tellWhy},
		{"inspect", "inspect n2", "all that is known of a node, the records of its Redis among it", (*plain).inspect},
		{"wire", "wire", "the messages in flight, with what they carry and when they land", (*plain).wire},
		{"ops", "ops [CLIENT] [20 | all]", "the last operations, and how they ended", (*plain).listOps},
		{"story", "story [20 | all]", "the last sentences again", (*plain).tellStory},
		{"compare", "compare cp, ap, base", "the same script, commands and seed under two or three policies up to here, and what differs; with a number of forks: that run beside this one", (*plain).compareRuns},
		{anomalyWord, "anomaly [NAME]", "what can be made to go wrong here, and why not; with a name: make it", (*plain).anomaly},
		{"lesson", "lesson", "what the lesson says here", (*plain).tellLesson},
		{"lessons", "lessons", "the library, with what was done of it", (*plain).listLessons},
		{"open", "open NAME", "another lesson of the library, by its name or number", (*plain).openLesson},
		{"undo", "undo", "take the last command or fork back", (*plain).undo},
		{"forks", "forks", "the runs that are open, as a numbered list: forks, and what was undone", (*plain).listForks},
		{"switch", "switch 2", "go on with another of those runs", (*plain).switchFork},
		{"name", "name 2 TEXT", "name one of those runs", (*plain).nameFork},
		{"trace", "trace", "how many events there are so far, and their SHA-256", (*plain).traceSum},
		{"save", "save FILE", "write the session as a script that gives the same trace", (*plain).save},
		{"reset", "reset", "begin again", (*plain).reset},
		{"help", "help [WORD]", "this list, or what a word means: of this list, of the language, a check", (*plain).help},
		{"quit", "quit", "leave", (*plain).quit},
	}
}

type plainWord struct {
	word, usage, means string
	do                 func(p *plain, rest string) error
}

// plainWordOf finds a word, nil if there is none.
func plainWordOf(word string) *plainWord {
	for _, w := range plainWords() {
		if w.word == word {
			return &w
		}
	}
	return nil
}

// help lists the words, or says what one means.
func (p *plain) help(rest string) error {
	if rest != "" {
		return p.helpOn(rest)
	}
	for _, w := range plainWords() {
		p.println("  " + w.usage + ": " + w.means + ".")
	}
	p.println("Anything else is a command of the script language:")
	for _, v := range scenarios.Verbs() {
		p.println("  " + v.Usage)
	}
	if !p.hasOwn() {
		p.println("  alice@n1 SET cart milk")
	}
	for i := range p.offers {
		if c := &p.offers[i]; c.Own {
			p.println("  CLIENT@NODE " + c.Usage + ": " + c.Doc + ".")
		}
	}
	p.println("At a question a number is your guess; the words and commands work there, too.")
	return nil
}

func (p *plain) helpOn(word string) error {
	found := false
	tell := func(usage, means string) {
		p.println(usage + ": " + means)
		found = true
	}
	if w := plainWordOf(word); w != nil {
		tell(w.usage, w.means+".")
	}
	for _, v := range scenarios.Verbs() {
		if v.Name == word {
			tell(v.Usage, v.Doc)
		}
	}
	if c := p.commandOffered(word); c != nil {
		tell("CLIENT@NODE "+c.Usage, c.Doc+".")
	} else if c := commandNamed(word); c != nil {
		tell("CLIENT@NODE "+c.Usage, c.Doc+"; "+p.lab+" is a lab, and refuses it.")
	}
	if c, ok := check.Find(word); ok {
		tell(c.String(), c.Doc+".")
		if c.About != "" {
			p.println(c.About)
		}
		if c.Source != "" {
			p.println("Source: " + c.Source)
		}
	}
	if !found {
		return fmt.Errorf("help: read %s, expected a word of help's list, a verb, a command such as GET, or a check such as linearizable", model.Quote(word))
	}
	return nil
}
