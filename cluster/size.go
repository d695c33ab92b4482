package cluster

import (
	"reflect"
	"strings"

	"capsim/policies"
)

// frameSize is what a message takes on the wire beside its content: the headers of
// IP, TCP and a request's own, in bytes.
const frameSize = 64

// Sizer is a message that knows how many bytes its content takes on the wire. Of
// others it is estimated.
type Sizer interface{ Size() int }

// sizeOf returns how many bytes a message takes on the wire.
func sizeOf(msg policies.Message) int {
	if s, ok := msg.(Sizer); ok {
		return frameSize + max(s.Size(), 0)
	}
	left := maxValues
	return frameSize + estimate(reflect.ValueOf(msg), &left)
}

// maxValues bounds how many values of a message are looked at.
const maxValues = 1 << 16

// estimate adds up what a value takes in a plain binary form: numbers as wide as they
// are in memory, texts and lists with two bytes for their length, nothing for what is
// not there. What refers to itself is cut off at maxValues.
func estimate(v reflect.Value, left *int) int {
	if *left--; *left < 0 {
		return 0
	}
	const length = 2
	n := 0
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			n = estimate(v.Elem(), left)
		}
	case reflect.Struct:
		if strings.HasPrefix(v.Type().PkgPath(), "google.golang.org/protobuf/") {
			return 0 // bookkeeping of the encoder
		}
		for i := range v.NumField() {
			n += estimate(v.Field(i), left)
		}
	case reflect.String:
		n = length + v.Len()
	case reflect.Array: // a list's room within its message, if not plain bytes: the list counts
		if v.Type().Elem().Kind() == reflect.Uint8 {
			n = v.Len()
		}
	case reflect.Slice:
		n = length
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return n + v.Len()
		}
		for i := range v.Len() {
			n += estimate(v.Index(i), left)
		}
	case reflect.Map: // a sum has no order, unless the bound cuts it off
		n = length + v.Len()*int(v.Type().Key().Size()+v.Type().Elem().Size())
	case reflect.Chan, reflect.Func, reflect.UnsafePointer, reflect.Invalid:
	default:
		n = int(v.Type().Size())
	}
	return n
}
