package main

import (
	"path/filepath"
	"testing"
)

// Progress is kept in the user's state directory, or nowhere.
func TestStateFile(t *testing.T) {
	home, state := t.TempDir(), t.TempDir()
	tests := map[string]struct {
		home, state string
		none        bool
		want        string
	}{
		"XDG_STATE_HOME":               {home: home, state: state, want: filepath.Join(state, "capsim", "progress.json")},
		"the default":                  {home: home, want: filepath.Join(home, ".local", "state", "capsim", "progress.json")},
		"a relative one doesn't count": {home: home, state: "state", want: filepath.Join(home, ".local", "state", "capsim", "progress.json")},
		"no home":                      {},
		"--no-state":                   {home: home, state: state, none: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Setenv("HOME", tt.home)
			t.Setenv("XDG_STATE_HOME", tt.state)
			a := &app{flags: flags{noState: tt.none}}
			if got := a.stateFile(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// A lesson opened later keeps the store that was asked for, and its own policy and seed.
func TestLessonOpenedLater(t *testing.T) {
	a := &app{flags: flags{store: "memory", policy: "cp", seed: "7", nodes: "5"}}
	s, err := a.lesson("shop")
	if err != nil {
		t.Fatal(err)
	}
	if set := s.Settings; set.Store != "memory" || set.Policy.Spec.Name != "base" || set.Seed != 42 || set.Nodes != 3 {
		t.Errorf("store %s, policy %s, seed %d, nodes %d", set.Store, set.Policy.Spec.Name, set.Seed, set.Nodes)
	}
	if _, err := a.lesson("no-such-lesson"); err == nil {
		t.Error("a lesson that is not there was opened")
	}
}
