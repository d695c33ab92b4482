package check

// monotonicWrites: at every server that holds a session's write, the session's earlier
// writes are there and ordered before it (Terry et al. 1994). What was not
// acknowledged does not bind. Writes of different keys have no order that shows.
var monotonicWrites = Check{
	Name: "monotonic-writes",
	Doc:  "no node holds a client's write without the client's earlier ones",
	About: "At any server that holds a session's write, the session's earlier acknowledged writes " +
		"are there and ordered before it. It binds every server, whoever reads there.",
	Source: "Terry et al. (1994)",
	Whole:  true, Default: true,
	Parse: none(func(h *History) Finding {
		s := h.atServers()
		return s.finding(&s.writes, "Nothing to judge: no client's second write reached a node.",
			"In all of %s of a client's later write its earlier ones were there, ordered before.")
	}),
}
