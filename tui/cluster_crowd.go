package tui

import (
	"sort"

	"capsim/model"
	"capsim/trace"
	"capsim/tui/canvas"
)

// maxDrawn is how many nodes have a place of their own on the screen.
const maxDrawn = 9

// crowd tells whether there are too many nodes to show each.
func (s *scene) crowd() bool { return s.nodes > maxDrawn }

// listed is how many nodes are offered one by one.
func (s *scene) listed() int { return min(s.nodes, maxDrawn) }

// crowdText says in the place of a pane that shows each node why it does not.
func (s *scene) crowdText() string {
	return itoa(s.nodes) + " nodes are too many to show each: the cluster pane counts and maps them."
}

// drawCrowd shows many nodes: a curve of how many are in each state, and a map of where they
// are.
func (p *clusterPane) drawCrowd(c *canvas.Canvas, s *scene, r canvas.Rect) {
	census := s.view.Census
	r = canvas.R(r.X+1, r.Y, r.W-2, r.H)
	if len(census) == 0 || r.H < 6 || r.W < 20 {
		c.TextIn(r.X, r.Y, r.W, itoa(s.nodes)+" nodes; nothing is counted of them yet", canvas.StDim)
		return
	}
	x := r.X
	for i := range census { // what the colours and letters mean, and how many there are
		if x < r.X+r.W {
			sign := stateSign(census, i)
			x += c.Put(x, r.Y, sign, canvas.VersionBold(i+1))
			x = c.TextIn(x, r.Y, r.X+r.W-x, " "+stateName(&census[i])+" "+itoa(census[i].Nodes)+"   ", canvas.StText)
		}
	}
	rows := (r.H - 2) / 2
	p.drawCurve(c, s, canvas.R(r.X, r.Y+1, r.W, r.H-1-rows-1))
	c.TextIn(r.X, r.Y+r.H-rows-1, r.W, "where they are, n1 first: the state of most in each place", canvas.StDim)
	p.drawHeat(c, s, canvas.R(r.X, r.Y+r.H-rows, r.W, rows))
}

// stateName is what a state is called.
func stateName(l *trace.Level) string {
	if l.State == "" {
		return "in no state"
	}
	return printable(l.State)
}

// stateSign is the letter of a state: its first, or a number if another has that.
func stateSign(census trace.Census, i int) rune {
	first := func(k int) rune {
		for _, ch := range census[k].State {
			if ch > ' ' && ch < 0x7f {
				return ch
			}
			break
		}
		return '.'
	}
	sign := first(i)
	for k := range i {
		if first(k) == sign {
			return '0' + rune(i%10)
		}
	}
	return sign
}

// censusAt returns the count that stood at an instant, up to the cursor; nil if none did yet.
func (s *scene) censusAt(at model.Time) trace.Census {
	end := sort.Search(len(s.counts), func(i int) bool {
		return int(s.counts[i]) > s.n || s.log.At(int(s.counts[i])).At > at
	})
	if end == 0 {
		return nil
	}
	return s.log.At(int(s.counts[end-1])).Census()
}

// drawCurve draws the share of nodes in each state over time, from 0 to all of them, up to the
// cursor.
func (p *clusterPane) drawCurve(c *canvas.Canvas, s *scene, r canvas.Rect) {
	if r.H < 2 {
		return
	}
	c.Text(r.X, r.Y, "100%", canvas.StDim)
	c.Text(r.X, r.Y+r.H-1, "  0%", canvas.StDim)
	area := canvas.R(r.X+5, r.Y, r.W-5, r.H)
	end := max(s.end, s.now, 1)
	for x := range area.W {
		at := model.Time(int64(end) / int64(area.W) * int64(x+1))
		if at > s.at {
			c.Put(area.X+x, area.Y+area.H-1, p.FutureTrack, canvas.StTrack)
			continue
		}
		census := s.censusAt(at)
		for i := len(census) - 1; i >= 0; i-- {
			y := (area.H - 1) * census[i].Nodes / max(s.nodes, 1)
			c.Put(area.X+x, area.Y+area.H-1-min(max(y, 0), area.H-1), stateSign(census, i), canvas.VersionBold(i+1))
		}
	}
}

// drawHeat draws the map: a letter a place, in the state that most of its nodes are in.
func (p *clusterPane) drawHeat(c *canvas.Canvas, s *scene, r canvas.Rect) {
	census, buckets := s.view.Census, trace.Buckets(s.nodes)
	cells := min(r.W*r.H, buckets)
	for k := range cells {
		from, to := k*buckets/cells, (k+1)*buckets/cells
		best, most := -1, 0
		for i := range census {
			sum := 0
			for b := from; b < to && b < len(census[i].Heat); b++ {
				sum += int(census[i].Heat[b])
			}
			if sum > most {
				best, most = i, sum
			}
		}
		if best >= 0 {
			c.Put(r.X+k%r.W, r.Y+k/r.W, stateSign(census, best), canvas.VersionBold(best+1))
		}
	}
}
