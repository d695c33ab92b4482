package scenarios

import (
	"strings"
)

// String returns the script in canonical form, all settings included: parsing it
// gives the same settings and statements. Comments and a lesson's text are left
// out.
func (s *Script) String() string {
	var b strings.Builder
	for _, set := range settings {
		for _, text := range set.write(&s.Settings) {
			b.WriteString("use " + set.name + " " + text + "\n")
		}
	}
	for _, name := range s.Settings.Remote {
		b.WriteString(clientWord + " " + name + " remote\n")
	}
	b.WriteByte('\n')
	for _, st := range s.Statements {
		b.WriteString(st.String() + "\n")
	}
	return b.String()
}

// String returns the statement with its time.
func (s Statement) String() string {
	if s.Every != nil {
		return everyWord + " " + s.Every.D.String() + " from " + s.Every.From.String() + " to " + s.Every.To.String() + "  " + s.Text
	}
	return atWord + " " + s.At.String() + " " + s.Text
}
