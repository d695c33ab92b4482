package check

// writesFollowReads: at every server that holds a session's write, the writes that the
// session's earlier reads saw are there and ordered before it (Terry et al. 1994: those
// that decided what the reads returned). A read that nothing explains may have seen a
// write that is missing: that leaves the verdict unknown.
var writesFollowReads = Check{
	Name: "writes-follow-reads",
	Doc:  "no node holds a client's write without what the client had read before it",
	About: "At any server that holds a session's write, the writes that the session's earlier reads " +
		"saw are there and ordered before it. It binds every server, whoever reads there.",
	Source: "Terry et al. (1994)",
	Whole:  true, Default: true,
	Parse: none(func(h *History) Finding {
		s := h.atServers()
		return s.finding(&s.follow, "Nothing to judge: no client's write after a read that saw one reached a node.",
			"In all of %s of a client's write what it had read before was there, ordered before.")
	}),
}
