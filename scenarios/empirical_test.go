package scenarios

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"capsim/trace"
)

func TestEmpiricalLatency(t *testing.T) {
	files := func(name string) ([]byte, error) {
		return map[string][]byte{
			"delays.txt": []byte("# of a wide area\n12.5ms\n12.5ms\n\n"), "bad.txt": []byte("1ms\nsoon\n"), "none.txt": nil,
		}[name], map[bool]error{true: errors.New("no such file")}[name == "gone.txt"]
	}
	const src = "use latency empirical(delays.txt)\nat 0s alice@n1 SET cart milk\nat 1s end\n"
	script, err := ParseFiles("a.capsim", []byte(src), files)
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	s, err := Open(script, Options{Memory: true, Trace: &file})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Run(), s.Close()); err != nil {
		t.Fatal(err)
	}
	for _, e := range s.Log().All() {
		if e.Kind == trace.Send && e.N-int64(e.At) != 12_500_000 {
			t.Errorf("a message takes %d ns", e.N-int64(e.At))
		}
	}
	// The trace holds the file, so that it can be run again elsewhere.
	f, err := trace.Read(&file)
	if err != nil {
		t.Fatal(err)
	}
	if f.Header.Files["delays.txt"] == "" || !strings.Contains(f.Header.Script, "use latency empirical(delays.txt)") {
		t.Errorf("the header: %+v", f.Header)
	}
	if diff, err := Replay(f, ""); diff != nil || err != nil {
		t.Errorf("%+v, %v", diff, err)
	}
	if _, _, err := HistoryOf(f); err != nil {
		t.Error(err)
	}
	for dist, want := range map[string]string{
		"empirical(bad.txt)":    `bad.txt with a duration on each line: line 2 is "soon", expected a duration`,
		"empirical(none.txt)":   "no durations",
		"empirical(gone.txt)":   "a file that can be read: no such file",
		"empirical(../x.txt)":   "a file beside the script",
		"empirical(/etc/hosts)": "a file beside the script",
		"empirical(c:x)":        "a file beside the script",
		"empirical()":           "a file beside the script",
	} {
		_, err := ParseFiles("a.capsim", []byte("use latency "+dist+"\nat 0s heal\n"), files)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", dist, err, want)
		}
	}
	if _, err := Parse("a.capsim", []byte(src)); err == nil || !strings.Contains(err.Error(), "without a file") {
		t.Errorf("without files: %v", err)
	}
}
