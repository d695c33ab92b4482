package labs

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"capsim/model"
	"capsim/policies"
)

// basics is a node without a protocol: a process with memory, a disk and a clock.
type basics struct {
	clock    clock
	onDisk   bool // the clock's count is
	patience time.Duration
	cache    cache

	memory   map[string]string
	log      []happening
	answered int64
	asked    uint64
	open     map[uint64]question
	effects  model.Effects
	newest   model.Stamp
}

// happening is an event that a node knows of: its own, or one that it was told of.
type happening struct {
	text  string
	node  model.NodeID // where it happened
	stamp stamp
}

// maxLog bounds how many events a node remembers; the oldest go first.
const maxLog = 1000

// The timers of basics.
const (
	basicsPatience uint8 = iota + 1
	basicsFlush
)

var _ policies.Replica = (*basics)(nil)

func newBasics(p policies.Params) policies.Replica {
	return &basics{
		clock:    clock{kind: clockKind(slices.Index(clockNames, p["clock"]))},
		onDisk:   p["counter"] == "disk",
		patience: p.Duration("patience"),
		cache:    cache{delayed: p["fsync"] == "everysec", records: map[string]*model.Record{}},
		memory:   map[string]string{},
		open:     map[uint64]question{},
	}
}

// Start implements policies.Replica: the memory is empty, the disk is as it was.
func (b *basics) Start(env policies.Env) {
	b.clock = newClock(b.clock.kind, env.Self(), env.N())
	switch env.Boot() {
	case policies.Restarted:
		b.recall(env)
		b.say(env, "basics.back", "", "%v is back. Its memory is empty; its disk holds what was on it.", env.Self())
	case policies.WipedBoot:
		b.say(env, "basics.back", "bad", "%v is back with an empty disk: it knows nothing of what it was.", env.Self())
	case policies.Switched: // another clock begins at its beginning
		env.Store().DropMeta(clockMeta)
	}
	if env.Boot() != policies.FirstBoot {
		env.Fact(policies.Fact{Kind: policies.Mark})
		b.readDisk(env)
	}
	env.Serving()
}

// recall takes the clock's count from the disk.
func (b *basics) recall(env policies.Env) {
	if s := decodeStamp(env.Store().Meta(clockMeta), len(b.clock.at)); s != nil && b.onDisk {
		b.clock.at = s
	}
}

// stamped shows the stamp of an event at this node, and keeps the count.
func (b *basics) stamped(env policies.Env, op model.OpID, s stamp) string {
	if s == nil {
		return "OK"
	}
	if b.clock.at != nil && b.onDisk {
		env.Store().PutMeta(clockMeta, b.clock.at.encode())
	}
	words := b.clock.words(s)
	env.Fact(policies.Fact{Kind: policies.Mark, Op: op, Key: "stamp", Text: words})
	return words
}

// shows puts beside the node what it just did, where no stamp stands there.
func (b *basics) shows(env policies.Env, op model.OpID, text string) {
	if b.clock.kind == noClock {
		env.Fact(policies.Fact{Kind: policies.Mark, Op: op, Text: clip(text)})
	}
}

// maxMark bounds a mark, in runes.
const maxMark = 24

func clip(s string) string {
	if r := []rune(s); len(r) > maxMark {
		return string(r[:maxMark-1]) + "…"
	}
	return s
}

// tick stamps an event that this node makes happen.
func (b *basics) tick(env policies.Env, op model.OpID) (stamp, string) {
	s := b.clock.tick(env.Now())
	return s, b.stamped(env, op, s)
}

// hear stamps the arrival of a message.
func (b *basics) hear(env policies.Env, m stamp) string {
	return b.stamped(env, 0, b.clock.hear(env.Now(), m))
}

// remember puts an event on the node's list.
func (b *basics) remember(text string, node model.NodeID, s stamp) {
	b.log = append(b.log, happening{text, node, s})
	if len(b.log) > maxLog {
		b.log = slices.Delete(b.log, 0, len(b.log)-maxLog)
	}
}

// Request implements policies.Replica.
func (b *basics) Request(env policies.Env, req policies.Request) {
	if req.Command.Verb != model.CALL {
		b.data(env, req)
		return
	}
	do := basicsVerbs[strings.ToUpper(req.Command.Name())]
	if do == nil {
		env.Reply(req.Op, model.Refuse(model.CodeUnsupported, "basics has no "+req.Command.Name()))
		return
	}
	do(b, env, req.Op, req.Command.Words())
}

// basicsVerbs do what the lab's own commands ask.
var basicsVerbs = map[string]func(b *basics, env policies.Env, op model.OpID, words []string){
	"EVENT":   (*basics).event,
	"TELL":    (*basics).tell,
	"ASK":     (*basics).ask,
	"LOG":     (*basics).list,
	"COMPARE": (*basics).compare,
	"NOW":     (*basics).now,
	"KEEP":    (*basics).keep,
	"RECALL":  (*basics).fromMemory,
}

func (b *basics) event(env policies.Env, op model.OpID, words []string) {
	s, shown := b.tick(env, op)
	b.remember(words[0], env.Self(), s)
	b.shows(env, op, words[0])
	env.Reply(op, answer(shown))
}

// answer is a reply in words: OK is a status, all else a text.
func answer(s string) model.Result {
	if s == "OK" {
		return model.Answered(model.OK)
	}
	return model.Answered(model.Bulk(s))
}

// list replies with the events that the node knows of, in the order of their stamps.
func (b *basics) list(env policies.Env, op model.OpID, _ []string) {
	sorted := slices.Clone(b.log)
	if b.clock.kind != noClock {
		slices.SortStableFunc(sorted, func(x, y happening) int {
			return cmp.Or(cmp.Compare(x.stamp.sum(), y.stamp.sum()), cmp.Compare(x.node, y.node))
		})
	}
	texts := make([]string, len(sorted))
	for i, h := range sorted {
		texts[i] = h.text
	}
	env.Reply(op, model.Answered(model.List(texts)))
}

// compare replies with what the stamps of two events tell of their order.
func (b *basics) compare(env policies.Env, op model.OpID, words []string) {
	if b.clock.kind == noClock {
		env.Reply(op, model.Answered(model.Error("ERR no event bears a stamp: clock=none")))
		return
	}
	var found [2]*happening
	for i, text := range words {
		for j := range b.log {
			if b.log[j].text == text {
				found[i] = &b.log[j]
			}
		}
		if found[i] == nil {
			env.Reply(op, model.Answered(model.Error(fmt.Sprintf("ERR %v knows of no event %s", env.Self(), model.Quote(text)))))
			return
		}
	}
	env.Reply(op, model.Answered(model.Bulk(b.clock.compare(found[0].stamp, found[1].stamp))))
}

func (b *basics) now(env policies.Env, op model.OpID, _ []string) {
	env.Reply(op, model.Answered(model.Bulk(millis(env.Now()))))
}

// keep puts a value into the process's memory, and nowhere else.
func (b *basics) keep(env policies.Env, op model.OpID, words []string) {
	b.memory[words[0]] = words[1]
	env.Fact(policies.Fact{Kind: policies.Mark, Op: op, Text: counted(len(b.memory), "key") + " in memory"})
	env.Reply(op, model.Answered(model.OK))
}

func (b *basics) fromMemory(env policies.Env, op model.OpID, words []string) {
	v, ok := b.memory[words[0]]
	if !ok {
		env.Reply(op, model.Answered(model.Reply{}))
		return
	}
	env.Reply(op, model.Answered(model.Bulk(v)))
}

// Timer implements policies.Replica.
func (b *basics) Timer(env policies.Env, tag policies.Tag) {
	if tag.Kind == basicsFlush {
		b.flush(env)
		return
	}
	q, ok := b.open[tag.N]
	if !ok || q.op == 0 {
		return
	}
	env.Count("basics.timeouts", 1)
	b.shows(env, q.op, "no answer from "+q.to.String())
	b.say(env, "basics.timeout", "bad", "%v has waited %v for %v's answer and stops. It can't know whether the question was lost, or the answer, or %v is down, paused or slow.",
		env.Self(), b.patience, q.to, q.to)
	env.Reply(q.op, model.Answered(model.Error(fmt.Sprintf("TIMEOUT no answer from %v within %v", q.to, b.patience))))
	q.op = 0
	b.open[tag.N] = q
}

// say tells the story a sentence.
func (*basics) say(env policies.Env, kind, tone, format string, args ...any) {
	env.Note(kind, "says", fmt.Sprintf(format, args...), "tone", tone)
}
