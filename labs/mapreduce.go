package labs

import (
	"fmt"
	"strconv"
	"time"

	"capsim/model"
	"capsim/policies"
)

// Bounds of what RUN may ask for.
const (
	mrMaxMaps    = 1000
	mrMaxReduces = 100
	mrMaxTop     = 1000
)

var specMapReduce = &policies.Spec{
	Name:    "mapreduce",
	Lab:     true,
	Apart:   true,
	Summary: "MapReduce: a job in map and reduce tasks on all nodes, that survives crashes and stragglers",
	Doc: `A job counts the words of a text (RUN wordcount) or lists for each word the lines that it
stands on (RUN index). The text is split at line ends into maps pieces of about equal length.
A map task reads its piece and puts out pairs of a word and what is known of it, those of one
word combined; pairs go into a list for each reduce task, chosen by hash(word) mod reduces, in
the Redis of the node that ran the map. When all maps are done, a reduce task fetches its lists
from all nodes, over the network (the shuffle), and merges them word by word. Its output goes to
the master, which merges those of all reduces into the job's result. (In the paper a reduce
fetches while the last maps still run, and its output is a file of the file system that all share.)

The input lies on every node, in the Redis list input, copied there when the node first starts
from a file system that never fails, as GFS is to the paper; a node whose disk was wiped copies
it again. Without use input FILE or --input FILE it is the Gettysburg Address.

One node is the master (master=); all nodes work, the master too, each at one map and one
reduce task at most. Work costs virtual time, work= for each byte, in steps of 16 bytes; slow nK
+5ms makes each step of a node longer, and so makes a straggler. The master asks every worker for
a sign of life each beat. One silent for longer than dead counts as failed: its tasks are handed
out again, and so are the maps that it had completed while a reduce may still need their lists.
Should it come back with its disk, the lists that it holds count again. Lists on the disk of a
node that crashes and is back in time are not made anew. A reduce that can't get its lists from a
node tells the master, which has those maps run elsewhere. Completed reduces are never run again:
their output is at the master.

backup=on: when nothing is left to hand out, the master gives a task that has run for longer than
one and a half times the mean of the finished ones of its kind to a second node. Of all copies of
a task the first to complete counts; the others' completions change nothing. A map's lists and
its completion are one atomic step on the worker's disk, a reduce's output and its completion one on
the master's.

While the master is down, workers finish what they have, and nothing is handed out. It keeps
the jobs and the state of each task in its Redis and goes on from there when it is back. A
master whose disk is wiped has forgotten its jobs: their RUN ends unknown.`,
	Claims: []policies.Claim{
		{Check: "exactly-once"},
	},
	GivesUp: []policies.GivenUp{
		{What: "progress while the master is down: workers finish what they have, and nothing is handed out", Scenario: "mapreduce-master"},
		{What: "work done only once: what a failed node had done, and was not yet fetched, is done again", Scenario: "mapreduce-crash"},
		{What: "with backup=off, a bound by the typical node: the job takes as long as its slowest task", Scenario: "mapreduce-straggler"},
	},
	Params: []policies.Param{
		{Name: "master", Default: "n1", Check: isNode, Try: []string{"n2", "n3"}, Doc: "the node that hands out the tasks"},
		{Name: "maps", Default: "6", Check: isUpTo(mrMaxMaps), Try: []string{"1", "9"}, Doc: "in how many map tasks a job is done, if RUN does not say"},
		{Name: "reduces", Default: "3", Check: isUpTo(mrMaxReduces), Try: []string{"1", "5"}, Doc: "in how many reduce tasks"},
		{Name: "backup", Default: "on", Values: []string{"on", "off"}, Doc: "whether a second node is set to work on a straggler's task, until a BACKUP says otherwise"},
		{Name: "work", Default: "500µs", Check: policies.IsDuration, Try: []string{"50µs", "1ms"}, Doc: "how long a task works on each byte"},
		{Name: "beat", Default: "100ms", Check: policies.IsDuration, Try: []string{"50ms", "200ms"}, Doc: "how often the master asks each worker for a sign of life"},
		{Name: "dead", Default: "600ms", Check: policies.IsDuration, Try: []string{"300ms", "1s"}, Doc: "how long a worker may be silent before it counts as failed"},
	},
	Kinds:  []string{kindPing, kindPong, kindMap, kindReduce, kindDone, kindFetch, kindPart, kindMissing, kindAsk, kindAnswer},
	Checks: []string{"exactly-once"},
	Verbs: []policies.Verb{
		{
			Name: "RUN", Usage: "RUN wordcount|index [maps [reduces]]", Doc: "do a job, and answer when it is done", Min: 1, Max: 3, Valid: validRun,
			Try: []string{"RUN wordcount", "RUN index", "RUN wordcount 4 2", "RUN index 1 1", "RUN wordcount 12 5"},
		},
		{
			Name: "RESULT", Usage: "RESULT word", Doc: "what the last job that was done found of a word: how often it is there, or on which lines", Min: 1, Max: 1,
			Try: []string{"RESULT the", "RESULT zebra"},
		},
		{
			Name: "TOP", Usage: "TOP n", Doc: "the n words that are there most often, or on the most lines, each with that number", Min: 1, Max: 1, Valid: validTop,
			Try: []string{"TOP 3"},
		},
		{
			Name: "BACKUP", Usage: "BACKUP on|off", Doc: "whether stragglers' tasks are given to a second node from now on", Min: 1, Max: 1, Valid: validBackup,
			Try: []string{"BACKUP on", "BACKUP off"},
		},
		{
			Name: "PROGRESS", Usage: "PROGRESS", Doc: "how many tasks of the job at hand are done", Max: 0,
			Try: []string{"PROGRESS"},
		},
	},
	Input:  "the text whose words are counted or listed",
	Fits:   fitsMapReduce,
	Source: "Dean & Ghemawat, MapReduce: Simplified Data Processing on Large Clusters (OSDI 2004)",
	New: func(p policies.Params) policies.Replica {
		master, _ := model.ParseNode(p["master"])
		return &mapReduce{
			masterID: master, maps: atoi(p["maps"]), reduces: atoi(p["reduces"]), backup: p["backup"] == "on",
			work: p.Duration("work"), beat: p.Duration("beat"), dead: p.Duration("dead"),
		}
	},
}

// isNode is the Check of a parameter that names a node.
func isNode(value string) error {
	if n, ok := model.ParseNode(value); !ok || n.String() != value {
		return fmt.Errorf("a node, such as n1")
	}
	return nil
}

// isUpTo is the Check of a parameter that is a number of at least one.
func isUpTo(most int) func(string) error {
	return func(value string) error {
		if n, err := strconv.Atoi(value); err != nil || n < 1 || n > most || strconv.Itoa(n) != value {
			return fmt.Errorf("a number from 1 to %d", most)
		}
		return nil
	}
}

// atoi reads a number that a Check has found to be one; 0 if it is none.
func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

func fitsMapReduce(p policies.Params, nodes int) error {
	if n, _ := model.ParseNode(p["master"]); int(n) > nodes {
		return fmt.Errorf("master=%s needs a node of that name", p["master"])
	}
	if p.Duration("dead") < 2*p.Duration("beat") {
		return fmt.Errorf("dead=%s must be at least twice beat=%s, or a node counts as failed that was not asked", p["dead"], p["beat"])
	}
	if p.Duration("beat") < time.Millisecond {
		return fmt.Errorf("beat=%s must be at least 1ms", p["beat"])
	}
	return nil
}

func validRun(words []string) error {
	if _, ok := mrFunctions[words[0]]; !ok {
		return &policies.ChoiceError{Got: words[0], Want: "a job: wordcount or index"}
	}
	for i, most := range []int{mrMaxMaps, mrMaxReduces} {
		if len(words) > i+1 {
			if err := isUpTo(most)(words[i+1]); err != nil {
				return &policies.ChoiceError{Word: i + 1, Got: words[i+1], Want: err.Error()}
			}
		}
	}
	return nil
}

func validBackup(words []string) error {
	if words[0] != "on" && words[0] != "off" {
		return &policies.ChoiceError{Got: words[0], Want: "on or off"}
	}
	return nil
}

func validTop(words []string) error {
	if err := isUpTo(mrMaxTop)(words[0]); err != nil {
		return &policies.ChoiceError{Got: words[0], Want: err.Error()}
	}
	return nil
}
