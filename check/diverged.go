package check

// diverged: nodes that are up hold different writes of the key, or of any key.
var diverged = Check{
	Name:  "diverged",
	Usage: "[KEY]",
	Doc:   "nodes that are up hold different writes",
	Each:  true,
	Parse: optionalKey(func(h *History, key string) Finding { return h.divergence(key) }),
}
