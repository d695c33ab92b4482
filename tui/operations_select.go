package tui

import (
	"capsim/export"
	"capsim/trace"
)

// selected returns the place of the selected row, and the selected operation if there is one
// that can be seen at the cursor.
func (p *operationsPane) selected(s *scene, rows []clientRow) (int, *trace.Op) {
	name := p.client
	var op *trace.Op
	if s.picked.Kind == export.OpSubject {
		if o := s.index.Op(s.picked.Op); o != nil && o.Invoked <= s.n {
			op, name = o, o.Client
		}
	}
	if i, known := s.place[name]; known && i < len(rows) {
		return i, op
	}
	return 0, op
}

// row selects the client above or below, with the last that it asked for.
func (p *operationsPane) row(s *scene, by int) request {
	rows := s.clientsAt(s.n)
	if len(rows) == 0 {
		return request{refuse: "no client has asked for anything yet"}
	}
	at, op := p.selected(s, rows)
	for i := at; i >= 0 && i < len(rows); i += by {
		if i == at && op != nil {
			continue // the first press selects where nothing is
		}
		if ops := rows[i].opsAt(s.n); s.rowPasses(&rows[i], ops) {
			p.client = rows[i].name
			return request{pick: opSubject(p.last(s, ops, &rows[i]).ID)}
		}
	}
	return request{}
}

// last returns the last operation of a row that passes the filter.
func (p *operationsPane) last(s *scene, ops []*trace.Op, row *clientRow) *trace.Op {
	for i := len(ops) - 1; i >= max(len(ops)-maxFiltered, 0); i-- {
		if s.opPasses(ops[i]) {
			return ops[i]
		}
	}
	return ops[len(ops)-1]
}

// step selects the operation before or after in its row.
func (p *operationsPane) step(s *scene, by int) request {
	rows := s.clientsAt(s.n)
	if len(rows) == 0 {
		return request{refuse: "no client has asked for anything yet"}
	}
	at, op := p.selected(s, rows)
	ops := rows[at].opsAt(s.n)
	if op == nil {
		return p.row(s, by)
	}
	for i, left := placeOf(ops, op)+by, maxFiltered; i >= 0 && i < len(ops) && left > 0; i, left = i+by, left-1 {
		if s.opPasses(ops[i]) {
			p.client = rows[at].name
			return request{pick: opSubject(ops[i].ID)}
		}
	}
	if by < 0 {
		return request{refuse: "this is the first that " + who(op) + " asked for"}
	}
	return request{refuse: who(op) + " has asked for nothing after this, up to now"}
}

// maxFiltered bounds how many things are looked at for one that passes the filter.
const maxFiltered = 2000

func (s *scene) opPasses(op *trace.Op) bool {
	return s.filter == "" || s.passes(who(op)) || s.passes(op.Command.String())
}

// rowPasses tells whether a client, or something that it asked for lately, passes the filter.
func (s *scene) rowPasses(row *clientRow, ops []*trace.Op) bool {
	if s.filter == "" || s.passes(row.name) || row.name == "" && s.passes("system") {
		return true
	}
	for i := len(ops) - 1; i >= max(len(ops)-maxFiltered/10, 0); i-- {
		if s.opPasses(ops[i]) {
			return true
		}
	}
	return false
}
