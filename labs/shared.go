package labs

import (
	"strconv"

	"capsim/model"
	"capsim/policies"
)

// What several labs use.

// nextRecord returns what follows a key's record when an operation writes a value at this
// node, and which writes that supersedes.
func nextRecord(env policies.Env, key string, old *model.Record, v model.Value, op model.OpID) (*model.Record, []model.OpID) {
	actor := model.Actor{Node: env.Self(), Life: int32(env.Incarnation())}
	last, _ := old.Newest()
	return old.Write(model.Write{
		Op: op, Effect: model.Effect{Key: key, Kind: model.Put, Value: v},
		Dot:   model.Dot{Actor: actor, N: old.Vector().Of(actor) + 1},
		Stamp: last.Stamp.Next(env.Now(), actor),
	}, model.Registers)
}

// counted writes a number of things: "1 word", "2 words".
func counted(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + one + "s"
}
