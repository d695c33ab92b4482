package trace

import (
	"slices"

	"capsim/model"
)

// Cell is what one node has of one key. It is not to be changed.
type Cell struct {
	Key string
	// Record is what the node would serve if it is not in doubt: nil for nothing. Whether it
	// serves at all, its State and Serving say.
	Record *model.Record
	// Doubt is the write of which the node does not know whether it took place: it serves
	// nothing of the key until it does. 0: none.
	Doubt model.OpID
	Last  *model.Record // the last record applied since its disk was last empty
	// Seen lists the writes that were applied here since then, tombstones too, in
	// order: the last SeenCap.
	Seen  []model.OpID
	At    model.Time // of the last Applied
	Event int        // number of the last Applied

	epoch uint64
}

// Serves returns what the node would serve of the key: nil for nothing. c may be nil.
func (c *Cell) Serves() *model.Record {
	if c == nil || c.Doubt != 0 {
		return nil
	}
	return c.Record
}

// SeenCap bounds Cell.Seen.
const SeenCap = 32

// cells holds a node's cells by the number of their key, in pages that views share.
// A page or cell may be changed in place only by the view whose epoch it bears;
// others copy it first. So keeping a view costs a list of pages.
type cells []*cellPage

const (
	pageBits = 5
	pageLen  = 1 << pageBits
)

type cellPage struct {
	epoch uint64
	cells [pageLen]*Cell
}

func (c cells) len() int { return len(c) << pageBits }

// at returns the cell of key k, nil if there is none.
func (c cells) at(k int) *Cell {
	if k>>pageBits >= len(c) || c[k>>pageBits] == nil {
		return nil
	}
	return c[k>>pageBits].cells[k&(pageLen-1)]
}

// own returns the cell of key k for changing in the epoch.
func (c *cells) own(k int, epoch uint64) *Cell {
	for k>>pageBits >= len(*c) {
		*c = append(*c, nil)
	}
	page := (*c)[k>>pageBits]
	if page == nil || page.epoch != epoch {
		fresh := &cellPage{epoch: epoch}
		if page != nil {
			fresh.cells = page.cells
		}
		page = fresh
		(*c)[k>>pageBits] = page
	}
	slot := &page.cells[k&(pageLen-1)]
	if *slot == nil || (*slot).epoch != epoch {
		fresh := &Cell{}
		if *slot != nil {
			*fresh = **slot
		}
		fresh.epoch = epoch
		*slot = fresh
	}
	return *slot
}

// settle ends all doubts: the process that had them is gone.
func (c *cells) settle(epoch uint64) {
	for k := range c.len() {
		if cell := c.at(k); cell != nil && cell.Doubt != 0 {
			c.own(k, epoch).Doubt = 0
		}
	}
}

// saw adds the record's writes to those seen.
func (c *Cell) saw(r *model.Record) {
	for i := range heads(r) {
		op := r.Heads[i].Op
		if slices.Contains(c.Seen, op) {
			continue
		}
		// Only ever appended to, so the views that share the list see no change. Those that
		// fold on from one view append the same, in the room that they share.
		c.Seen = append(c.Seen, op)
		c.Seen = c.Seen[max(0, len(c.Seen)-SeenCap):]
	}
}
