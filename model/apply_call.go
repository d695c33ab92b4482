package model

// applyCall is what a store without the lab answers: it has no such command.
func applyCall(c Command, _ Reader, _ *Effects) Reply {
	return Error("ERR unknown command '" + c.Args[0] + "'")
}
