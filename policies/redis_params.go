package policies

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// redisParams are Redis's and Sentinel's own, with their defaults and in their units.
var redisParams = []Param{
	{Name: "sentinel", Default: "on", Values: []string{"on", "off"}, Doc: "a Sentinel beside each Redis"},
	{Name: "quorum", Default: "2", Try: []string{"1", "3"}, Check: isCount(1), Doc: "Sentinels that must take the primary for down"},
	{Name: "down-after-milliseconds", Default: "30000", Try: []string{"1000"}, Check: isCount(1), Doc: "how long a Redis must not answer a Sentinel"},
	{Name: "failover-timeout", Default: "180000", Try: []string{"10000"}, Check: isCount(1), Doc: "milliseconds for each step of a failover; twice as long until the next attempt"},
	{Name: "min-replicas-to-write", Default: "0", Try: []string{"1"}, Check: isCount(0), Doc: "replicas without which the primary refuses writes"},
	{Name: "min-replicas-max-lag", Default: "10", Try: []string{"2"}, Check: isCount(0), Doc: "seconds since a replica was heard, for it to count"},
	{Name: "repl-backlog-size", Default: "1mb", Try: []string{"300"}, Check: isSize, Doc: "bytes of the stream kept for replicas that come back"},
	{Name: "repl-timeout", Default: "60", Try: []string{"3"}, Check: isCount(1), Doc: "seconds of silence that end a replication connection"},
	{Name: "repl-ping-replica-period", Default: "10", Try: []string{"1"}, Check: isCount(1), Doc: "seconds between the primary's PINGs in the stream"},
	{Name: "replica-serve-stale-data", Default: "yes", Values: []string{"yes", "no"}, Doc: "answer reads without a connection to the primary; no: MASTERDOWN"},
	{Name: "client", Default: "direct", Values: []string{"direct", "sentinel"}, Doc: "whom clients speak to: their node's Redis, or the primary that their node's Sentinel names"},
}

// redisConf is what redisParams say.
type redisConf struct {
	sentinel     bool
	quorum       int
	downAfter    time.Duration
	failover     time.Duration
	minReplicas  int
	maxLag       time.Duration
	backlog      int64 // bytes
	timeout      time.Duration
	ping         time.Duration
	staleRefused bool
	viaSentinel  bool
}

func readRedisConf(p Params) redisConf {
	count := func(name string) time.Duration {
		n, err := strconv.Atoi(p[name])
		if err != nil {
			panic("policies: parameter " + name + " is no number: " + p[name])
		}
		return time.Duration(n)
	}
	size, err := parseSize(p["repl-backlog-size"])
	if err != nil {
		panic("policies: parameter repl-backlog-size is no size: " + p["repl-backlog-size"])
	}
	return redisConf{
		sentinel:     p["sentinel"] == "on",
		quorum:       int(count("quorum")),
		downAfter:    count("down-after-milliseconds") * time.Millisecond,
		failover:     count("failover-timeout") * time.Millisecond,
		minReplicas:  int(count("min-replicas-to-write")),
		maxLag:       count("min-replicas-max-lag") * time.Second,
		backlog:      size,
		timeout:      count("repl-timeout") * time.Second,
		ping:         count("repl-ping-replica-period") * time.Second,
		staleRefused: p["replica-serve-stale-data"] == "no",
		viaSentinel:  p["client"] == "sentinel",
	}
}

// maxCount bounds numbers of seconds and milliseconds: about eleven days.
const maxCount = 1_000_000_000

func isCount(least int) func(string) error {
	return func(value string) error {
		if n, err := strconv.Atoi(value); err != nil || n < least || n > maxCount || strconv.Itoa(n) != value {
			return fmt.Errorf("a whole number, %d to %d", least, maxCount)
		}
		return nil
	}
}

func isSize(value string) error {
	_, err := parseSize(value)
	return err
}

// parseSize reads bytes as redis.conf has them: 100, 16kb, 1mb.
func parseSize(s string) (int64, error) {
	number, unit := strings.ToLower(s), int64(1)
	for _, u := range []struct {
		suffix string
		bytes  int64
	}{{"kb", 1 << 10}, {"mb", 1 << 20}, {"gb", 1 << 30}} {
		if n, ok := strings.CutSuffix(number, u.suffix); ok {
			number, unit = n, u.bytes
			break
		}
	}
	n, err := strconv.ParseInt(number, 10, 32)
	if err != nil || n < 1 || strconv.FormatInt(n, 10) != number {
		return 0, fmt.Errorf("a number of bytes above zero, such as 16kb or 1mb")
	}
	return n * unit, nil
}

// settlesSoon tells whether the cluster has one primary again, and copies of it,
// within specRedis.Within.
func settlesSoon(p Params) bool {
	c := readRedisConf(p)
	return c.timeout <= time.Minute && (!c.sentinel || c.downAfter <= 5*time.Second && c.failover <= 10*time.Second)
}

func redisFits(p Params, nodes int) error {
	c := readRedisConf(p)
	switch {
	case c.viaSentinel && !c.sentinel:
		return fmt.Errorf("client=sentinel needs sentinel=on")
	case c.minReplicas > nodes-1:
		return fmt.Errorf("min-replicas-to-write=%d is more than the %d replicas: no write could ever be accepted", c.minReplicas, nodes-1)
	}
	return nil
}

func redisCaution(p Params, nodes int) string {
	c := readRedisConf(p)
	switch {
	case c.sentinel && c.quorum > nodes && nodes > 1:
		return fmt.Sprintf("quorum=%d is more than the %d Sentinels, so nobody ever fails over.", c.quorum, nodes)
	case c.sentinel && nodes == 2:
		return "Of two Sentinels both are a majority: when one host is down or cut off, nobody fails over."
	case c.sentinel && c.quorum == 1 && nodes > 1:
		return "With quorum=1 a single Sentinel that does not hear the primary, though others do, sets off a failover."
	case c.timeout <= c.ping:
		return "repl-timeout should be longer than repl-ping-replica-period: where nothing is written, replicas give up connections that work."
	case c.minReplicas > 0 && c.maxLag == 0:
		return "min-replicas-max-lag=0 turns min-replicas-to-write off, as in Redis."
	case c.minReplicas > 0:
		return "min-replicas-to-write makes nothing strong: until a replica's lag exceeds " + p["min-replicas-max-lag"] +
			" s the primary acknowledges writes that no replica has."
	}
	return ""
}
