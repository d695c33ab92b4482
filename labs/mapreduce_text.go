package labs

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// pair is a word and what is known of it.
type pair struct{ word, value string }

// item is a pair as a Redis list holds it. A word has no tab.
func (p pair) item() string { return p.word + "\t" + p.value }

func parsePair(item string) pair {
	word, value, _ := strings.Cut(item, "\t")
	return pair{word, value}
}

// mrFunction is what a job does, between split and merge.
type mrFunction struct {
	// emit is what is known of a word from one place, on the line of that number, from 1.
	emit func(line int) string
	// combine makes one of what is known of a word from several places, in any order: at the
	// mapper (the paper's combiner) and at the reducer.
	combine func(values []string) string
	// weight is by how much a word counts in TOP.
	weight func(value string) int
}

// mrFunctions are the jobs by name.
var mrFunctions = map[string]mrFunction{
	"wordcount": {
		emit: func(int) string { return "1" },
		combine: func(values []string) string {
			sum := 0
			for _, v := range values {
				sum += atoi(v)
			}
			return strconv.Itoa(sum)
		},
		weight: atoi,
	},
	"index": {
		emit: strconv.Itoa,
		combine: func(values []string) string {
			var lines []int
			for _, v := range values {
				for _, l := range strings.Split(v, ",") {
					lines = append(lines, atoi(l))
				}
			}
			slices.Sort(lines)
			var b strings.Builder
			for i, l := range slices.Compact(lines) {
				if i > 0 {
					b.WriteByte(',')
				}
				b.WriteString(strconv.Itoa(l))
			}
			return b.String()
		},
		weight: func(value string) int { return 1 + strings.Count(value, ",") },
	},
}

// inputLines are the lines of a text; a text without any has one that is empty.
func inputLines(text string) []string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimSuffix(l, "\r")
	}
	return lines
}

// wordsOf lists the words of a line, in lower case: letters and digits, with apostrophes
// between them.
func wordsOf(line string) []string {
	words := strings.FieldsFunc(strings.ToLower(line), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' && r != '’'
	})
	kept := words[:0]
	for _, w := range words {
		if w = strings.Trim(w, "'’"); w != "" {
			kept = append(kept, w)
		}
	}
	return kept
}

// split returns the lines of a map task, of so many, from the first to before the last: the
// tasks take them in turn, so that each ends at the line end after its share of the bytes.
func split(lines []string, task, tasks int) (from, to, bytes int) {
	total := 0
	for _, l := range lines {
		total += len(l) + 1
	}
	from, to = len(lines), len(lines)
	at := 0 // where the line begins
	for i, l := range lines {
		// The line is that task's in whose share its first byte is.
		owner := at * tasks / total
		if owner == task-1 {
			from = min(from, i)
			bytes += len(l) + 1
		}
		if owner > task-1 {
			to = i
			break
		}
		at += len(l) + 1
	}
	return min(from, to), to, bytes
}

// mapLines is a map task: its pairs, in a list for each reduce task, by word.
func mapLines(f mrFunction, lines []string, from, to, reduces int) [][]string {
	var pairs []pair
	for i := from; i < to; i++ {
		for _, w := range wordsOf(lines[i]) {
			pairs = append(pairs, pair{w, f.emit(i + 1)})
		}
	}
	lists := make([][]string, reduces)
	for _, p := range merged(f, pairs) {
		r := partition(p.word, reduces)
		lists[r] = append(lists[r], p.item())
	}
	return lists
}

// partition returns the reduce task, from 0, that a word belongs to: hash(key) mod R.
func partition(word string, reduces int) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(word))
	return int(h.Sum32() % uint32(reduces))
}

// merged sorts pairs by word and makes one of those of each.
func merged(f mrFunction, pairs []pair) []pair {
	slices.SortStableFunc(pairs, func(a, b pair) int { return strings.Compare(a.word, b.word) })
	var out []pair
	for i := 0; i < len(pairs); {
		j := i
		var values []string
		for ; j < len(pairs) && pairs[j].word == pairs[i].word; j++ {
			values = append(values, pairs[j].value)
		}
		out = append(out, pair{pairs[i].word, f.combine(values)})
		i = j
	}
	return out
}

// reduceParts is a reduce task: what the maps' lists say, a word an item, sorted.
func reduceParts(f mrFunction, parts [][]string) []string {
	var pairs []pair
	for _, items := range parts {
		for _, item := range items {
			pairs = append(pairs, parsePair(item))
		}
	}
	out := merged(f, pairs)
	items := make([]string, len(out))
	for i, p := range out {
		items[i] = p.item()
	}
	return items
}

// top lists the n heaviest words of a result, and their weights; of equal ones the first
// in the alphabet.
func top(f mrFunction, result []string, n int) []pair {
	pairs := make([]pair, len(result))
	weights := make(map[string]int, len(result))
	for i, item := range result {
		pairs[i] = parsePair(item)
		weights[pairs[i].word] = f.weight(pairs[i].value)
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		return cmp.Or(cmp.Compare(weights[b.word], weights[a.word]), strings.Compare(a.word, b.word))
	})
	pairs = pairs[:min(n, len(pairs))]
	for i := range pairs {
		pairs[i].value = strconv.Itoa(weights[pairs[i].word])
	}
	return pairs
}

// size is how many bytes a list's items have, with an end of line each.
func size(items []string) int {
	n := 0
	for _, item := range items {
		n += len(item) + 1
	}
	return n
}

// gettysburg is the input of a run that is given none: Lincoln's address of 19 November
// 1863, the text carved at his memorial. It is in the public domain.
const gettysburg = `Four score and seven years ago our fathers brought forth on this
continent, a new nation, conceived in Liberty, and dedicated to the
proposition that all men are created equal.

Now we are engaged in a great civil war, testing whether that nation,
or any nation so conceived and so dedicated, can long endure. We are
met on a great battle-field of that war. We have come to dedicate a
portion of that field, as a final resting place for those who here
gave their lives that that nation might live. It is altogether fitting
and proper that we should do this.

But, in a larger sense, we can not dedicate -- we can not consecrate --
we can not hallow -- this ground. The brave men, living and dead, who
struggled here, have consecrated it, far above our poor power to add or
detract. The world will little note, nor long remember what we say
here, but it can never forget what they did here. It is for us the
living, rather, to be dedicated here to the unfinished work which they
who fought here have thus far so nobly advanced. It is rather for us to
be here dedicated to the great task remaining before us -- that from
these honored dead we take increased devotion to that cause for which
they gave the last full measure of devotion -- that we here highly
resolve that these dead shall not have died in vain -- that this
nation, under God, shall have a new birth of freedom -- and that
government of the people, by the people, for the people, shall not
perish from the earth.
`
