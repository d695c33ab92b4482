package scenarios

import "capsim/model"

// Parse reads a script. The name is the file's: .md is a lesson. Its error is
// Problems, all that are wrong with the file.
func Parse(name string, src []byte) (*Script, error) { return ParseWith(name, src) }

// Override is a setting from outside of the file, which replaces the file's own.
type Override struct {
	From string // for errors: "--nodes"
	Text string // what would stand after "use": "nodes 5"
}

// ParseWith is Parse, some settings replaced.
func ParseWith(name string, src []byte, with ...Override) (*Script, error) {
	return nil, Problems{{Pos: Pos{File: name}}}
}

// Env is what a statement typed during a run can refer to.
type Env struct {
	Nodes   int
	Clients map[string]model.NodeID // each client's last node
}

// ParseStatement reads a statement that was typed at the instant now. Its error is
// Problems, with Line 1 and the columns of the text.
func ParseStatement(text string, now model.Time, env Env) (Statement, error) {
	return Statement{}, Problems{{}}
}

// String returns the script in canonical form, all settings included: parsing it
// gives the same settings and statements.
func (s *Script) String() string { return "" }
