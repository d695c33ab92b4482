package check

import (
	"errors"
	"strings"
	"testing"
)

// TestKeysInBrackets: a usage is no command, but a key may be called so.
func TestKeysInBrackets(t *testing.T) {
	for _, words := range [][]string{
		{"linearizable", "[cart]"},
		{"converged", "[cart]"},
		{"diverged", "[cart"},
		{"converged", "[a", "b]"},
		{"value", "n1", "[cart]", "=", "nil"},
		{"version", "n1", "[cart]", "=", "nil"},
		{"conserved", "[cart]"},
		{"conserved", "a", "+", "[cart]"},
	} {
		_, _, err := Parse(words)
		var arg *ArgError
		if !errors.As(err, &arg) || !strings.Contains(arg.Want, "leave the brackets out") || words[arg.Word][0] != '[' {
			t.Errorf("%q: %v", words, err)
		}
	}
	h := history(t, "alice@n1 SET [cart] milk\nalice wrote\nn1 [cart] v1\nalice = OK")
	wants(t, h, `no converged "[cart]" ~ is diverged`, `yes diverged "[cart]"`, `yes value n1 "[cart]" = milk`, `yes version n1 "[cart]" = v1`,
		`yes linearizable "[cart]" ~ 1 `, `unknown conserved "[cart]" ~ is diverged`)
}
