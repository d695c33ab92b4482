package capsim_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"capsim/labs"
	"capsim/policies"
	"capsim/scenarios"
)

// systemsOfTheArticle are the words with which rows of the README's table of the founding
// article's systems begin.
var systemsOfTheArticle = []string{
	"CAP: CP", "CAP: AP", "CAP: CA", "BASE: the cart, the stock", "BASE: an immediate refusal",
	"the basics: network", "the basics: nodes", "the basics: storage", "the basics: resources", "gossip",
	"ZooKeeper-style coordination: configuration", "ZooKeeper-style coordination: naming",
	"ZooKeeper-style coordination: group membership",
	"distributed locks: a database row", "distributed locks: ZooKeeper", "distributed locks: Redis",
	"distributed transactions: 2PC", "distributed transactions: 3PC", "distributed transactions: message-based",
	"MapReduce",
}

// TestArticleTable: every system of the founding article has a row, and every command in the
// table is a lesson whose run is as it expects.
func TestArticleTable(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(readme), "## The founding article's systems\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var rows []string
	used := map[string]bool{}
	for _, line := range strings.Split(section, "\n") {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| of the article") {
			continue
		}
		rows = append(rows, strings.TrimPrefix(line, "| "))
		commands := regexp.MustCompile("`capsim run ([a-z0-9-]+)`").FindAllStringSubmatch(line, -1)
		if len(commands) == 0 {
			t.Errorf("no command in: %s", line)
		}
		for _, c := range commands {
			if _, err := scenarios.Find(c[1]); err != nil {
				t.Errorf("%s: no lesson of the library is called so", c[1])
				continue
			}
			used[runNamed(t, c[1])] = true
		}
	}
	for _, system := range systemsOfTheArticle {
		found := false
		for _, row := range rows {
			found = found || strings.HasPrefix(row, system)
		}
		if !found {
			t.Errorf("no row of the table begins with %s", system)
		}
	}
	for _, name := range labs.Specs.Names() {
		if !used[name] {
			t.Errorf("no command of the table runs the lab %s", name)
		}
	}
}

// runNamed runs a lesson and returns the policy or lab that it begins with.
func runNamed(t *testing.T, name string) string {
	item, err := scenarios.Find(name)
	if err != nil {
		t.Error(err)
		return ""
	}
	var spec *policies.Spec
	t.Run(name, func(t *testing.T) {
		script, err := scenarios.ParseWith(item.File, item.Source)
		if err != nil {
			t.Fatal(err)
		}
		spec = script.Settings.Policy.Spec
		rep := runOf(t, script)
		if rep.Exit != 0 || len(rep.Expectations) == 0 {
			t.Errorf("exit %d, %d expectations", rep.Exit, len(rep.Expectations))
		}
	})
	if spec == nil {
		return ""
	}
	return spec.Name
}
