package store

import (
	"encoding/json"

	"capsim/model"
)

// encode and decode are the one form in which Redis keeps a record.

func appendRecord(dst []byte, rec *model.Record) []byte {
	b, err := json.Marshal(rec)
	if err != nil {
		panic(err)
	}
	return append(dst, b...)
}

func parseRecord(b []byte) (*model.Record, error) {
	var rec model.Record
	if err := json.Unmarshal(b, &rec); err != nil {
		return nil, err
	}
	return &rec, nil
}
