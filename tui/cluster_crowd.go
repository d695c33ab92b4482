package tui

import (
	"sort"
	"strings"

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

// drawCrowd shows many nodes: how many are in each state, how their shares went over time,
// and a map of where they are.
func (p *clusterPane) drawCrowd(c *canvas.Canvas, s *scene, r canvas.Rect) {
	r = canvas.R(r.X+1, r.Y, r.W-2, r.H)
	if r.H < 6 || r.W < 20 {
		c.TextIn(r.X, r.Y, r.W, itoa(s.nodes)+" nodes", canvas.StDim)
		return
	}
	top := p.drawStates(c, s, r)
	axis := b2i(r.H-top >= 10)
	rows := (r.H - top - axis - 1) / 2
	p.drawCurve(c, s, canvas.R(r.X, r.Y+top, r.W, r.H-top-rows-1-axis))
	if y := r.Y + r.H - rows - 2; axis > 0 {
		c.Text(r.X+curveAt, y, "0 s", canvas.StDim)
		c.Right(r.X+r.W, y, strings.TrimLeft(seconds(max(s.end, s.now)), " ")+" s", canvas.StDim)
	}
	p.drawHeat(c, s, canvas.R(r.X, r.Y+r.H-rows-1, r.W, rows+1))
}

// drawStates names the states, in their colours, with how many nodes are in each, and returns
// the rows that takes. A state's letter stands before its name unless the name begins with it.
func (p *clusterPane) drawStates(c *canvas.Canvas, s *scene, r canvas.Rect) int {
	census := s.view.Census
	if len(census) == 0 {
		c.TextIn(r.X, r.Y, r.W, itoa(s.nodes)+" nodes; nothing has begun yet", canvas.StDim)
		return 1
	}
	x, y := r.X, r.Y
	for i := range census {
		name, count := stateName(&census[i]), itoa(census[i].Nodes)
		if sign := stateSign(census, i); !strings.HasPrefix(name, string(sign)) {
			name = string(sign) + " " + name
		}
		if x > r.X && x+canvas.TextWidth(name)+1+len(count) > r.X+r.W {
			if y > r.Y {
				break
			}
			x, y = r.X, y+1
		}
		x = c.TextIn(x, y, r.X+r.W-x, name, canvas.VersionBold(i+1))
		x = c.TextIn(x+1, y, r.X+r.W-x-1, count, canvas.StText) + 2
	}
	return y - r.Y + 1
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
		if name := census[k].State; name != "" && name[0] > ' ' && name[0] < 0x7f {
			return rune(name[0])
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

// curveAt is the room left of the curves, for the scale.
const curveAt = 5

// drawCurve draws the shares of the states over time, up to the cursor: areas on top of each
// other, the last state's at the bottom, 100 % together.
func (p *clusterPane) drawCurve(c *canvas.Canvas, s *scene, r canvas.Rect) {
	if r.H < 2 {
		return
	}
	c.Text(r.X, r.Y, "100%", canvas.StDim)
	c.Text(r.X, r.Y+r.H-1, "  0%", canvas.StDim)
	area := canvas.R(r.X+curveAt, r.Y, r.W-curveAt, r.H)
	end := max(s.end, s.now, 1)
	for x := range area.W {
		at := model.Time(int64(end) / int64(area.W) * int64(x+1))
		census := s.censusAt(at)
		if at > s.at || len(census) == 0 {
			c.Put(area.X+x, area.Y+area.H-1, p.FutureTrack, canvas.StTrack)
			continue
		}
		sum, from := 0, 0
		for i := range census {
			sum += census[i].Nodes
			to := min((2*area.H*sum+s.nodes)/max(2*s.nodes, 1), area.H) // rounded
			for y := from; y < to; y++ {
				st := canvas.Version(i + 1)
				if y == from {
					st = canvas.VersionBold(i + 1)
				}
				c.Put(area.X+x, area.Y+y, stateSign(census, i), st)
			}
			from = max(from, to)
		}
	}
}

// drawHeat draws the map below its heading, or what parts the network: a letter a place. Of a place whose nodes are in
// several states one is drawn, so that in every part of the map the letters are about as
// many as the nodes.
func (p *clusterPane) drawHeat(c *canvas.Canvas, s *scene, r canvas.Rect) {
	census, buckets := s.view.Census, trace.Buckets(s.nodes)
	cells := min(r.W*(r.H-1), buckets)
	if len(census) == 0 || cells == 0 {
		return
	}
	heading := "the nodes, n1 first"
	if each := s.nodes / cells; each > 1 {
		heading += "; a letter for some " + itoa(each)
	}
	if text := s.parted(); text != "" {
		c.TextIn(r.X, r.Y, r.W, p.Cut+" "+text, canvas.StBadBold)
	} else {
		c.TextIn(r.X, r.Y, r.W, heading, canvas.StDim)
	}
	sums := make([]int, len(census))
	for k := range cells {
		from, to, all := k*buckets/cells, (k+1)*buckets/cells, 0
		for i := range census {
			sums[i] = 0
			for b := from; b < to && b < len(census[i].Heat); b++ {
				sums[i] += int(census[i].Heat[b])
			}
			all += sums[i]
		}
		if i := drawnState(sums, all, k); i >= 0 {
			c.Put(r.X+k%r.W, r.Y+1+k/r.W, stateSign(census, i), canvas.VersionBold(i+1))
		}
	}
}

// golden is 2^32 divided by the golden ratio: multiples of it, modulo 2^32, are spread evenly
// (Knuth, The Art of Computer Programming, volume 3, section 6.4).
const golden = 2654435769

// drawnState picks the state that is drawn for the k-th place of a map: each as often as its
// share, the same at every drawing; -1 if nothing is there.
func drawnState(sums []int, all, k int) int {
	if all == 0 {
		return -1
	}
	mark := int(uint64(uint32(k)*golden) * uint64(all) >> 32)
	for i, n := range sums {
		if mark -= n; mark < 0 {
			return i
		}
	}
	return -1
}
