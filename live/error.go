package live

import (
	"errors"
	"fmt"
	"strings"
	"sync"
)

var (
	// ErrClosed is the Err of an [Error] of a Value or Pool that is closed.
	ErrClosed = errors.New("live: closed")

	// ErrUnchanged is returned by a Load that has found the present value
	// still good: the value stays, and the Load counts as a success. Of the
	// first Load it is a failure, since there is no value yet.
	ErrUnchanged = errors.New("live: unchanged")
)

// An Error is an error of this package. What a use, Load, Open or Close has
// returned is not one.
type Error struct {
	Name string // Options.Name
	Err  error
	call string    // the method that has failed
	by   *reloader // nil: of a Pool
}

// Error returns the text of Err with the name, and with the method that has
// failed.
func (e *Error) Error() string {
	call := ""
	if e.call != "" { // the package has made it
		call = e.call + ": "
	}
	return fmt.Sprintf("live: %q: %s%s", e.Name, call, strings.TrimPrefix(e.Err.Error(), "live: "))
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// closeErrors are what calls of Options.Close have returned: the first of them,
// and how many there are.
type closeErrors struct {
	mu    sync.Mutex // guards what follows
	first []error
	n     int64
}

const maxCloseErrors = 16

func (c *closeErrors) add(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	if len(c.first) < maxCloseErrors {
		c.first = append(c.first, err)
	}
}

func (c *closeErrors) count() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n
}

func (c *closeErrors) join() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return errors.Join(c.first...)
}
