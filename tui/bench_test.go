package tui

import (
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"

	"capsim/model"
	"capsim/trace"
	"capsim/tui/canvas"
)

func benchDriver(b *testing.B) *driver {
	d := newDriver(b, recorded(b, "cp"), 120, 40)
	d.p.common.Theme = canvas.NewTheme(termenv.TrueColor, true)
	d.goTo(1750 * time.Millisecond)
	return d
}

// BenchmarkView draws the whole screen at 120×40, in colour, and finds what is to be sent
// of it: what the program does for a frame, besides moving the cursor.
func BenchmarkView(b *testing.B) {
	show := benchShow(benchDriver(b))
	b.ReportAllocs()
	for b.Loop() {
		show()
	}
}

// benchShow returns what draws a frame and returns how many bytes are to be sent.
func benchShow(d *driver) func() int {
	var term canvas.Terminal
	var p canvas.Shot
	return func() int {
		d.p.dirty = true
		d.p.draw()
		p.Canvas, d.p.canvas = d.p.canvas, p.Canvas
		p.Theme = d.p.Theme
		return len(term.Update(&p))
	}
}

// BenchmarkFrame is a frame of playing: the cursor moves, the scene is put together
// and drawn.
func BenchmarkFrame(b *testing.B) {
	d := benchDriver(b)
	show := benchShow(d)
	at, sent := model.Time(0), 0
	b.ReportAllocs()
	for b.Loop() {
		at = (at + model.Time(frame)) % model.Time(2900*time.Millisecond)
		d.p.moveTo(at)
		d.p.scene.compose()
		sent += show()
	}
	b.ReportMetric(float64(sent)/float64(b.N), "bytes/frame")
}

// bigLog is a run of n events over 50 keys: invoke, applied, two messages, return.
func bigLog(n int) *trace.Log {
	l := &trace.Log{}
	keys := make([]string, 50)
	for i := range keys {
		keys[i] = "w:" + itoa(i)
	}
	var msg model.MsgID
	for op := model.OpID(1); l.Len() < n; op++ {
		at := model.Time(op) * model.Time(time.Millisecond)
		node := model.NodeID(op%3 + 1)
		key := keys[int(op)%len(keys)]
		a := model.Actor{Node: node, Life: 1}
		rec, _ := (*model.Record)(nil).Write(model.Write{
			Op: op, Dot: model.Dot{Actor: a, N: int64(op)}, Stamp: model.Stamp{Wall: at, Actor: a},
			Effect: model.Effect{Key: key, Kind: model.Put, Value: model.Text(itoa(int(op)))},
		}, model.Registers)
		cmd := model.Command{Verb: model.SET, Args: []string{key, itoa(int(op))}}
		l.Append(trace.Event{At: at, Kind: trace.Invoke, Op: op, Node: node, Body: &trace.Call{Client: "c", Command: cmd}})
		l.Append(trace.Event{At: at, Kind: trace.Wrote, Op: op, Node: node, Key: key})
		l.Append(trace.Event{At: at, Kind: trace.Applied, Node: node, Key: key, Body: rec})
		l.Append(trace.Event{At: at, Kind: trace.Return, Op: op, Node: node, Body: &model.Result{Outcome: model.OKOutcome, Reply: model.OK}})
		for _, to := range []model.NodeID{1, 2, 3} {
			if to == node {
				continue
			}
			msg++
			due := at + model.Time(500*time.Microsecond)
			l.Append(trace.Event{At: at, Kind: trace.Send, Msg: msg, Node: node, Peer: to, Text: "ap.write", Ops: []model.OpID{op}, N: int64(due)})
			l.Append(trace.Event{At: due, Kind: trace.Deliver, Msg: msg, Node: to, Peer: node})
			l.Append(trace.Event{At: due, Kind: trace.Applied, Node: to, Key: key, Body: rec})
		}
	}
	return l
}

// BenchmarkScrub jumps about in a run of a million events, and draws.
func BenchmarkScrub(b *testing.B) {
	l := bigLog(1_000_000)
	d := benchDriver(b)
	s := d.p.scene
	s.record = newRecord(3)
	began := time.Now()
	s.record.extend(l)
	b.Logf("taking in %d events: %v", l.Len(), time.Since(began))
	s.now = l.At(l.Len()).At
	s.end = s.now
	show := benchShow(d)
	r := model.Time(12345)
	b.ReportAllocs()
	for b.Loop() {
		r = (r*6364136223846793005 + 1442695040888963407) & (1<<62 - 1)
		d.p.moveTo(r % s.now)
		s.compose()
		show()
	}
}

// BenchmarkViewLong draws the layouts, and each pane alone, of a busy run of a million events,
// from its middle: the goal is 100 µs and 200 allocations.
func BenchmarkViewLong(b *testing.B) {
	script := "use store memory\nuse policy ap\nworkload w clients=8 at=n1,n2,n3 rate=2000/s keys=100 ops=GET:50%,SET:50% from 0s to 80s\n" +
		"at 39s partition n1 | n2 n3\nat 41s heal\nat 81s end\n"
	d := newDriver(b, opener(b, script), 120, 40)
	defer d.p.closeAll()
	d.p.common.Theme = canvas.NewTheme(termenv.TrueColor, true)
	d.goTo(81 * time.Second)
	d.goTo(40 * time.Second)
	b.Logf("%d events", d.p.scene.log.Len())
	show := benchShow(d)
	bench := func(name string) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				show()
			}
		})
	}
	for i := range layouts {
		d.p.setLayout(i)
		bench("layout " + layouts[i].name)
	}
	d.p.zoomed = true
	for i := range paneList {
		d.p.setFocus(paneName(i), 0)
		bench(paneList[i].name)
	}
}

// BenchmarkIdle is a message that moves nothing: no frame is drawn.
func BenchmarkIdle(b *testing.B) {
	d := benchDriver(b)
	_ = d.p.View()
	type other struct{}
	b.ReportAllocs()
	for b.Loop() {
		_, _ = d.p.Update(tea.Msg(other{}))
		_ = d.p.View()
	}
}
