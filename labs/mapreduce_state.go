package labs

import (
	"fmt"
	"strconv"
	"strings"

	"capsim/model"
)

// What the master keeps in its Redis:
//
//	meta epoch            which life of its disk this is
//	list jobs             an item a job, in the order in which they came
//	meta run:OP           which job a RUN is; so one that comes twice is done once
//	meta current          the job at hand and when it began; meta finished: the last that was done
//	meta task:map3        of the job at hand: what is known of each task
//	list jobE.N:part1     the output of each reduce that is done
//	list jobE.N:result    of the last job that was done: all of it

// mrTask is what the master knows of a task. It is written in a line: how often it was handed
// out, the state, and the nodes with their attempts.
type mrTask struct {
	reduce bool
	number int // from 1
	tries  int
	done   bool
	at     model.NodeID // who completed it
	runs   []mrRun      // who is at it, if it is not done

	seq    uint64       // of the master's last message before it was done; not kept
	avoid  model.NodeID // a node that a reduce could not get the lists from; not kept
	prefer model.NodeID // that reduce's; not kept
}

// mrRun is an attempt at a task. Once it is abandoned, its completion still counts if it is
// the first.
type mrRun struct {
	node    model.NodeID
	attempt uint64
	since   model.Time // on the monotonic clock; not kept
	before  bool       // since only says when this life of the master began; not kept
	life    int        // the node's incarnation when it first answered for the task; not kept
}

func (t *mrTask) name() string {
	if t.reduce {
		return "reduce " + strconv.Itoa(t.number)
	}
	return "map " + strconv.Itoa(t.number)
}

func (t *mrTask) meta() string { return "task:" + strings.ReplaceAll(t.name(), " ", "") }

func (t *mrTask) encode() string {
	var b strings.Builder
	b.WriteString(strconv.Itoa(t.tries))
	switch {
	case t.done:
		b.WriteString(" done " + t.at.String())
	case len(t.runs) == 0:
		b.WriteString(" idle")
	default:
		b.WriteString(" running")
		for _, run := range t.runs {
			b.WriteString(" " + run.node.String() + "#" + strconv.FormatUint(run.attempt, 10))
		}
	}
	return b.String()
}

// decode reads what encode wrote. What it can't read is a task that nobody is at.
func (t *mrTask) decode(text string, nodes int) {
	words := strings.Fields(text)
	if len(words) < 2 {
		return
	}
	t.tries = atoi(words[0])
	for _, w := range words[2:] {
		name, attempt, _ := strings.Cut(w, "#")
		node, ok := model.ParseNode(name)
		if !ok || int(node) > nodes {
			continue
		}
		if words[1] == "done" {
			t.done, t.at = true, node
			continue
		}
		if a, err := strconv.ParseUint(attempt, 10, 64); err == nil && words[1] == "running" {
			t.runs = append(t.runs, mrRun{node: node, attempt: a})
		}
	}
}

func encodeJob(j mrJob) string {
	return fmt.Sprintf("%d %d %d %s %d %d", j.Epoch, j.N, j.Op, j.Function, j.Maps, j.Reduces)
}

// decodeJob reads what encodeJob wrote; none if it can't.
func decodeJob(text string) (j mrJob) {
	if n, err := fmt.Sscanf(text, "%d %d %d %s %d %d", &j.Epoch, &j.N, &j.Op, &j.Function, &j.Maps, &j.Reduces); n != 6 || err != nil {
		return mrJob{}
	}
	if _, known := mrFunctions[j.Function]; !known || j.N < 1 || j.Maps < 1 || j.Maps > mrMaxMaps || j.Reduces < 1 || j.Reduces > mrMaxReduces {
		return mrJob{}
	}
	return j
}

// title is how a job is called: by its number, and the life of the master's disk if that is
// not the first.
func (j mrJob) title() string {
	if j.Epoch > 1 {
		return fmt.Sprintf("job %d (life %d)", j.N, j.Epoch)
	}
	return fmt.Sprintf("job %d", j.N)
}
