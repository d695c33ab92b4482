package policies

import (
	"fmt"
	"strings"
)

// Page returns what the program says of a policy, as plain text.
func (s *Spec) Page() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s — %s\n", s.Name, s.Summary)
	if s.Doc != "" {
		fmt.Fprintf(&b, "\n%s\n", strings.TrimSpace(s.Doc))
	}
	if len(s.Params) > 0 {
		b.WriteString("\nParameters\n")
		for _, p := range s.Params {
			values := ""
			if p.Values != nil {
				values = " (" + strings.Join(p.Values, ", ") + ")"
			}
			fmt.Fprintf(&b, "  %s=%s%s  %s\n", p.Name, p.Default, values, p.Doc)
		}
	}
	b.WriteString("\nClaims\n")
	for _, c := range s.Claims {
		fmt.Fprintf(&b, "  %s", c.Check)
		if c.When != "" {
			fmt.Fprintf(&b, ": %s", c.When)
		}
		b.WriteByte('\n')
	}
	b.WriteString("\nGives up\n")
	for _, g := range s.GivesUp {
		fmt.Fprintf(&b, "  %s", g.What)
		if g.Scenario != "" {
			fmt.Fprintf(&b, " (capsim run %s)", g.Scenario)
		}
		b.WriteByte('\n')
	}
	if s.Source != "" {
		fmt.Fprintf(&b, "\nSource: %s\n", s.Source)
	}
	return b.String()
}

// Table returns the policies as a Markdown table, for the README.
func Table() string {
	var b strings.Builder
	b.WriteString("| policy | what it does | claims | gives up | source |\n|---|---|---|---|---|\n")
	for _, s := range Specs {
		var claims, gives []string
		for _, c := range s.Claims {
			text := c.Check
			if c.When != "" {
				text += " (" + c.When + ")"
			}
			claims = append(claims, text)
		}
		for _, g := range s.GivesUp {
			gives = append(gives, g.What)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", s.Name, s.Summary, strings.Join(claims, "; "), strings.Join(gives, "; "), s.Source)
	}
	return b.String()
}
