package export

import "capsim/model"

// SubjectKind says what a Subject is.
type SubjectKind uint8

// The kinds of subjects, and the fields that count for each.
const (
	NoSubject      SubjectKind = iota
	NodeSubject                // Node: a node or the host of a remote client
	LinkSubject                // Node and Peer, in either order
	KeySubject                 // Key
	CellSubject                // Node and Key: what a node holds of a key
	VersionSubject             // Op and Key: a write of the key; Node: the one at which it is looked at, 0 for none
	OpSubject                  // Op
	MessageSubject             // Msg
	EventSubject               // Event: its number
	CheckSubject               // Check: its name with arguments, as the script language has it
)

// Subject is something of a run that can be selected, inspected, and asked about. Two
// subjects are the same if they are equal. The zero value is none.
type Subject struct {
	Kind       SubjectKind
	Node, Peer model.NodeID
	Key        string
	Op         model.OpID
	Msg        model.MsgID
	Event      int
	Check      string
}

// Explanation says why something is as it is: sentences, and what of the run they speak of.
type Explanation struct {
	Of    Subject
	At    model.Time // the instant at which it is so
	Title string     // "v3 of cart at n2", "linearizable: no"
	Lines []Line     // in the order in which they are to be read
	// What a small timeline of the cause shows: one column a client and node, the
	// events in order.
	Events []int        // ascending
	Steps  []Step       // the same events, in words
	Ops    []model.OpID // to be marked: those that contradict each other, or that matter most
	Next   []Subject    // what can be asked from here
}

// Step is an event of an explanation's timeline.
type Step struct {
	Event int
	At    model.Time
	Text  string // "message 12 from n1 to n2 is lost: partition n1 | n2 n3"
	Marks []Mark
	Op    model.OpID // whose it is; 0: no operation's
	Of    Subject    // what can be asked about it
}

// Label is what the sentences call a marked operation: "A", "B"; "" for one that is not
// marked.
func (e *Explanation) Label(op model.OpID) string {
	for i, m := range e.Ops {
		if m == op && op != 0 && i < 26 {
			return string(rune('A' + i))
		}
	}
	return ""
}
