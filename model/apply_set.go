package model

import "strings"

// setOptions are what may follow SET key value.
type setOptions struct {
	nx, xx, get bool
	expires     bool  // PX was among them
	px          int64 // milliseconds; 0 for none
}

// SetPX returns in how many milliseconds what a SET writes expires; 0 for never.
func SetPX(c Command) int64 {
	o, fail := c.setOptions()
	if c.Verb != SET || fail.Kind == ErrorReply {
		return 0
	}
	return o.px
}

// SetMissed tells whether a SET that got this reply is known to have written nothing: an
// error, or a condition that did not hold.
func SetMissed(c Command, r Reply) bool {
	o, fail := c.setOptions()
	switch {
	case fail.Kind == ErrorReply, r.Kind == ErrorReply:
		return true
	case !o.get:
		return r.Kind == NilReply
	}
	return o.nx && r.Kind != NilReply || o.xx && r.Kind == NilReply
}

// setOptions reads the options, in any order; as Redis does, the last PX counts, and is
// looked at only if no option is wrong.
func (c Command) setOptions() (o setOptions, fail Reply) {
	ms := ""
	for i := 2; i < len(c.Args); i++ {
		switch opt := strings.ToUpper(c.Args[i]); {
		case opt == "NX" && !o.xx:
			o.nx = true
		case opt == "XX" && !o.nx:
			o.xx = true
		case opt == "GET":
			o.get = true
		case opt == "PX" && i+1 < len(c.Args):
			i++
			ms = c.Args[i]
			o.expires = true
		default:
			return o, Error(ErrSyntax)
		}
	}
	if !o.expires {
		return o, Reply{}
	}
	n, ok := integer(ms)
	if !ok {
		return o, Error(ErrNotInteger)
	}
	if n <= 0 || n > maxTTL {
		return o, Error(ErrExpireSet)
	}
	o.px = n
	return o, Reply{}
}

func applySet(c Command, read Reader, e *Effects) Reply {
	if len(c.Args) == 2 {
		e.add(Effect{Key: c.Args[0], Kind: Put, Value: Text(c.Args[1])})
		return OK
	}
	o, fail := c.setOptions()
	if fail.Kind == ErrorReply {
		return fail
	}
	old := read(c.Args[0])
	reply := OK
	if o.get {
		switch old.Type {
		case None:
			reply = Reply{}
		case String:
			reply = Bulk(old.Str)
		default:
			return Error(ErrWrongType)
		}
	}
	if exists := old.Type != None; o.nx && exists || o.xx && !exists {
		if !o.get {
			reply = Reply{}
		}
		return reply
	}
	e.add(Effect{Key: c.Args[0], Kind: Put, Value: Text(c.Args[1]).until(deadline(e.Now, o.px))})
	return reply
}
