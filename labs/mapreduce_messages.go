package labs

import (
	"capsim/model"
	"capsim/policies"
)

// The kinds of MapReduce's messages.
const (
	kindPing    = "mr.ping"    // the master's: are you there, and this is what you work on
	kindPong    = "mr.pong"    // a worker's answer
	kindMap     = "mr.map"     // a map task is handed out
	kindReduce  = "mr.reduce"  // a reduce task is
	kindDone    = "mr.done"    // a task is done
	kindFetch   = "mr.fetch"   // a reduce asks for its lists
	kindPart    = "mr.part"    // and gets them: the shuffle
	kindMissing = "mr.missing" // a reduce can't get them
	kindAsk     = "mr.ask"     // a client's command, for the master
	kindAnswer  = "mr.answer"  // its reply
)

// mrJob is what a worker has to know of a job. N is 0 for none.
type mrJob struct {
	Epoch         int // the life of the master's disk that numbered it
	N             int // from 1
	Op            model.OpID
	Function      string
	Maps, Reduces int
}

// mrOrder is the task that a worker is to work on; Task is 0 for none.
type mrOrder struct {
	Task    int // from 1
	Attempt uint64
}

// mrOrders are all that a worker is to do. The newest count.
type mrOrders struct {
	kind    string
	Seq     uint64 // rises with every message of the master, through crashes
	Job     mrJob
	Map     mrOrder
	Reduce  mrOrder
	Sources []model.NodeID // where each map's lists are, for the reduce; 0: not there yet
}

// mrPong says what a worker has.
type mrPong struct {
	Seq      uint64 // of the orders that it answers
	Life     int    // the worker's incarnation
	Epoch, N int    // the job that it speaks of
	Held     []int  // the maps whose lists are on its disk
}

// mrDone says that a task is done; the output is a reduce's.
type mrDone struct {
	Epoch, N int
	Reduce   bool
	Task     int
	Attempt  uint64
	Output   []string
}

// mrFetch asks for the lists of a reduce task.
type mrFetch struct {
	Epoch, N, Reduce int
	Maps             []int
}

// mrPart brings them; Lack are those that the node does not have.
type mrPart struct {
	Epoch, N, Reduce int
	Maps             []int
	Items            [][]string // of each of Maps
	Lack             []int
}

// mrMissing says that a reduce can't get maps' lists from a node.
type mrMissing struct {
	Epoch, N int
	Maps     []int
	At       model.NodeID
	Gone     bool // the node says that it does not have them; else it says nothing
}

// mrAsk is a client's command that another node was given.
type mrAsk struct {
	Op    model.OpID
	Words []string
}

// mrAnswer is what the master replies to it.
type mrAnswer struct {
	Op    model.OpID
	Reply model.Reply
}

func (m mrOrders) Kind() string { return m.kind }
func (mrPong) Kind() string     { return kindPong }
func (mrDone) Kind() string     { return kindDone }
func (mrFetch) Kind() string    { return kindFetch }
func (mrPart) Kind() string     { return kindPart }
func (mrMissing) Kind() string  { return kindMissing }
func (mrAsk) Kind() string      { return kindAsk }
func (mrAnswer) Kind() string   { return kindAnswer }

// No writes of clients' travel: what the messages carry is made of the input.
func (mrOrders) Writes() []model.OpID  { return nil }
func (mrPong) Writes() []model.OpID    { return nil }
func (mrDone) Writes() []model.OpID    { return nil }
func (mrFetch) Writes() []model.OpID   { return nil }
func (mrPart) Writes() []model.OpID    { return nil }
func (mrMissing) Writes() []model.OpID { return nil }
func (mrAsk) Writes() []model.OpID     { return nil }
func (mrAnswer) Writes() []model.OpID  { return nil }

var (
	_ policies.Message = mrOrders{}
	_ policies.Message = mrPart{}
)
