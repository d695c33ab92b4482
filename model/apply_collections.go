package model

import (
	"slices"
)

func applySAdd(c Command, read Reader, e *Effects) Reply {
	return changeSet(c, read, e, AddMembers, false)
}

func applySRem(c Command, read Reader, e *Effects) Reply {
	return changeSet(c, read, e, RemoveMembers, true)
}

// changeSet adds or removes the members whose presence is as given.
func changeSet(c Command, read Reader, e *Effects, kind EffectKind, present bool) Reply {
	v := read(c.Args[0])
	if v.Type != None && v.Type != Set {
		return Error(ErrWrongType)
	}
	members := slices.Clone(c.Args[1:])
	slices.Sort(members)
	members = slices.Compact(members)
	members = slices.DeleteFunc(members, func(m string) bool {
		_, found := slices.BinarySearch(v.Members, m)
		return found != present
	})
	if len(members) > 0 {
		e.add(Effect{Key: c.Args[0], Kind: kind, Members: members})
	}
	return Int(int64(len(members)))
}

func applySMembers(c Command, read Reader, _ *Effects) Reply {
	v := read(c.Args[0])
	if v.Type != None && v.Type != Set {
		return Error(ErrWrongType)
	}
	return List(v.Members)
}

func applySIsMember(c Command, read Reader, _ *Effects) Reply {
	v := read(c.Args[0])
	if v.Type != None && v.Type != Set {
		return Error(ErrWrongType)
	}
	_, found := slices.BinarySearch(v.Members, c.Args[1])
	return truth(found)
}

func applySCard(c Command, read Reader, _ *Effects) Reply {
	v := read(c.Args[0])
	if v.Type != None && v.Type != Set {
		return Error(ErrWrongType)
	}
	return Int(int64(len(v.Members)))
}

// A hash is one register: HSET and HDEL write it whole.

// hash returns the fields and values of the key.
func hash(key string, read Reader) (v Value, ok bool) {
	v = read(key)
	return v, v.Type == None || v.Type == Hash
}

// field returns where a field stands among the fields and values, or belongs.
func field(pairs []string, name string) (int, bool) {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] >= name {
			return i, pairs[i] == name
		}
	}
	return len(pairs), false
}

func applyHSet(c Command, read Reader, e *Effects) Reply {
	v, ok := hash(c.Args[0], read)
	if !ok {
		return Error(ErrWrongType)
	}
	pairs, added := slices.Clone(v.Members), int64(0)
	for i := 1; i+1 < len(c.Args); i += 2 {
		at, found := field(pairs, c.Args[i])
		if found {
			pairs[at+1] = c.Args[i+1]
			continue
		}
		pairs = slices.Insert(pairs, at, c.Args[i], c.Args[i+1])
		added++
	}
	e.add(Effect{Key: c.Args[0], Kind: Put, Value: Value{Type: Hash, Members: pairs, Deadline: v.Deadline}})
	return Int(added)
}

func applyHGet(c Command, read Reader, _ *Effects) Reply {
	v, ok := hash(c.Args[0], read)
	if !ok {
		return Error(ErrWrongType)
	}
	if at, found := field(v.Members, c.Args[1]); found {
		return Bulk(v.Members[at+1])
	}
	return Reply{}
}

func applyHDel(c Command, read Reader, e *Effects) Reply {
	v, ok := hash(c.Args[0], read)
	if !ok {
		return Error(ErrWrongType)
	}
	pairs, gone := slices.Clone(v.Members), int64(0)
	for _, name := range c.Args[1:] {
		if at, found := field(pairs, name); found {
			pairs = slices.Delete(pairs, at, at+2)
			gone++
		}
	}
	switch {
	case gone == 0:
	case len(pairs) == 0:
		e.add(Effect{Key: c.Args[0], Kind: Delete})
	default:
		e.add(Effect{Key: c.Args[0], Kind: Put, Value: Value{Type: Hash, Members: pairs, Deadline: v.Deadline}})
	}
	return Int(gone)
}

func applyHGetAll(c Command, read Reader, _ *Effects) Reply {
	v, ok := hash(c.Args[0], read)
	if !ok {
		return Error(ErrWrongType)
	}
	return List(v.Members)
}
