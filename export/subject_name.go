package export

import (
	"strconv"

	"capsim/model"
	"capsim/trace"
)

// Name says what a subject is called: "v3 of cart at n2", "alice's SET cart eggs". The index
// is of its run.
func (s Subject) Name(x *trace.Index) string {
	switch s.Kind {
	case NodeSubject:
		return x.Name(s.Node)
	case LinkSubject:
		return "the link " + x.Name(s.Node) + "-" + x.Name(s.Peer)
	case KeySubject:
		return "the key " + model.Quote(s.Key)
	case CellSubject:
		return model.Quote(s.Key) + " at " + x.Name(s.Node)
	case VersionSubject:
		name := trace.VersionName(x.Version(s.Op, s.Key)) + " of " + model.Quote(s.Key)
		if s.Node != 0 {
			name += " at " + x.Name(s.Node)
		}
		return name
	case OpSubject:
		if op := x.Op(s.Op); op != nil && complete(op.Command) {
			return (*Narrator)(nil).whose(op)
		}
		return "operation " + strconv.Itoa(int(s.Op))
	case MessageSubject:
		return "message " + strconv.Itoa(int(s.Msg))
	case EventSubject:
		return "event " + strconv.Itoa(s.Event)
	case CheckSubject:
		return "the check " + printed(s.Check)
	}
	return "nothing"
}
