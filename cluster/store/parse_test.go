package store

import (
	"strings"
	"testing"
)

func TestParseNames(t *testing.T) {
	for spec, name := range map[string]string{
		"memory": "memory", "miniredis": "miniredis", "spawn": "spawn",
		"redis://localhost": "redis", "redis://a:1,redis://b:2,rediss://c:3/4": "redis",
	} {
		o, err := Parse(spec)
		if err != nil || o.Name() != name {
			t.Errorf("Parse(%q) = %v, %v, want %s", spec, o, err, name)
		}
	}
}

func TestParseEndpoints(t *testing.T) {
	for raw, want := range map[string]endpoint{
		"redis://localhost":                    {addr: "localhost:6379"},
		"redis://h:7001/":                      {addr: "h:7001"},
		"redis://h:7001/3":                     {addr: "h:7001", db: 3},
		"redis://:pw@h:1":                      {addr: "h:1", password: "pw"},
		"redis://u:p%40%2C%3A@h:1":             {addr: "h:1", user: "u", password: "p@,:"},
		"rediss://[::1]:7001":                  {addr: "[::1]:7001", tls: true},
		"redis://default:secret@10.0.0.7:6380": {addr: "10.0.0.7:6380", user: "default", password: "secret"},
	} {
		if e, err := parseEndpoint(raw); err != nil || e != want {
			t.Errorf("parseEndpoint(%q) = %+v, %v, want %+v", raw, e, err, want)
		}
	}
}

// TestParseErrors: each says what is wrong and at which node, and none repeats the
// password.
func TestParseErrors(t *testing.T) {
	for spec, want := range map[string]string{
		"":                              "unknown store",
		"redis":                         "unknown store redis: it is miniredis, memory, spawn, or",
		"u:hunter2@localhost:7001":      "unknown store: it is",
		"http://h":                      "store of n1: the URL must begin redis://",
		"redis://h:1,":                  "store of n2: the URL must begin redis://",
		"redis://":                      "the URL names no host",
		"redis://h:0":                   "port must be 1 to 65535",
		"redis://h:70000":               "port must be 1 to 65535",
		"redis://h:x":                   "can't be read",
		"redis://u:hunter2@h:x":         "can't be read: in a password write %40",
		"redis://u:hunter2@h:1/x":       "number of a database",
		"redis://u:hunter2@h:1/-1":      "number of a database",
		"redis://u:hunter2@h:1?a=b":     "options after ? or #",
		"redis://u:hunter2#@h:1":        "can't be read: in a password",
		"redis://h:1#x":                 "options after ? or #",
		"redis://u:hunter2%zz@h:1":      "can't be read: in a password",
		"redis://u:hunter2 @h:1":        "can't be read: in a password",
		"redis://h:1,redis://:hunter2@": "store of n2: the URL names no host",
	} {
		_, err := Parse(spec)
		if !is[*InputError](err) || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse(%q): %v, want … %s …", spec, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("Parse(%q) shows the password: %v", spec, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("hunter2", "h:7001/0")
	f.Add("hun,ter2", "h")
	f.Fuzz(func(t *testing.T, password, rest string) {
		if len(password) < 6 || strings.Contains(rest, password) || strings.Contains("the URL can't be read: in a password write", password) {
			t.Skip()
		}
		_, err := Parse("redis://u:" + password + "@" + rest)
		if err != nil && strings.Contains(err.Error(), password) {
			t.Errorf("the password %q is in: %v", password, err)
		}
	})
}

func TestOpenRefusesWhatCantBe(t *testing.T) {
	url, err := Parse("redis://h:1,redis://h:2")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		o     Opener
		nodes int
		run   string
		want  string
	}{
		{url, 3, "r", "the store has 2 Redis URLs and the run 3 nodes"},
		{mini{}, 10, "r", "serves 1 to 9 nodes, not 10"},
		{spawn{}, 0, "r", "serves 1 to 9 nodes, not 0"},
		{mini{}, 3, "a:b", "run id a:b can't stand in a Redis key"},
		{mini{}, 3, "", "run id"},
		{mini{}, 3, strings.Repeat("r", 65), "run id"},
	} {
		_, err := c.o.Open(c.nodes, c.run)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: Open(%d, %q): %v, want … %s …", c.o.Name(), c.nodes, c.run, err, c.want)
		}
		if !is[*InputError](err) {
			t.Errorf("%v is the input's fault", err)
		}
	}
}
