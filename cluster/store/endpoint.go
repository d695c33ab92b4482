package store

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// endpoint is where a real Redis is. Only shown may reach a text.
type endpoint struct {
	addr           string // host:port
	user, password string
	db             int
	tls            bool
}

// The time that a real server has, for a connection and for an answer. A run must
// not hang on a dead one.
const answerTime = 2 * time.Second

func (e endpoint) shown() string {
	if e.db == 0 {
		return e.addr
	}
	return e.addr + "/" + strconv.Itoa(e.db)
}

// parseEndpoint reads redis://[[user]:password@]host[:port][/db], or rediss:// for
// TLS. Its errors say what is wrong with the URL and don't quote it: it may hold a
// password, even where it is malformed.
func parseEndpoint(raw string) (endpoint, error) {
	u, err := url.Parse(raw)
	if err != nil {
		if inner := (*url.Error)(nil); errors.As(err, &inner) {
			err = inner.Err // the outer one quotes the URL
		}
		return endpoint{}, urlFault(raw, err)
	}
	switch {
	case u.Scheme != "redis" && u.Scheme != "rediss":
		return endpoint{}, fmt.Errorf("the URL must begin redis:// or rediss:// (TLS)")
	case u.Hostname() == "":
		return endpoint{}, fmt.Errorf("the URL names no host: write redis://host:port")
	case u.RawQuery != "" || u.Fragment != "":
		return endpoint{}, fmt.Errorf("the URL has options after ? or #, and none are known")
	}
	e := endpoint{user: u.User.Username(), tls: u.Scheme == "rediss"}
	e.password, _ = u.User.Password()
	port := u.Port()
	if port == "" {
		port = "6379"
	}
	if p, err := strconv.Atoi(port); err != nil || p < 1 || p > 65535 {
		return endpoint{}, fmt.Errorf("the URL's port must be 1 to 65535")
	}
	e.addr = net.JoinHostPort(u.Hostname(), port)
	if db := strings.Trim(u.Path, "/"); db != "" {
		if e.db, err = strconv.Atoi(db); err != nil || e.db < 0 {
			return endpoint{}, fmt.Errorf("what follows the URL's host must be the number of a database, as in redis://host:port/0")
		}
	}
	return e, nil
}

// urlFault explains why a URL can't be read; net/url's own words quote parts of it,
// so they are used only where there is no secret to give away.
func urlFault(raw string, err error) error {
	if strings.ContainsRune(raw, '@') {
		return fmt.Errorf("the URL can't be read: in a password write %%40 for @, %%3A for :, %%2F for /, %%3F for ?, %%23 for #, %%25 for %%, %%2C for a comma")
	}
	return fmt.Errorf("the URL can't be read: %w", scrub(err, ""))
}

// client returns a client for the endpoint; it connects when it is first used.
func (e endpoint) client() *redis.Client {
	opt := clientOptions()
	opt.Addr, opt.Username, opt.Password, opt.DB = e.addr, e.user, e.password, e.db
	opt.DialTimeout, opt.ReadTimeout, opt.WriteTimeout, opt.PoolTimeout = answerTime, answerTime, answerTime, answerTime
	if e.tls {
		opt.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	return redis.NewClient(opt)
}
