package store

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"pgregory.net/rapid"

	"capsim/model"
)

// encodeCommand writes a command as RESP says, naively.
func encodeCommand(args []string) string {
	s := fmt.Sprintf("*%d\r\n", len(args))
	for _, a := range args {
		s += fmt.Sprintf("$%d\r\n%s\r\n", len(a), a)
	}
	return s
}

func TestParseCommandReadsWhatWasWritten(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		args := rapid.SliceOfN(rapid.StringOfN(rapid.RuneFrom([]rune("a\r\n$*1\x00")), 0, 12, -1), 1, 6).Draw(r, "args")
		s := encodeCommand(args)
		got, n, err := parseCommand([]byte(s + "*1"))
		if err != nil || n != len(s) || !slices.Equal(got, args) {
			r.Fatalf("%q reads as %q, %d bytes, %v", s, got, n, err)
		}
		for cut := range len(s) {
			if got, _, err := parseCommand([]byte(s[:cut])); err != io.ErrUnexpectedEOF {
				r.Fatalf("%q reads as %q, %v", s[:cut], got, err)
			}
		}
	})
}

func FuzzParseCommand(f *testing.F) {
	for _, s := range []string{"*0\r\n", "*99999999999999999999\r\n", "*1\r\n$-1\r\n", "*1\r\n$1\r\nab\r\n", "*1048576\r\n", "*\r\n", "*1\n", "PING\r\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		args, n, err := parseCommand([]byte(s))
		if err != nil {
			return
		}
		if again, m, err := parseCommand([]byte(encodeCommand(args))); err != nil || m > n || !slices.Equal(again, args) {
			t.Errorf("%q reads as %q, which reads as %q, %v", s, args, again, err)
		}
	})
}

// TestEmbeddedAnyPieces: however a pipeline is cut into writes and reads, the
// replies are the same.
func TestEmbeddedAnyPieces(t *testing.T) {
	pipeline := encodeCommand([]string{"SET", "k", "v\r\n"}) + encodeCommand([]string{"GET", "k"}) +
		encodeCommand([]string{"MULTI"}) + encodeCommand([]string{"INCR", "n"}) + encodeCommand([]string{"EXEC"}) + encodeCommand([]string{"NOSUCH"})
	want := "+OK\r\n$3\r\nv\r\n\r\n+OK\r\n+QUEUED\r\n*1\r\n:1\r\n-ERR unknown command `NOSUCH`, with args beginning with: \r\n"
	for size := 1; size <= len(pipeline); size++ {
		c := startEmbedded(t)
		for piece := range slices.Chunk([]byte(pipeline), size) {
			if n, err := c.Write(piece); n != len(piece) || err != nil {
				t.Fatal(n, err)
			}
		}
		got, buf := "", make([]byte, size)
		for {
			n, err := c.Read(buf)
			got += string(buf[:n])
			if err != nil {
				if err != errNoReply {
					t.Fatal(err)
				}
				break
			}
		}
		if got != want {
			t.Fatalf("in pieces of %d: %q, want %q", size, got, want)
		}
	}
}

func startEmbedded(t *testing.T) *embedded {
	t.Helper()
	m := miniredis.NewMiniRedis()
	first, err := m.Dial()
	if err != nil {
		t.Fatal(err)
	}
	_ = first.Close()
	t.Cleanup(m.Close)
	return dialEmbedded(m.Server())
}

func TestEmbeddedRefusesNonsense(t *testing.T) {
	for _, s := range []string{"*0\r\n", "PING\r\n", "*1\r\n$99999999999\r\n", "*9999999\r\n", "*1\r\n$1\r\nabc"} {
		if _, err := startEmbedded(t).Write([]byte(s)); err == nil {
			t.Errorf("%q is taken for a command", s)
		}
	}
}

// TestBigBatch: more than any buffer holds, in one transaction and in one listing.
func TestBigBatch(t *testing.T) {
	for _, o := range []Opener{memory{}, mini{}, servers{at: sharedServers(t)}} {
		n := open(t, o, 3, "big").Node(2)
		var b Batch
		for i := range 2000 {
			b.PutRecord(fmt.Sprintf("key%04d", i), sample(i))
		}
		huge := strings.Repeat("x", 3<<20)
		b.PutMeta("log", []byte(huge))
		if err := n.Commit(&b); err != nil {
			t.Fatal(o.Name(), err)
		}
		keys, err := n.Keys()
		if err != nil || len(keys) != 2000 || keys[1999] != "key1999" || !slices.IsSorted(keys) {
			t.Fatal(o.Name(), len(keys), err)
		}
		if blob, err := n.Meta("log"); err != nil || string(blob) != huge {
			t.Fatal(o.Name(), len(blob), err)
		}
		if err := n.Wipe(); err != nil {
			t.Fatal(o.Name(), err)
		}
		if keys, err := n.Keys(); err != nil || len(keys) != 0 {
			t.Fatal(o.Name(), keys, err)
		}
	}
}

// TestBatchIsReusable: Reset forgets what was written, and keeps nothing alive.
func TestBatchIsReusable(t *testing.T) {
	n := open(t, memory{}, 1, "r").Node(1)
	var b Batch
	b.PutRecord("a", sample(1))
	b.PutRecord("b", nil)
	b.PutMeta("m", nil)
	if err := n.Commit(&b); err != nil || b.Len() != 3 {
		t.Fatal(b.Len(), err)
	}
	if blob, _ := n.Meta("m"); blob == nil {
		t.Error("an empty blob reads as none")
	}
	b.Reset()
	if b.Len() != 0 || b.ops[:1][0].rec != nil {
		t.Error("Reset leaves what was written")
	}
	b.DropRecord("a")
	if err := n.Commit(&b); err != nil {
		t.Fatal(err)
	}
	if rec, _ := n.Record("a"); rec != nil {
		t.Error("a dropped record is there")
	}
	var before model.Record
	if allocs := testing.AllocsPerRun(100, func() {
		b.Reset()
		b.PutRecord("a", &before)
		_ = n.Commit(&b)
	}); allocs != 0 {
		t.Errorf("a commit to memory allocates %v times", allocs)
	}
}
