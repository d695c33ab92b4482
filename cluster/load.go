package cluster

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strconv"
	"time"

	"capsim/model"
	"capsim/netsim"
)

// Load describes a workload: operations of a given mix, arriving as a Poisson
// process and spread over clients of its own.
type Load struct {
	Name    string
	Clients int            // 1..1000
	At      []model.NodeID // client i stands at At[i mod len]
	Rate    float64        // operations a second in all, above zero
	Keys    int            // 1..100000; NAME:0, NAME:1, …
	Zipf    float64        // popularity of key k ~ 1/(k+1)^Zipf; 0: all alike
	Mix     []Share
	From    model.Time
	To      model.Time // not included
}

// Share is one command's share of a mix; shares need not add up to 1.
type Share struct {
	Verb  model.Verb
	Wait  bool // the same client then sends WAIT 1 500: at once, or when it is free
	Share float64
}

// Valid tells why the load can't run.
func (l Load) Valid() error {
	switch {
	case l.Clients < 1 || l.Clients > 1000:
		return fmt.Errorf("clients: read %d, expected 1 to 1000", l.Clients)
	case len(l.At) == 0:
		return errors.New("at: expected at least one node")
	case !(l.Rate > 0 && l.Rate <= 1e6):
		return fmt.Errorf("rate: read %v/s, expected above 0 and at most 1000000/s", l.Rate)
	case l.Keys < 1 || l.Keys > 100_000:
		return fmt.Errorf("keys: read %d, expected 1 to 100000", l.Keys)
	case !(l.Zipf >= 0 && l.Zipf <= 10):
		return fmt.Errorf("dist: read zipf(%v), expected 0 to 10", l.Zipf)
	case l.To < l.From:
		return fmt.Errorf("from %v to %v: it ends before it begins", l.From, l.To)
	case len(l.Mix) == 0:
		return errors.New("ops: expected at least one command")
	}
	return nil
}

// Workload is a load at work. It is no part of the network's queue and draws from
// a stream of its own.
type Workload struct {
	load     Load
	rand     *rand.Rand
	gap      netsim.Dist
	next     model.Time
	count    int // operations made so far; makes written values unique
	clients  []string
	sessions []*client  // of clients, once they have begun
	keys     [][]string // each the arguments of a command that has no other
	popular  []float64  // cumulative, of keys; nil: all alike
	mix      []float64  // cumulative
}

// NewWorkload prepares a valid load.
func (c *Cluster) NewWorkload(l Load) (*Workload, error) {
	if err := l.Valid(); err != nil {
		return nil, fmt.Errorf("workload %s: %w", l.Name, err)
	}
	w := &Workload{load: l, rand: c.net.Stream("workload " + l.Name), next: l.From}
	gap, err := netsim.ParseDist("exp(" + time.Duration(1e9/l.Rate).String() + ")")
	if err != nil {
		return nil, fmt.Errorf("workload %s: %w", l.Name, err)
	}
	w.gap = gap
	for i := range l.Clients {
		w.clients = append(w.clients, l.Name+"_"+strconv.Itoa(i+1))
	}
	w.sessions = make([]*client, l.Clients)
	for i := range l.Keys {
		w.keys = append(w.keys, []string{l.Name + ":" + strconv.Itoa(i)})
	}
	if l.Zipf > 0 {
		sum := 0.0
		w.sessions = make([]*client, l.Clients)
		for i := range l.Keys {
			sum += netsim.Pow(float64(i+1), -l.Zipf)
			w.popular = append(w.popular, sum)
		}
	}
	sum := 0.0
	for _, s := range l.Mix {
		sum += s.Share
		w.mix = append(w.mix, sum)
	}
	w.advance()
	return w, nil
}

// Next returns the instant of the next operation; model.Never if there is none.
func (w *Workload) Next() model.Time {
	if w.next >= w.load.To {
		return model.Never
	}
	return w.next
}

func (w *Workload) advance() { w.next = w.next.Add(w.gap.Draw(w.rand)) }

// Fire lets the operation that is due begin.
func (w *Workload) Fire(c *Cluster) {
	i := w.rand.IntN(len(w.clients))
	share := w.load.Mix[w.pick(w.mix, len(w.load.Mix))]
	key := w.keys[w.pick(w.popular, len(w.keys))]
	w.count++
	if w.sessions[i] == nil {
		w.sessions[i] = c.client(w.clients[i])
	}
	c.invoke(w.sessions[i], w.load.At[i%len(w.load.At)], w.command(share.Verb, key))
	if share.Wait {
		c.invoke(w.sessions[i], w.load.At[i%len(w.load.At)], w.command(model.WAIT, key))
	}
	w.advance()
}

// pick draws an index by cumulative weights; nil weights are all alike.
func (w *Workload) pick(cumulative []float64, n int) int {
	if cumulative == nil {
		return w.rand.IntN(n)
	}
	x := w.rand.Float64() * cumulative[n-1]
	return min(sort.SearchFloat64s(cumulative, x), n-1)
}

// command fills in arguments; what is written is unique in the run.
func (w *Workload) command(v model.Verb, key []string) model.Command {
	cmd := model.Command{Verb: v, Args: key}
	switch v {
	case model.SET, model.APPEND, model.SADD:
		cmd.Args = append(cmd.Args, w.value(w.count))
	case model.SREM, model.SISMEMBER, model.CADEL:
		cmd.Args = append(cmd.Args, w.earlier())
	case model.INCRBY, model.DECRBY, model.TAKE, model.BUY:
		cmd.Args = append(cmd.Args, strconv.Itoa(1+w.rand.IntN(3)))
	case model.CAS:
		cmd.Args = append(cmd.Args, w.earlier(), w.value(w.count))
	case model.HSET:
		cmd.Args = append(cmd.Args, w.field(), w.value(w.count))
	case model.HGET, model.HDEL:
		cmd.Args = append(cmd.Args, w.field())
	case model.PEXPIRE:
		cmd.Args = append(cmd.Args, strconv.Itoa(100+w.rand.IntN(1900)))
	case model.WAIT:
		cmd.Args = []string{"1", "500"}
	case model.PING:
		cmd.Args = nil
	}
	return cmd
}

// field returns one of a hash's few fields.
func (w *Workload) field() string { return "f" + strconv.Itoa(w.rand.IntN(4)) }

// earlier returns a value that may have been written.
func (w *Workload) earlier() string { return w.value(1 + w.rand.IntN(w.count)) }

// value is what the n-th operation writes, if it writes.
func (w *Workload) value(n int) string {
	var room [32]byte
	return string(strconv.AppendInt(append(append(room[:0], w.load.Name...), '-'), int64(n), 10))
}

// Clients names the clients of the load.
func (w *Workload) Clients() []string { return slices.Clone(w.clients) }
