package scenarios

import (
	"capsim/model"
	"capsim/netsim"
)

// rehearse does a script's faults on a network where nothing else happens, so that
// what can't be done ("n1 is already down") is found before anything runs. Where
// faults repeat, only the run itself can tell.
func rehearse(s *Script) Problems {
	faults := false
	for _, st := range s.Statements {
		_, fault := st.Body.(Fault)
		if fault && st.Every != nil {
			return nil
		}
		faults = faults || fault
	}
	if !faults {
		return nil
	}
	n := netsim.New(netsim.Options{Hosts: s.Settings.Nodes + len(s.Settings.Remote), Names: s.Settings.Remote, Latency: s.Settings.Latency}, stillness{})
	var wrong Problems
	for _, st := range s.Statements {
		if f, ok := st.Body.(Fault); ok && !f.Now {
			if err := f.Action(n); err != nil {
				wrong = append(wrong, impossible(st, err))
			}
		}
	}
	return wrong
}

// impossible says that a statement can't be done where it stands.
func impossible(st Statement, err error) Problem {
	return Problem{Pos: st.Pos, Got: st.Text, Want: "a statement that can be done here: " + err.Error()}
}

// stillness is a network's handler that does nothing.
type stillness struct{}

func (stillness) Deliver(model.MsgID, model.NodeID, model.NodeID)              {}
func (stillness) Timer(model.NodeID, uint32)                                   {}
func (stillness) Alarm(uint32)                                                 {}
func (stillness) Sent(model.MsgID, model.NodeID, model.NodeID, model.Time)     {}
func (stillness) Dropped(model.MsgID, model.NodeID, model.NodeID, string)      {}
func (stillness) Held(model.MsgID, model.NodeID, model.NodeID, string)         {}
func (stillness) Released(model.MsgID, model.NodeID, model.NodeID, model.Time) {}
func (stillness) LinkChanged(model.NodeID, model.NodeID, netsim.LinkState)     {}
func (stillness) HostChanged(model.NodeID, netsim.HostChange)                  {}
func (stillness) Size(model.MsgID) int                                         { return 0 }
func (stillness) Copied(id model.MsgID, _, _ model.NodeID) model.MsgID         { return id }
func (stillness) Input(model.NodeID, uint32)                                   {}
func (stillness) Conditioned(model.NodeID, string)                             {}
