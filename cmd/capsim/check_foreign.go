package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"capsim/check/foreign"
	"capsim/scenarios"
)

// checkHelp is the long help of `capsim check`.
func checkHelp() string {
	var b strings.Builder
	b.WriteString(`Judges the history in a file: a trace of capsim's, or what another program wrote. What it
is, is told from its content.

Jepsen's EDN: one map an event, one a line or all in a vector.
  {:process 0, :type :invoke, :f :write, :value 3}
  {:process 0, :type :ok, :f :write, :value 3}
:fail did not happen and is left out; :info, and what has no end, may have happened or may
yet; the nemesis and other keys are ignored. A read that was ok with nil was not recorded.
Keys: tuples [k v] as jepsen.independent writes them, or :key.

Jepsen's older text logs: the lines that say jepsen.util.
  INFO  jepsen.util - 0	:invoke	:cas	[2 4]
There a read of nil saw nothing, and a cas that failed found another value.

JSON lines: one object an operation. The times have any unit; what touches is concurrent.
  {"client":"a","op":"write","key":"x","value":3,"call":0,"return":5}
  {"client":"b","op":"read","key":"x","value":3,"call":6,"return":7.5}
  {"client":"b","op":"cas","key":"x","value":[3,4],"call":8,"return":9,"swapped":false}
  {"client":"a","op":"write","key":"x","value":5,"call":8,"outcome":"unknown"}
  {"client":"a","op":"add","value":7,"call":0,"return":1}          of a set: add, remove; read [5,7]
"outcome" is ok, fail (it did not happen) or unknown (without a "return"). A read gives what
it returned, null if nothing was there. "key" and "swapped" may be left out, what else you
keep goes into "extra".

Models:
`)
	for _, m := range foreign.Models {
		fmt.Fprintf(&b, "  %-13s %s\n", m.Name, m.Doc)
	}
	b.WriteString(`
Exit code: 0 all checks asked for hold, 1 one doesn't, 2 one is unknown, 3 the file can't be
read, 4 the picture can't be written.`)
	return b.String()
}

// maxSteps bounds --steps: some minutes, and gigabytes.
const maxSteps = 100_000_000

// judged reads the file that is to be judged.
func (a *app) judged(path string, f checkFlags) (*judged, error) {
	data, err := readHead(path)
	if err != nil {
		return nil, inputError(err)
	}
	if bytes.HasPrefix(data, []byte(`{"trace":`)) {
		if f.model != "" || f.init != "" {
			return nil, inputError(fmt.Errorf("%s is a trace of capsim's, which says itself what its commands do: leave --model and --init out", path))
		}
		return a.judgedTrace(path)
	}
	if f.steps < 1 || f.steps > maxSteps {
		return nil, inputError(fmt.Errorf("--steps: read %d, expected 1 to %d", f.steps, maxSteps))
	}
	h, err := foreign.Read(data, foreign.Options{Model: f.model, Init: f.init, Steps: f.steps})
	var at *foreign.Error
	switch {
	case errors.As(err, &at) && error(at) == err: // one about --init has a place of its own
		return nil, inputError(fmt.Errorf("%s:%w", path, err))
	case err != nil:
		return nil, inputError(fmt.Errorf("%s: %w", path, err))
	}
	return &judged{
		History: h.History, lines: h, heading: heading(path, h), defaults: []string{"linearizable"},
		report: checkReport{File: path, Format: h.Format.String(), Model: h.Model, Why: h.Why, Init: h.Init, Counts: &h.Counts},
	}, nil
}

func (a *app) judgedTrace(path string) (*judged, error) {
	f, err := a.readTrace(path)
	if err != nil {
		return nil, err
	}
	h, script, err := scenarios.HistoryOf(f)
	if err != nil {
		return nil, inputError(err)
	}
	return &judged{History: h, defaults: scenarios.VerdictOrder(script.Settings.Policy), report: checkReport{File: path, Format: "capsim trace"}}, nil
}

// readHead reads a file that is no trace, and of a trace the beginning.
func readHead(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: no such file", path)
		}
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s: is a directory, expected a trace or a history", path)
	}
	data, err := io.ReadAll(io.LimitReader(f, foreign.MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return data, nil
}

// heading says what was read, and as what.
func heading(path string, h *foreign.History) string {
	c := h.Counts
	why := "as asked"
	if h.Why != "" {
		why = h.Why
	}
	s := fmt.Sprintf("%s: %s, %s on %s by %s\n  %d answered, %d without an answer, %d did not happen",
		path, h.Format, count(c.Operations, "operation"), count(c.Keys, "key"), count(c.Clients, "client"), c.Answered, c.Unknown, c.NotDone)
	if c.Unrecorded > 0 {
		s += fmt.Sprintf(", %s not recorded", count(c.Unrecorded, "read"))
	}
	return s + fmt.Sprintf("\n  model %s (%s), each key holds %s at first", h.Model, why, h.Init)
}

// count writes "1 key", "2 keys".
func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// completeHistories completes the name of a trace or a history.
func completeHistories(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"trace", "edn", "log", "jsonl", "json"}, cobra.ShellCompDirectiveFilterFileExt
}
