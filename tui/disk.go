package tui

import (
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"capsim/export"
	"capsim/model"
	"capsim/scenarios"
)

// diskView is what a node's Redis held at an instant. It is never changed once read.
type diskView struct {
	diskKey
	at      model.Time
	now     bool // read from the Redis itself, where the run is
	entries []scenarios.DiskEntry
	all     int    // how many there are
	failed  string // why it could not be read
	past    *pastRun
}

// diskKey names a reading: the run, the event after which, and the node.
type diskKey struct {
	of   *record
	n    int
	node model.NodeID
}

// disks are the readings so far, and what is being read. Where the cursor stands in the
// past, another session runs up to it in memory and is read there.
type disks struct {
	read    map[diskKey]*diskView
	reading bool
	asked   time.Time
	past    *pastRun // of the job at work, or of the last one
}

// pastRun is a session that has run up to an instant; it belongs to the job at work.
type pastRun struct {
	of  *record
	run run
}

// Bounds of what is read and kept.
const (
	maxEntries = 200
	maxReads   = 100
)

// diskNode returns the node whose disk is of interest; 0: none.
func (s *scene) diskNode() model.NodeID {
	switch s.picked.Kind {
	case export.NodeSubject, export.CellSubject, export.VersionSubject:
		if n := s.picked.Node; n > 0 && int(n) <= s.nodes {
			return n
		}
	}
	return 0
}

// disk returns what is known of the disk that is of interest: as it was at the cursor if
// that was read, else the last one that was.
func (s *scene) disk() (d *diskView, fresh bool) {
	d = s.lastDisk
	if d == nil || d.of != s.record || d.node != s.diskNode() {
		return nil, false
	}
	return d, d.n == s.n
}

// diskNow has the disk read that a pane shows, one reading at a time and while
// playing only a few times a second.
func (p *program) diskNow() tea.Cmd {
	s := p.scene
	k := diskKey{s.record, s.n, s.diskNode()}
	if k.node == 0 || p.run == nil || p.tooSmall() || !p.inSight(diskful) {
		return nil
	}
	if d := p.disks.read[k]; d != nil {
		if s.lastDisk = d; !s.live() || d.at == s.at {
			return nil
		}
	}
	now := p.clock()
	if p.disks.reading || p.busy || s.playing && now.Sub(p.disks.asked) < 300*time.Millisecond {
		return nil
	}
	p.disks.reading, p.disks.asked = true, now
	d := &diskView{diskKey: k, at: s.at, now: s.live()}
	return p.start(p.readDisk(d))
}

// readDisk reads the run's own disk, or makes ready a run that can be read in the past.
func (p *program) readDisk(d *diskView) job {
	past := p.disks.past
	return job{what: jobDisk, disk: d, work: func(r run) (run, error) {
		switch {
		case r == nil:
			d.failed = errNoRun.Error()
		case d.now && r.Log().Len() == d.n:
			d.read(r)
		case past == nil || past.of != d.of || past.run.Now() > d.at:
			d.now = false
			next, err := r.replica()
			if err != nil {
				d.failed = err.Error()
				break
			}
			if past != nil {
				_ = past.run.Close()
			}
			d.past = &pastRun{d.of, next}
		default:
			d.now, d.past = false, past
		}
		return r, nil
	}}
}

// read takes what the node's store holds.
func (d *diskView) read(r run) {
	var err error
	if d.entries, d.all, err = r.disk(d.node, maxEntries); err != nil {
		d.failed = err.Error()
	}
}

// diskReady goes on after the job that has the run: the past is run in one of its own.
func (p *program) diskReady(d *diskView) tea.Cmd {
	if d.past == nil {
		return p.diskRead(d)
	}
	past := d.past
	d.past, p.disks.past = nil, past
	return func() tea.Msg {
		if err := past.run.RunTo(d.at); err != nil {
			d.failed = err.Error()
		} else {
			d.read(past.run)
		}
		return diskMsg{d}
	}
}

// diskMsg brings a reading to the screen.
type diskMsg struct{ *diskView }

func (m diskMsg) arrive(p *program) tea.Cmd { return p.diskRead(m.diskView) }

// diskRead shows a reading, and asks for the next if the cursor has moved on.
func (p *program) diskRead(d *diskView) tea.Cmd {
	p.disks.reading = false
	if p.disks.read == nil || len(p.disks.read) >= maxReads {
		p.disks.read = map[diskKey]*diskView{}
	}
	p.disks.read[d.diskKey] = d
	if d.of == p.scene.record && d.node == p.scene.diskNode() {
		p.scene.lastDisk = d
	}
	return p.diskNow()
}

// text lists what a reading holds, one entry a line.
func (d *diskView) text() []string {
	var lines []string
	for i := range d.entries {
		e := &d.entries[i]
		lines = append(lines, e.Name+" "+string(e.Bytes)+strings.Join(e.Items, " "))
	}
	return lines
}
