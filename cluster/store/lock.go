package store

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// lockLifetime is how long a lock outlives the process that held it and died.
const lockLifetime = 10 * time.Second

// lock marks a node's prefix as a live run's: a key with a lifetime that is
// refreshed while the run lasts.
//
// A process that was stopped for longer (Ctrl-Z, a closed laptop) may find that
// another took the prefix, and gave it back. So beside the lock, which goes, there
// is the owner key, which stays: both must name this run, or no commit is made.
// What remains is a process stopped just between that look and its write.
type lock struct {
	client   *redis.Client
	key      string
	owner    string // key of the owner
	token    string // what both hold
	lifetime time.Duration

	refreshing sync.Mutex
	mu         sync.Mutex // guards what follows
	seen       time.Time  // when both were last seen to be ours
	lost       error
}

func newLock(client *redis.Client, prefix string, lifetime time.Duration) *lock {
	if lifetime == 0 {
		lifetime = lockLifetime
	}
	host, err := os.Hostname()
	if err != nil {
		host = "an unnamed host"
	}
	token := fmt.Sprintf("process %d on %s, %s", os.Getpid(), host, rand.Text())
	return &lock{client: client, key: prefix + lockName, owner: prefix + ownerName, token: token, lifetime: lifetime}
}

// heldError: another run lives under the same prefix.
type heldError struct {
	by   string
	left time.Duration
}

func (h *heldError) Error() string {
	return fmt.Sprintf("another run with this id is live there: %s (its lock ends in %.1f s unless it is refreshed)", short(h.by), h.left.Seconds())
}

// lostError: the run's keys are no longer its own.
type lostError struct{ what string }

func (l *lostError) Error() string { return l.what }

// acquire takes the lock if nobody has it. One without a lifetime is none of a
// live run's, and is replaced.
func (l *lock) acquire() error {
	err := l.client.Watch(background, func(tx *redis.Tx) error {
		by, err := tx.Get(background, l.key).Result()
		if err != nil && !errors.Is(err, redis.Nil) {
			return err
		}
		if err == nil {
			left, err := tx.PTTL(background, l.key).Result()
			if err != nil {
				return err
			}
			if left > 0 {
				return &heldError{by, left}
			}
		}
		return l.set(tx)
	}, l.key)
	if errors.Is(err, redis.TxFailedErr) {
		return &heldError{"it took the lock in this moment", l.lifetime}
	}
	return err
}

// set writes the lock, if what tx watches did not change.
func (l *lock) set(tx *redis.Tx) error {
	now := time.Now()
	_, err := tx.TxPipelined(background, func(p redis.Pipeliner) error {
		return p.Set(background, l.key, l.token, l.lifetime).Err()
	})
	if err == nil {
		l.mu.Lock()
		l.seen = now
		l.mu.Unlock()
	}
	return err
}

// refresh makes sure that lock and owner are ours, and gives the lock its whole
// lifetime again.
func (l *lock) refresh() error {
	l.refreshing.Lock()
	defer l.refreshing.Unlock()
	err := l.client.Watch(background, func(tx *redis.Tx) error {
		owner, err := tx.Get(background, l.owner).Result()
		if err != nil && !errors.Is(err, redis.Nil) {
			return err
		}
		if owner != l.token {
			return &lostError{"the run's records were removed or replaced there by someone else"}
		}
		by, err := tx.Get(background, l.key).Result()
		if err != nil && !errors.Is(err, redis.Nil) {
			return err
		}
		if err == nil && by != l.token {
			return &lostError{"another run took this run's id: " + short(by)}
		}
		return l.set(tx)
	}, l.key, l.owner)
	if lost := (*lostError)(nil); errors.As(err, &lost) {
		l.mu.Lock()
		l.lost = err
		l.mu.Unlock()
	}
	return err
}

// confirm tells, before a commit, that the keys are still the run's own. It asks
// the server only if the last answer is too old to rely on.
func (l *lock) confirm() error {
	l.mu.Lock()
	seen, lost := l.seen, l.lost
	l.mu.Unlock()
	if lost != nil {
		return lost
	}
	now := time.Now()
	// The monotonic clock stands still while a laptop sleeps, the wall clock may be
	// set: the longer of the two is the careful one.
	if max(now.Sub(seen), now.Round(0).Sub(seen.Round(0))) < l.lifetime/2 {
		return nil
	}
	return l.refresh()
}

// keep refreshes until stop is closed. A refresh that fails for want of an answer
// is tried again; the commits notice. also is done as often.
func (l *lock) keep(stop <-chan struct{}, also func()) {
	tick := time.NewTicker(l.lifetime / 4)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
			_ = l.refresh()
			also()
		}
	}
}

// release gives the lock back if it is ours.
func (l *lock) release() error {
	err := l.client.Watch(background, func(tx *redis.Tx) error {
		by, err := tx.Get(background, l.key).Result()
		if errors.Is(err, redis.Nil) || err == nil && by != l.token {
			return nil
		}
		if err != nil {
			return err
		}
		_, err = tx.TxPipelined(background, func(p redis.Pipeliner) error { return p.Del(background, l.key).Err() })
		return err
	}, l.key)
	if errors.Is(err, redis.TxFailedErr) {
		return nil // it ran out and is someone else's
	}
	return err
}
