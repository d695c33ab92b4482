// Package capsim_test keeps the house rules: who may import whom, and what the
// deterministic core may not use.
package capsim_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"capsim/labs"
	"capsim/policies"
)

// mayImport says which rooms a room's code may import, besides rooms inside it.
var mayImport = map[string][]string{
	"model":         {},
	"netsim":        {"model"},
	"trace":         {"model"},
	"policies":      {"model"},
	"labs":          {"policies", "model"},
	"check":         {"trace", "model"},
	"cluster/store": {"model"},
	"cluster":       {"cluster/store", "netsim", "policies", "labs", "trace", "model"},
	"scenarios":     {"cluster", "cluster/store", "check", "netsim", "policies", "labs", "trace", "model"},
	"export":        {"trace", "check", "model"},
	"tui/canvas":    {},
	"tui":           {"tui/canvas", "scenarios", "export", "check", "trace", "model"},
}

// pure are the rooms that know no wall clock, no goroutine, no environment and no
// chance but their streams'.
var pure = []string{"model", "netsim", "policies", "labs", "check", "trace", "cluster"}

// room returns the room that a folder belongs to.
func room(dir string) string {
	for _, inner := range []string{"cluster/store", "tui/canvas"} {
		if dir == inner || strings.HasPrefix(dir, inner+"/") {
			return inner
		}
	}
	return strings.SplitN(dir, "/", 2)[0]
}

// sources calls f with every Go file of the program, tests left out.
func sources(t *testing.T, f func(path string, set *token.FileSet, file *ast.File)) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || path != "." && strings.HasPrefix(d.Name(), ".")) {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			return err
		}
		f(filepath.ToSlash(path), set, file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestImportsGoOneWay(t *testing.T) {
	sources(t, func(path string, _ *token.FileSet, file *ast.File) {
		from := room(filepath.ToSlash(filepath.Dir(path)))
		allowed, known := mayImport[from]
		if !known {
			if from != "cmd" {
				t.Errorf("%s: no room is called %s", path, from)
			}
			return
		}
		for _, spec := range file.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			to, ours := strings.CutPrefix(name, "capsim/")
			if ours && room(to) != from && !slices.Contains(allowed, room(to)) {
				t.Errorf("%s imports %s: %s may import only %v", path, name, from, allowed)
			}
		}
	})
}

// A pane's type is known in its own files alone: wirePane in pane_wire.go and in those whose
// name begins as it does, wire_….go.
func TestPanesAreStrangers(t *testing.T) {
	seen, paneNames := 0, panesByFile(t)
	sources(t, func(path string, set *token.FileSet, file *ast.File) {
		if filepath.ToSlash(filepath.Dir(path)) != "tui" {
			return
		}
		name := strings.TrimSuffix(filepath.Base(path), ".go")
		first, rest, _ := strings.Cut(name, "_")
		ast.Inspect(file, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			of, isPane := strings.CutSuffix(id.Name, "Pane")
			if of = strings.ToLower(of); !isPane || !paneNames[of] {
				return true
			}
			seen++
			if own := first == "pane" && rest == of || first != "pane" && len(first) > 3 && strings.HasPrefix(of, first); !own {
				t.Errorf("%s knows %s", set.Position(id.Pos()), id.Name)
			}
			return true
		})
	})
	if seen < 2*len(paneNames) {
		t.Errorf("%d mentions of panes: are these still their names?", seen)
	}
}

// panesByFile are the panes, as their files are called.
func panesByFile(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("tui/pane_*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("tui has no panes", err)
	}
	names := map[string]bool{}
	for _, f := range files {
		if !strings.HasSuffix(f, "_test.go") {
			names[strings.TrimSuffix(strings.TrimPrefix(filepath.Base(f), "pane_"), ".go")] = true
		}
	}
	return names
}

// The map of the tui in its package comment names every file, each in one place, and no other.
func TestMapOfTheScreen(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "tui/tui.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`[a-z_]+\*?\.go`).FindAllString(file.Doc.Text(), -1)
	places := map[string]int{}
	for _, pattern := range named {
		files, err := filepath.Glob("tui/" + pattern)
		if err != nil || len(files) == 0 {
			t.Errorf("the map names %s: no file is called so", pattern)
		}
		for _, f := range files {
			if base := filepath.Base(f); !strings.HasSuffix(base, "_test.go") && (base == pattern || !slices.Contains(named, base)) {
				places[base]++
			}
		}
	}
	all, err := filepath.Glob("tui/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		if base := filepath.Base(f); !strings.HasSuffix(base, "_test.go") && places[base] != 1 {
			t.Errorf("%s stands in %d places of the map in tui/tui.go", base, places[base])
		}
	}
}

func TestCoreIsPure(t *testing.T) {
	sources(t, func(path string, set *token.FileSet, file *ast.File) {
		if !slices.Contains(pure, room(filepath.ToSlash(filepath.Dir(path)))) {
			return
		}
		for _, why := range impurities(file) {
			t.Errorf("%s: %s", set.Position(why.pos), why.what)
		}
	})
}

type impurity struct {
	pos  token.Pos
	what string
}

// impurities finds what the core may not use.
func impurities(file *ast.File) []impurity {
	var found []impurity
	add := func(n ast.Node, what string) { found = append(found, impurity{n.Pos(), what}) }
	names := map[string]string{}
	for _, spec := range file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		name := path[strings.LastIndex(path, "/")+1:]
		if path == "math/rand/v2" {
			name = "rand"
		}
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = path
		if path == "os" || path == "math/rand" || path == "crypto/rand" || path == "sync" || path == "runtime" {
			add(spec, "imports "+path)
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			add(n, "starts a goroutine")
		case *ast.ChanType, *ast.SelectStmt, *ast.SendStmt:
			add(n, "uses a channel")
		case *ast.CallExpr:
			if what := impureCall(n, names); what != "" {
				add(n, what)
			}
		}
		return true
	})
	return found
}

// impureCall names a call that reads the wall clock or the global random source.
func impureCall(call *ast.CallExpr, names map[string]string) string {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	pkg, ok := sel.X.(*ast.Ident)
	if !ok {
		return ""
	}
	switch names[pkg.Name] {
	case "time":
		if slices.Contains([]string{"Now", "Sleep", "Since", "Until", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}, sel.Sel.Name) {
			return "calls time." + sel.Sel.Name
		}
	case "math/rand/v2":
		if sel.Sel.Name != "New" && !strings.HasPrefix(sel.Sel.Name, "New") {
			return "draws from the global random source: rand." + sel.Sel.Name
		}
	}
	return ""
}

func TestTheRulesCanFail(t *testing.T) {
	const bad = `package p
import ("os"; "time"; "math/rand/v2")
func f() { go f(); time.Now(); _ = rand.IntN(3); _ = make(chan int); _ = os.Args }`
	file, err := parser.ParseFile(token.NewFileSet(), "bad.go", bad, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(impurities(file)); got != 5 {
		t.Errorf("found %d of 5 impurities", got)
	}
}

func TestReadmeTableIsCurrent(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), policies.Specs.Table()) {
		t.Errorf("README.md does not hold the table of policies as it is now:\n%s", policies.Specs.Table())
	}
	const begin, end = "<!-- the labs: make table -->\n", "<!-- end of the labs -->\n"
	before, rest, found := strings.Cut(string(readme), begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("README.md has no %s… %s", begin, end)
	}
	want := before + begin + labs.Specs.Table() + end + after
	switch {
	case want == string(readme):
	case *update:
		if err := os.WriteFile("README.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Error("README.md does not hold the table of labs as it is now: make table")
	}
}
