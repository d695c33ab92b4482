package policies

import (
	"fmt"
	"slices"
	"strings"
)

// Page returns what the program says of a policy, as plain text.
func (s *Spec) Page() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s — %s\n", s.Name, s.Summary)
	if s.Doc != "" {
		fmt.Fprintf(&b, "\n%s\n", strings.TrimSpace(s.Doc))
	}
	if len(s.Verbs) > 0 {
		b.WriteString("\nCommands\n")
		for _, v := range s.Verbs {
			fmt.Fprintf(&b, "  %s  %s\n", v.Usage, v.Doc)
		}
	}
	if len(s.Checks) > 0 {
		fmt.Fprintf(&b, "\nEvery run is judged by\n  %s\n", strings.Join(s.Checks, ", "))
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

// Table returns the list, of policies or of labs, as a Markdown table, for the README. Claims
// under the same conditions stand together; the sources are in each one's Page.
func (l List) Table() string {
	what := "policy"
	if len(l) > 0 && l[0].Lab {
		what = "lab"
	}
	var b strings.Builder
	b.WriteString("| " + what + " | what it does | claims | gives up |\n|---|---|---|---|\n")
	for _, s := range l {
		var gives []string
		for _, g := range s.GivesUp {
			gives = append(gives, g.What)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", s.Name, s.Summary, strings.Join(s.claimed(), "; "), strings.Join(gives, "; "))
	}
	return b.String()
}

// claimed writes the claims, those under the same conditions together.
func (s *Spec) claimed() []string {
	var whens, out []string
	for _, c := range s.Claims {
		if !slices.Contains(whens, c.When) {
			whens = append(whens, c.When)
		}
	}
	for _, when := range whens {
		var checks []string
		for _, c := range s.Claims {
			if c.When == when {
				checks = append(checks, c.Check)
			}
		}
		text := strings.Join(checks, ", ")
		if when != "" {
			text += " (" + when + ")"
		}
		out = append(out, text)
	}
	return out
}
