package capsim_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"capsim/model"
)

// A teacher's page is docs/course/NAME.md, NAME being a lesson's:
//
//	# The lesson's title
//
//	**Aim.** …
//
//	**Misconception.** …
//
//	**Ask before.** … *the answer to hope for*
//
//	**Watch.**
//
//	- **pane**, 2.5 s, `check`, `check`: what is there to be seen
//	- **pane**, end: …
//
//	**Exercises.**
//
//	1. … [Solution](solutions/NAME-1.capsim): what comes out, and why.
//
// What stands between backquotes before the colon of a point is judged at its instant of the lesson, as
// `expect` judges it. A solution is a script whose expectations hold; each of its lines
//
//	# control: OLD => NEW
//
// names a change of the script that makes one of them fail.
type coursePage struct {
	title         string
	misconception string
	watch         []watchPoint
	solutions     []string // of each exercise, the file's name
}

// watchPoint is a point of what to watch.
type watchPoint struct {
	pane   string
	atEnd  bool
	at     model.Time
	checks []string
}

const courseFolder = "docs/course/"

// courseParts are the parts of a page, in their order.
var courseParts = []string{"Aim", "Misconception", "Ask before", "Watch", "Exercises"}

var (
	coursePart     = regexp.MustCompile(`(?m)^\*\*([A-Z][a-z ]+)\.\*\*`)
	courseWatch    = regexp.MustCompile("^- \\*\\*([a-z-]+)\\*\\*, (?:(end)|([0-9.]+) s)((?:, `[^`]+`)*):(?: .+)?$")
	courseExercise = regexp.MustCompile(`(?m)^(\d+)\. `)
	courseSolution = regexp.MustCompile(`\[Solution\]\(solutions/([^)]*)\)`)
)

// readCoursePage reads the page of a lesson.
func readCoursePage(name string) (*coursePage, error) {
	src, err := os.ReadFile(courseFolder + name + ".md")
	if err != nil {
		return nil, err
	}
	text := string(src)
	head, _, _ := strings.Cut(text, "\n")
	p := &coursePage{title: strings.TrimPrefix(head, "# ")}
	var names []string
	parts := map[string]string{}
	found := coursePart.FindAllStringSubmatchIndex(text, -1)
	for i, f := range found {
		end := len(text)
		if i+1 < len(found) {
			end = found[i+1][0]
		}
		part := text[f[2]:f[3]]
		names, parts[part] = append(names, part), strings.TrimSpace(text[f[1]:end])
		if parts[part] == "" {
			return nil, fmt.Errorf("%s.md: nothing stands under %s", name, part)
		}
	}
	if !slices.Equal(names, courseParts) {
		return nil, fmt.Errorf("%s.md has the parts %q, expected %q", name, names, courseParts)
	}
	p.misconception = strings.Join(strings.Fields(parts["Misconception"]), " ")
	if err := p.readWatch(parts["Watch"]); err != nil {
		return nil, fmt.Errorf("%s.md: %w", name, err)
	}
	if err := p.readExercises(name, parts["Exercises"]); err != nil {
		return nil, fmt.Errorf("%s.md: %w", name, err)
	}
	return p, nil
}

func (p *coursePage) readWatch(text string) error {
	for _, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "  ") {
			continue // the point goes on
		}
		m := courseWatch.FindStringSubmatch(line)
		if m == nil {
			return fmt.Errorf("%q is no point to watch, as: - **versions**, 2.5 s, `diverged cart`: …", line)
		}
		w := watchPoint{pane: m[1], atEnd: m[2] != ""}
		if seconds, err := strconv.ParseFloat(m[3], 64); err == nil {
			w.at = model.Time(seconds*1e9 + 0.5)
		}
		for i, c := range strings.Split(m[4], "`") {
			if i%2 == 1 {
				w.checks = append(w.checks, c)
			}
		}
		p.watch = append(p.watch, w)
	}
	return nil
}

func (p *coursePage) readExercises(name, text string) error {
	begins := courseExercise.FindAllStringSubmatchIndex(text, -1)
	for i, b := range begins {
		end := len(text)
		if i+1 < len(begins) {
			end = begins[i+1][0]
		}
		if n := text[b[2]:b[3]]; n != strconv.Itoa(i+1) {
			return fmt.Errorf("exercise %d has the number %s", i+1, n)
		}
		m := courseSolution.FindAllStringSubmatch(text[b[0]:end], -1)
		want := name + "-" + strconv.Itoa(i+1) + ".capsim"
		if len(m) != 1 || m[0][1] != want {
			return fmt.Errorf("exercise %d does not name its one solution, [Solution](solutions/%s)", i+1, want)
		}
		p.solutions = append(p.solutions, want)
	}
	if len(p.solutions) == 0 {
		return fmt.Errorf("there is no exercise")
	}
	return nil
}
