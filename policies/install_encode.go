package policies

import "capsim/model"

// encode writes the state as cp's log keeps it, its kind of entry first.
func (s *install) encode() []byte {
	b := append([]byte{installEntry}, `{"records":[`...)
	for i, kr := range s.records {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '[')
		b = append(model.AppendJSON(b, kr.key), ',')
		b = append(model.AppendRecord(b, kr.rec), ']')
	}
	b = append(b, `],"lost":`...)
	return append(appendLost(b, s.lost), '}')
}

func decodeInstall(data []byte) (install, error) {
	if len(data) == 0 || data[0] != installEntry {
		return install{}, errEntry
	}
	r := model.NewJSONReader(data[1:])
	var s install
	r.Need(`{"records":[`)
	for first := true; r.Err() == nil && !r.Has("]"); first = false {
		if !first {
			r.Need(",")
		}
		r.Need("[")
		kr := keyRecord{key: r.Str()}
		r.Need(",")
		if kr.rec = r.Record(); kr.rec == nil {
			r.Fail("a record")
		}
		r.Need("]")
		s.records = append(s.records, kr)
	}
	r.Need(`,"lost":`)
	s.lost = readLost(r)
	r.Need("}")
	r.End()
	return s, r.Err()
}

func appendLost(b []byte, lost []lostHead) []byte {
	b = append(b, '[')
	for i, l := range lost {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '[')
		b = append(model.AppendJSON(b, l.key), ',')
		b = append(appendInt(b, int64(l.op)), ']')
	}
	return append(b, ']')
}

func readLost(r *model.JSONReader) []lostHead {
	var lost []lostHead
	r.Need("[")
	for first := true; r.Err() == nil && !r.Has("]"); first = false {
		if !first {
			r.Need(",")
		}
		r.Need("[")
		l := lostHead{key: r.Str()}
		r.Need(",")
		l.op = model.OpID(r.Int(1, 1<<32-1))
		r.Need("]")
		lost = append(lost, l)
	}
	return lost
}
