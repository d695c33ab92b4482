package scenarios

import (
	"slices"
	"sort"
	"strings"
)

// nearest returns the known word that is most like what was read; "" if none is
// like it. Case doesn't count. Of two alike the first is taken.
func nearest(got string, known []string) string {
	const longest = 40 // no word of the language is longer
	if len(got) < 2 || len(got) > longest || slices.Contains(known, got) {
		return ""
	}
	low := strings.ToLower(got)
	best, least := "", 1+max(1, min(3, len(low)/3))
	for _, k := range known {
		folded := strings.ToLower(k)
		d := distance(low, folded)
		if len(low) == 2 && d > 0 && !swapped(low, folded) {
			continue
		}
		if d < least {
			best, least = k, d
		}
	}
	if best == "" && len(low) >= 3 {
		return onlyWithPrefix(low, known)
	}
	return best
}

// swapped tells whether two letters changed places: two-letter words are too much
// alike for anything less.
func swapped(a, b string) bool { return len(b) == 2 && a[0] == b[1] && a[1] == b[0] }

// onlyWithPrefix returns the one known word that begins so, "" if there are more.
func onlyWithPrefix(prefix string, known []string) string {
	found := ""
	for _, k := range known {
		if !strings.HasPrefix(strings.ToLower(k), prefix) || k == found {
			continue
		}
		if found != "" {
			return ""
		}
		found = k
	}
	return found
}

// distance is the optimal string alignment distance: the least number of letters
// inserted, deleted, replaced, or swapped with their neighbour.
//
// Source: Damerau, A technique for computer detection and correction of spelling
// errors (1964).
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(a)][len(b)]
}

// wordsIn returns the words of a usage or an expectation that might have been
// meant: "hold" of "partition A | B [hold]". Those with digits are examples.
func wordsIn(text string) []string {
	words := strings.FieldsFunc(text, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-')
	})
	words = slices.DeleteFunc(words, func(w string) bool { return strings.ContainsAny(w, "0123456789") })
	for i, w := range words {
		words[i] = strings.Trim(w, "-")
	}
	sort.SliceStable(words, func(i, j int) bool { return len(words[i]) > len(words[j]) })
	for i, w := range words {
		if len(w) < 3 {
			return words[:i]
		}
	}
	return words
}
