package labs

import (
	"time"

	"capsim/policies"
)

// alarmTag is the Tag.Kind of timers that alarms set; a lab that has other timers beside
// must not use it for them.
const alarmTag uint8 = 255

// alarms are timers that each know what to do: a lab's many small waits need no kinds of
// their own. They die with the process, as the timers beneath them do.
type alarms struct {
	last uint64
	due  map[uint64]func()
}

// after lets f happen d from now by the host's own clock, and returns what names it to
// cancel: never 0.
func (a *alarms) after(env policies.Env, d time.Duration, f func()) uint64 {
	if a.due == nil {
		a.due = map[uint64]func(){}
	}
	a.last++
	a.due[a.last] = f
	env.After(d, policies.Tag{Kind: alarmTag, N: a.last})
	return a.last
}

// cancel makes it never happen; of one that has happened, or of 0, nothing.
func (a *alarms) cancel(id uint64) { delete(a.due, id) }

// fire takes a timer of alarmTag.
func (a *alarms) fire(tag policies.Tag) {
	if f := a.due[tag.N]; f != nil {
		delete(a.due, tag.N)
		f()
	}
}
