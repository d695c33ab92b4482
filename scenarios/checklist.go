package scenarios

import (
	"errors"
	"fmt"
	"strings"

	"capsim/check"
)

// AskedCheck is a check with its arguments, as a list of checks names it.
type AskedCheck struct {
	Text  string // as written
	Check *check.Check
	Test  check.Test
}

// AllChecks is what stands in a list for every check that needs no argument.
const AllChecks = "all"

// ParseChecks reads checks as `expect` names them, with commas between: linearizable
// cart, answered n1 >= 99%. A comma within quotes, parentheses or brackets is part of a
// word.
func ParseChecks(text string) ([]AskedCheck, error) {
	var asked []AskedCheck
	for _, part := range splitList(text) {
		part = strings.TrimSpace(part)
		if part == AllChecks {
			for i := range check.Checks {
				c := &check.Checks[i]
				if test, err := c.Parse(nil); err == nil {
					asked = append(asked, AskedCheck{c.Name, c, test})
				}
			}
			continue
		}
		l := lexer{line: part}
		words, wrong := l.all(true)
		if wrong != nil {
			return nil, fmt.Errorf("%s: expected %s", part, wrong.want)
		}
		var values []string
		for _, w := range words {
			values = append(values, w.value())
		}
		c, test, err := check.Parse(values)
		if refused := (*check.ArgError)(nil); errors.As(err, &refused) && c == nil && refused.Got != "" {
			if mean := nearest(refused.Got, append(check.Names(), AllChecks)); mean != "" {
				return nil, fmt.Errorf("%s: %w; did you mean %s?", part, err, mean)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", part, err)
		}
		asked = append(asked, AskedCheck{part, c, test})
	}
	return asked, nil
}

// splitList splits a text at its commas, those within quotes, parentheses and brackets
// left out.
func splitList(text string) []string {
	var parts []string
	from, depth, quote := 0, 0, byte(0)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0:
			if c == '\\' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '(' || c == '[':
			depth++
		case c == ')' || c == ']':
			depth--
		case c == ',' && depth <= 0:
			parts = append(parts, text[from:i])
			from = i + 1
		}
	}
	return append(parts, text[from:])
}
