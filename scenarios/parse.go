package scenarios

import (
	"path"
	"strings"

	"capsim/model"
	"capsim/policies"
)

// Parse reads a script. The name is the file's: .md is a lesson. Its error is
// Problems, all that are wrong with the file.
func Parse(name string, src []byte) (*Script, error) { return ParseWith(name, src) }

// Override is a setting from outside of the file, which replaces the file's own.
type Override struct {
	From string // for errors: "--nodes"
	Text string // what would stand after "use": "nodes 5"
	// Content is that of the file that Text names, which may lie anywhere; nil: it is
	// beside the script.
	Content []byte
}

// ParseWith is Parse, some settings replaced.
func ParseWith(name string, src []byte, with ...Override) (*Script, error) {
	return ParseFiles(name, src, nil, with...)
}

// ParseFiles is ParseWith for a script that may name files; nil: it may not.
func ParseFiles(name string, src []byte, files Files, with ...Override) (*Script, error) {
	text, wrong := sourceText(name, src)
	if wrong != nil {
		return nil, Problems{*wrong}
	}
	p := newParser(name)
	p.files = files
	s := &Script{Name: BaseName(name), Path: name}
	blocks := []block{plainBlock(text)}
	if IsLesson(name) {
		s.Lesson, blocks = p.lesson(text)
	}
	for _, o := range with {
		p.override(o)
	}
	for i, b := range blocks {
		if s.Lesson != nil {
			s.Lesson.Sections[i].Before = len(p.statements)
		}
		for j, line := range b.lines {
			s.Lines = append(s.Lines, Line{b.first + j, line.text})
			p.line(b.first+j, line)
		}
	}
	p.finish(len(blocks))
	if len(p.problems) > 0 {
		p.problems.sort()
		return nil, p.problems
	}
	if s.Lesson != nil {
		s.Lesson.Sections[len(blocks)].Before = len(p.statements)
	}
	s.Settings, s.Statements, s.Warnings = *p.settings, p.statements, p.warnings
	if wrong := rehearse(s); len(wrong) > 0 {
		return nil, wrong
	}
	return s, nil
}

// BaseName returns what a scenario is called by its path: without folder,
// extension, and the number that orders a library: "lib/02-cap-proof.zh.md" is
// "cap-proof".
func BaseName(name string) string {
	base := path.Base(strings.ReplaceAll(name, `\`, "/"))
	base, _, _ = strings.Cut(base, ".")
	rest := strings.TrimLeft(base, "0123456789")
	if rest != base && len(rest) > 1 && rest[0] == '-' {
		return rest[1:]
	}
	return base
}

// IsLesson tells whether a file of that name is read as Markdown.
func IsLesson(name string) bool { return strings.HasSuffix(strings.ToLower(name), ".md") }

// Env is what a statement typed during a run can refer to.
type Env struct {
	Nodes   int
	Remote  []string                // clients that are hosts of their own
	Clients map[string]model.NodeID // each client's last node
	Policy  policies.Choice         // in force: what it does not offer is warned of; none is
}

// ParseStatement reads a statement that was typed at the instant now, which is
// when it happens. Its error is Problems, with Line 1 and the columns of the text.
func ParseStatement(text string, now model.Time, env Env) (Statement, error) {
	const name = "command"
	src, wrong := sourceText(name, []byte(text))
	if wrong != nil {
		return Statement{}, Problems{*wrong}
	}
	p := newParser(name)
	p.live, p.clock, p.settings.Nodes = true, now, env.Nodes
	p.settings.Remote, p.policy = env.Remote, env.Policy
	for client, node := range env.Clients {
		p.clients[client] = session{node: node}
	}
	for i, line := range plainBlock(src).lines {
		p.line(1+i, line)
	}
	switch {
	case len(p.problems) > 0:
		return Statement{}, p.problems
	case len(p.statements) == 0:
		return Statement{}, Problems{{Pos: Pos{name, 1, 1}, Want: "a statement"}}
	case len(p.statements) > 1:
		return Statement{}, Problems{{Pos: p.statements[1].Pos, Found: "another statement", Want: "one at a time"}}
	}
	p.statements[0].Warnings = p.warnings
	return p.statements[0], nil
}

// session is what is known of a client.
type session struct {
	node model.NodeID // the one it spoke to last
	pos  Pos          // where it was first named
}

// parser reads the lines of a script, one after the other.
type parser struct {
	file     string
	settings *Settings
	files    Files           // nil: the script may name none
	fixed    map[string]bool // settings that come from outside: the file can't change them
	content  []byte          // of the file that such a setting names; nil: it names none
	own      []ownLatency    // to be judged once all hosts are known
	// policyArgs are the words that choose the policy, to be judged as those of own.
	policyArgs *args
	// What a large cluster can't have, to be judged once the number of nodes is known.
	nodesArgs, storeArgs, remoteArgs *args
	tooMany                          bool  // more nodes than the policy can have, which was reported
	inputArgs                        *args // likewise those that name the input
	clients                          map[string]session
	loads                            map[string]loadName
	policy                           policies.Choice // the one in force
	warned                           map[string]bool // of commands that a policy does not offer
	live                             bool            // a statement typed during a run

	asked     []Problem // what is said of clients that checks name, if they aren't there
	anyClient bool      // a repeat makes clients as it goes

	clock model.Time
	since Pos // of the statement that set the clock; zero at first
	begun Pos // of the first statement
	ended Pos // of the end statement

	statements []Statement
	problems   Problems
	warnings   []Problem
}

func newParser(file string) *parser {
	return &parser{
		file:     file,
		settings: defaults(),
		fixed:    map[string]bool{},
		clients:  map[string]session{},
		loads:    map[string]loadName{},
		warned:   map[string]bool{},
	}
}

// alone returns a parser for one statement whose clients all name their nodes.
func (p *parser) alone() *parser {
	q := newParser(p.file)
	q.settings, q.policy = p.settings, p.policy
	return q
}

// report notes what is wrong; nil is nothing.
func (p *parser) report(wrong *Problem) {
	if wrong != nil {
		p.problems = append(p.problems, *wrong)
	}
}

// line reads a line.
func (p *parser) line(number int, line sourceLine) {
	pos := Pos{File: p.file, Line: number}
	l := &lexer{line: line.text, col: line.indent}
	first, ok, err := l.next(false)
	switch {
	case err != nil:
		p.report(err.at(pos))
	case !ok:
	case first.is("use"):
		p.report(p.use(pos, first, l))
	case p.isClientSetting(first):
		p.report(p.remoteClient(pos, first, l))
	default:
		p.report(p.statement(pos, first, l))
	}
}

// finish judges the file as a whole.
func (p *parser) finish(blocks int) {
	p.finishSettings()
	p.checkLoads()
	p.checkAsked()
	if len(p.statements) > 0 || len(p.problems) > 0 {
		return
	}
	want := "a statement, as: at 0s alice@n1 SET cart milk"
	if blocks == 0 {
		want = "a block marked ```capsim, with a statement in it"
	}
	p.report(&Problem{Pos: Pos{p.file, 1, 1}, Found: "a file without a statement", Want: want})
}
