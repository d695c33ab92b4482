package scenarios

import (
	"fmt"
	"path"
	"strings"
	"time"

	"capsim/netsim"
)

// Files reads a file that a script names, by its path relative to the script's own.
type Files func(name string) ([]byte, error)

const (
	empiricalUsage = "empirical(FILE)"
	empiricalDoc   = "each line of the file is a duration, as 12.5ms, and each as likely; in use latency only; the file lies beside the script"
)

// maxDurations bounds how many durations an empirical distribution has.
const maxDurations = 100_000

// measured is a distribution whose durations stand in a file.
type measured struct {
	netsim.Dist
	file string
}

func (m measured) String() string { return "empirical(" + m.file + ")" }

// distribution reads the i-th word, which may name a file.
func (a *args) distribution(i int) (netsim.Dist, *Problem) {
	text := a.words[i].text
	file, ok := strings.CutPrefix(text, "empirical(")
	file, closed := strings.CutSuffix(file, ")")
	if ok && closed {
		return a.empirical(i, strings.TrimSpace(file))
	}
	d, err := netsim.ParseDist(text)
	if err != nil {
		return nil, a.wrong(i, wantDist+"; "+err.Error(), distNames()...)
	}
	return d, nil
}

// empirical reads the durations of a file, and keeps its content for the trace.
func (a *args) empirical(i int, file string) (netsim.Dist, *Problem) {
	switch {
	case !beside(file):
		return nil, a.wrong(i, "a file beside the script, as empirical(delays.txt)")
	case a.p.files == nil:
		return nil, a.wrong(i, "a distribution without a file: this script has none beside it")
	case a.p.fixed["input"] && a.p.settings.Input == file:
		return nil, a.wrong(i, "another file than the input, which has this name")
	}
	content, wrong := a.file(i, file)
	if wrong != nil {
		return nil, wrong
	}
	durations, want := readDurations(content)
	if want != "" {
		return nil, a.wrong(i, file+" with a duration on each line: "+want)
	}
	d, err := netsim.Empirical(durations)
	if err != nil {
		return nil, a.wrong(i, file+" with a duration on each line: "+err.Error())
	}
	a.p.settings.hold(file, content)
	return measured{d, file}, nil
}

// beside tells whether a file of that name lies beside the script, or below.
func beside(file string) bool {
	return file != "" && !strings.HasPrefix(file, "/") && path.Clean(file) == file && !strings.HasPrefix(file, "..") && !strings.ContainsAny(file, `\:`)
}

// file returns what the file that the i-th word names holds.
func (a *args) file(i int, name string) (string, *Problem) {
	if content, known := a.p.settings.Files[name]; known {
		return content, nil
	}
	data, err := a.p.files(name)
	if err != nil {
		return "", a.wrong(i, "a file that can be read: "+err.Error())
	}
	return string(data), nil
}

// hold keeps the content of a file for the trace.
func (s *Settings) hold(file, content string) {
	if s.Files == nil {
		s.Files = map[string]string{}
	}
	s.Files[file] = content
}

// readDurations reads one duration a line, blank lines and those that begin with #
// aside; want is what was expected if a line is none.
func readDurations(text string) (ds []time.Duration, want string) {
	if len(text) > maxSource {
		return nil, "it is larger than 1 MiB"
	}
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		d, want := parseDuration(line, 0, time.Hour)
		if want != "" {
			return nil, fmt.Sprintf("line %d is %s, expected %s", n+1, shown(line), want)
		}
		if ds = append(ds, d); len(ds) > maxDurations {
			return nil, fmt.Sprintf("it has more than %d", maxDurations)
		}
	}
	return ds, ""
}

// filesOf are the files that a trace's header holds.
func filesOf(held map[string]string) Files {
	return func(name string) ([]byte, error) {
		content, ok := held[name]
		if !ok {
			return nil, fmt.Errorf("the trace does not hold it")
		}
		return []byte(content), nil
	}
}
