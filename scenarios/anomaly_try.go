package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"capsim/check"
	"capsim/model"
	"capsim/policies"
	"capsim/trace"
)

// Attempt is what came of trying an anomaly on a run, in memory: the acts that make it,
// or why it can't be made.
type Attempt struct {
	Anomaly *Anomaly
	Policy  policies.Choice // in force
	Works   bool
	Acts    []Act         // what to give; of the first way tried if none works
	Lasts   time.Duration // from the first of them until it can be seen
	Told    string        // in a sentence what happened, or what did in its place
	Check   string        // what explains it, as the script language names checks; "" for none
	Witness string        // what that found
	Event   int           // else the event that shows it; 0 for none

	names names
	began model.Time
	fault error // why it could not be played to its end
}

// Try finds out on forks of the run, from where it stands, whether the anomaly can be made
// there under the policy in force. The run itself is not touched. An error says what of the
// run is in the way.
func (r *Session) Try(a *Anomaly) (*Attempt, error) {
	if err := r.fitFor(a); err != nil {
		return nil, err
	}
	s := stageOf(r)
	var first *Attempt
	for round, p := range paces(s.lag, r.cluster.Timeout()) {
		for i := range a.recipes {
			rc := &a.recipes[i]
			if round > 0 && !rc.takesTrying() {
				continue
			}
			for _, c := range s.casts(rc) {
				at, err := r.rehearse(a, rc, s, c, p)
				switch {
				case err != nil:
					return nil, err
				case at.Works:
					return at, nil
				case first == nil || first.fault != nil:
					first = at
				}
				if at.unsupported() {
					return first, nil
				}
			}
		}
	}
	if first == nil {
		first = &Attempt{Anomaly: a, Policy: r.Policy(), Told: "Nobody is elected to lead."}
	}
	if first.fault != nil {
		return nil, first.fault
	}
	if odd := oddity(r.View(r.log.Len())); odd != "" {
		first.Told += " " + odd + ": heal all, and try again."
	}
	return first, nil
}

// takesTrying tells whether a slower pacing may do what a quick one did not.
func (rc *recipe) takesTrying() bool {
	return slices.ContainsFunc(rc.moves, func(m move) bool { return m.wait == settle || m.wait == takeover || m.wait == stall })
}

func hosts(v *trace.View) []model.NodeID {
	var ids []model.NodeID
	for i := range v.Nodes {
		ids = append(ids, v.Nodes[i].ID)
	}
	for i := range v.Clients {
		ids = append(ids, v.Clients[i].ID)
	}
	return ids
}

// oddity names something that is not as it should be, though nothing is cut or down.
func oddity(v *trace.View) string {
	for i := range v.Nodes {
		if how := v.Nodes[i].Condition(); how != "" {
			return v.Nodes[i].ID.String() + " has " + how
		}
	}
	for _, from := range hosts(v) {
		for _, to := range hosts(v) {
			if v.Link(from, to) != (trace.Link{}) {
				return "The link " + v.Name(from) + "->" + v.Name(to) + " is not as it was at first"
			}
		}
	}
	return ""
}

// rehearse plays a recipe on a fork.
func (r *Session) rehearse(a *Anomaly, rc *recipe, s *stage, c cast, p pacing) (*Attempt, error) {
	f, err := r.copy()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	at := &Attempt{Anomaly: a, Policy: f.Policy(), began: f.Now()}
	at.Acts, at.names = s.play(rc.moves, c, p)
	if err := f.Give(at.Acts); err != nil {
		at.fault = err
		return at, nil
	}
	at.fault = f.playOut(at)
	if at.fault != nil {
		return at, nil
	}
	at.Lasts = f.Now().Sub(at.began)
	wants := rc.wants
	if at.Check = rc.check; at.Check == "" {
		at.Check, wants = a.check, a.wants
	}
	at.Check = s.fill(at.Check, at.names)
	f.judge(at, wants)
	return at, nil
}

// copy returns the run once more, as far as it has come, to be tried on: all that was
// given will happen, and no question stops it.
func (r *Session) copy() (*Session, error) {
	f, err := r.forkAt(r.Now(), func(step) bool { return true })
	if err != nil {
		return nil, err
	}
	f.opt.Interactive, f.question = false, nil
	return f, nil
}

// playOut runs on until all acts are done and all clients have their answers, and a
// moment more.
func (r *Session) playOut(at *Attempt) error {
	last := r.Now().Add(at.Acts[len(at.Acts)-1].After)
	most := last.Add(r.cluster.Timeout() + 100*time.Millisecond)
	for t := last; ; t = t.Add(50 * time.Millisecond) {
		if err := r.RunTo(t); err != nil {
			return fmt.Errorf("the script's own statements are in the way: %w", err)
		}
		if len(r.warnings) > 0 {
			return fmt.Errorf("the script's own statements are in the way: %s", r.warnings[0].Message())
		}
		if r.over {
			return fmt.Errorf("the run ends at %v, too early for this: step back and do it there", r.end)
		}
		if t >= most || r.answered(at) {
			return r.RunTo(t.Add(100 * time.Millisecond))
		}
	}
}

// answered tells whether all operations of an attempt have ended.
func (r *Session) answered(at *Attempt) bool {
	for _, op := range r.index.Ops() {
		if op.At >= at.began && op.Result == nil && at.plays(op.Client) {
			return false
		}
	}
	return true
}

// plays tells whether a client is one of the attempt's.
func (at *Attempt) plays(client string) bool {
	for _, name := range at.names {
		if name == client {
			return client != ""
		}
	}
	return false
}

// judge finds out whether the anomaly has happened.
func (r *Session) judge(at *Attempt, wants check.Verdict) {
	o := &outcome{r: r, names: at.names, since: r.EventAt(at.began - 1), view: r.View(r.log.Len())}
	at.Told, at.Event = at.Anomaly.happened(o), o.event
	at.Works = at.Told != ""
	if at.Works && at.Check != "" {
		asked, err := ParseChecks(at.Check)
		if err != nil {
			panic("scenarios: " + at.Anomaly.Name + ": " + err.Error())
		}
		f := asked[0].Test(r.History())
		at.Witness = f.Witness
		at.Works = f.Verdict == wants || f.Verdict == check.Unknown
	}
	if !at.Works {
		at.Told = o.instead(at)
	}
}

// instead says what happened in place of the anomaly.
func (o *outcome) instead(at *Attempt) string {
	var last *trace.Op
	for _, op := range o.r.index.Ops() {
		if op.Invoked <= o.since || !at.plays(op.Client) || op.Result == nil {
			continue
		}
		switch op.Result.Outcome {
		case model.Refused:
			return fmt.Sprintf("%s refused %s's %s: %s.", op.Node, op.Client, op.Command, op.Result.Code)
		case model.Unknown:
			return fmt.Sprintf("%s gave no answer to %s's %s.", op.Node, op.Client, op.Command)
		}
		last = op
	}
	if last == nil {
		return "In none of the ways tried did it come about."
	}
	return fmt.Sprintf("%s returned %s.", tellOp(last), replyOf(last))
}

// unsupported tells whether the policy does not offer one of the commands.
func (at *Attempt) unsupported() bool {
	return strings.HasSuffix(at.Told, ": "+model.CodeUnsupported+".")
}

// Judge says of the run in which the acts were given what came of them: whether it
// happened, in a sentence.
func (r *Session) Judge(at *Attempt) (told string, happened bool) {
	o := &outcome{r: r, names: at.names, since: r.EventAt(at.began - 1), view: r.View(r.log.Len())}
	if told := at.Anomaly.happened(o); told != "" {
		return told, true
	}
	return o.instead(at), false
}
