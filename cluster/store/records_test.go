package store

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"

	"capsim/model"
)

// somePool is records as replicas make them: three replicas of one key write and
// merge at random, in each mode, and every state is kept.
func somePool(seed uint64) []*model.Record {
	rnd := rand.New(rand.NewPCG(seed, 1))
	pick := func(list ...string) string { return list[rnd.IntN(len(list))] }
	words := []string{"", "v", "1", "-7", "two words", "\x00\xfe\"\\\r\n", "<&>", "ü", "\u2028", strings.Repeat("x", 3000)}
	var pool []*model.Record
	for mode := model.Registers; mode <= model.KeepSiblings; mode++ {
		for range 20 {
			var replicas [3]*model.Record
			op := model.OpID(0)
			clock := model.Stamp{}
			for range 12 {
				i := rnd.IntN(3)
				if rnd.IntN(3) == 0 {
					replicas[i], _ = model.Merge(replicas[i], replicas[rnd.IntN(3)], mode)
					pool = append(pool, replicas[i])
					continue
				}
				words := []string{
					pick("SET", "SET", "DEL", "INCR", "DECRBY", "SADD", "SREM", "TAKE", "APPEND", "HSET", "HSET", "HDEL", "PEXPIRE"), "k:stock", pick(words...),
				}
				switch words[0] {
				case "DEL", "INCR":
					words = words[:2]
				case "DECRBY", "TAKE":
					words[2] = "1"
				case "HSET":
					words = append(words, words[2])
					words[2] = pick("expires", "value", "siblings", "", "\x00\xff")
				case "HDEL":
					words[2] = pick("expires", "value", "siblings")
				case "PEXPIRE":
					words[2] = pick("1", "100", "9000000000000000000")
				}
				cmd, err := model.ParseCommand(words)
				if err != nil {
					panic(err)
				}
				effects := model.Effects{Now: model.Time(rnd.Int64N(1e12))}
				model.Apply(cmd, func(string) model.Value { return replicas[i].Value() }, &effects)
				for _, e := range effects.List {
					op++
					actor := model.Actor{Node: model.NodeID(i + 1), Life: 1 + rnd.Int32N(2)}
					clock.Wall += model.Time(rnd.Int64N(1e9) + 1)
					w := model.Write{
						Op: op, Effect: e, Sale: cmd.Verb == model.TAKE, Seen: replicas[rnd.IntN(3)].Vector(),
						Dot:   model.Dot{Actor: actor, N: replicas[i].Vector().Of(actor) + 1},
						Stamp: model.Stamp{Wall: clock.Wall, Logical: rnd.Int32N(3), Actor: actor},
					}
					replicas[i], _ = replicas[i].Write(w, mode)
					pool = append(pool, replicas[i])
				}
			}
		}
	}
	pool = append(pool, &model.Record{}, &model.Record{Stale: true})
	kept := pool[:0]
	for _, r := range pool {
		if r != nil {
			kept = append(kept, r)
		}
	}
	return kept
}

// same tells whether two records are equal in all that a replica could read; an
// empty list is as good as none.
func same(a, b *model.Record) bool {
	if a == nil || b == nil {
		return a == b
	}
	return reflect.DeepEqual(plain(reflect.ValueOf(*a)), plain(reflect.ValueOf(*b))) && a.Value().Equal(b.Value()) &&
		fmt.Sprint(a.Values(), a.Ops()) == fmt.Sprint(b.Values(), b.Ops())
}

// plain copies a value into maps and slices of basic types, leaving out what is
// empty.
func plain(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return []any{plain(v.Elem())}
	case reflect.Slice:
		var list []any
		for i := range v.Len() {
			list = append(list, plain(v.Index(i)))
		}
		if list == nil {
			return nil
		}
		return list
	case reflect.Struct:
		fields := map[string]any{}
		for i := range v.NumField() {
			fields[v.Type().Field(i).Name] = plain(v.Field(i))
		}
		return fields
	}
	return v.Interface()
}
