package check

import "fmt"

// messages: how many messages nodes sent each other, lost ones included.
var messages = Check{
	Name:  "messages",
	Usage: "CMP N",
	Doc:   "how many messages were sent: messages < 1000",
	Whole: true,
	Parse: func(words []string) (Test, error) {
		rel, n, err := parseCount(words, 0)
		if err != nil {
			return nil, err
		}
		return func(h *History) Finding {
			sent := h.facts().sent
			return counted(Finding{Witness: fmt.Sprintf("%s sent.", are(sent, "message"))}, sent, rel, n)
		}, nil
	},
}

func are(n int64, one string) string {
	if n == 1 {
		return "1 " + one + " was"
	}
	return plural(n, one) + " were"
}
