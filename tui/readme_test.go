package tui

import (
	"os"
	"strings"
	"testing"

	"capsim/tui/canvas"
)

// What the README lists of the terminal program is what there is: layouts, panes, themes, the
// words of the plain twin. The keys that it names are bound.
func TestReadmeListsWhatThereIs(t *testing.T) {
	file, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(file), "## The terminal program")
	section, _, found := strings.Cut(section, "\n## ")
	if !found {
		t.Fatal("README.md has no section of the terminal program")
	}
	text := strings.Join(strings.Fields(section), " ")
	lists := func(want string) {
		if !strings.Contains(text, want) {
			t.Errorf("README.md does not say: %s", want)
		}
	}
	for i := range layouts {
		lists("| `" + layouts[i].name + "` | " + layouts[i].doc + " |")
	}
	var panes, words []string
	for i := range paneList {
		panes = append(panes, paneList[i].name)
	}
	for _, w := range plainWords() {
		words = append(words, "`"+w.word+"`")
	}
	last := len(panes) - 1
	lists("The panes are " + strings.Join(panes[:last], ", ") + " and " + panes[last] + ".")
	lists("`--theme` is `" + strings.Join(canvas.Themes, "`, `") + "`;")
	lists(strings.Join(words, " "))
	lists("The least room is " + itoa(minWidth) + " columns by " + itoa(minHeight) + " rows.")
	bound := map[string]bool{"←": true, "→": true} // as help writes them
	for _, b := range bindings() {
		for _, k := range b.Keys() {
			bound[k] = true
		}
	}
	for i, k := range strings.Split(text, "`") {
		if i%2 == 1 && len([]rune(k)) == 1 && !bound[k] {
			t.Errorf("README.md names the key %s: it is not bound", k)
		}
	}
}
