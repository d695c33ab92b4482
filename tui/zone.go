package tui

import (
	"capsim/export"
	"capsim/tui/canvas"
)

// zone is a part of the screen that the mouse finds something in.
type zone struct {
	canvas.Rect
	side int            // which of the runs side by side
	pane paneName       // whose it is; -1: nobody's
	of   export.Subject // what a click selects
	key  string         // else the key that a click stands for
	act  zoneAct
	run  *branch // of zoneBranch
}

type zoneAct uint8

const (
	zoneSelect zoneAct = iota // select what it shows; again: ask why
	zoneKey                   // press a key
	zonePane                  // focus a pane
	zoneBranch                // choose a run of the tree; again: switch to it
	zoneTime                  // go to the instant of that column of the timeline
)

// zones are collected while drawing; the last one that holds a point counts.
type zones struct {
	all  []zone
	side int
	pane paneName
}

func (z *zones) begin() { z.all, z.side, z.pane = z.all[:0], 0, -1 }

// zone says that a part of the screen, as far as it is inside the clip, shows something.
func (z *zones) zone(c *canvas.Canvas, r canvas.Rect, of export.Subject) {
	if r = r.Within(c.Clip); r.W*r.H > 0 {
		z.all = append(z.all, zone{Rect: r, side: z.side, pane: z.pane, of: of})
	}
}

// keyZone says that a click there stands for a key.
func (z *zones) keyZone(c *canvas.Canvas, r canvas.Rect, key string) {
	if r = r.Within(c.Clip); r.W*r.H > 0 {
		z.all = append(z.all, zone{Rect: r, side: z.side, pane: z.pane, key: key, act: zoneKey})
	}
}

// branchZone says that a click there chooses a run of the tree.
func (z *zones) branchZone(c *canvas.Canvas, r canvas.Rect, b *branch) {
	if r = r.Within(c.Clip); r.W*r.H > 0 {
		z.all = append(z.all, zone{Rect: r, side: z.side, pane: z.pane, act: zoneBranch, run: b})
	}
}

func (z *zones) actZone(r canvas.Rect, act zoneAct) {
	z.all = append(z.all, zone{Rect: r, side: z.side, pane: z.pane, act: act})
}

// find returns the zone that a point lies in, nil if in none.
func (z *zones) find(x, y int) *zone {
	for i := len(z.all) - 1; i >= 0; i-- {
		if z.all[i].Covers(x, y) {
			return &z.all[i]
		}
	}
	return nil
}
