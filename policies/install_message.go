package policies

import "capsim/model"

// installKinds lists the kinds of the installer's messages, for Spec.Kinds.
var installKinds = []string{"install.ask", "install.records", "install.propose", "install.accept", "install.state"}

// installAsk begins an attempt: it asks for a promise to take part in no lower one, and
// for the records.
type installAsk struct {
	lives
	ballot ballot
}

func (*installAsk) Kind() string         { return "install.ask" }
func (*installAsk) Writes() []model.OpID { return nil }

// installRecords is the promise, with the records that the node holds of the stretch
// before, and the state that it has accepted, if it has.
type installRecords struct {
	lives
	ballot   ballot
	accepted ballot
	value    *install
	records  []keyRecord
}

func (*installRecords) Kind() string { return "install.records" }

func (m *installRecords) Writes() []model.OpID {
	ops := recordOps(m.records)
	if m.value != nil {
		ops = append(ops, recordOps(m.value.records)...)
	}
	return ops
}

// installPropose proposes a state.
type installPropose struct {
	lives
	ballot ballot
	value  *install
}

func (*installPropose) Kind() string           { return "install.propose" }
func (m *installPropose) Writes() []model.OpID { return recordOps(m.value.records) }

// installAccept is a vote for it.
type installAccept struct {
	lives
	ballot ballot
}

func (*installAccept) Kind() string         { return "install.accept" }
func (*installAccept) Writes() []model.OpID { return nil }

// installState is the state that was chosen, and what came on top of it.
type installState struct {
	lives
	install
}

func (*installState) Kind() string           { return "install.state" }
func (m *installState) Writes() []model.OpID { return recordOps(m.records) }
