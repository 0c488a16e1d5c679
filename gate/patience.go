package gate

import (
	"errors"
	"time"
)

// A patience is a Context that ends when the user's does, of which it has the
// channel. So while the gate is closed no method of the user's is called, which
// might panic, or wait for the gate.
type patience <-chan struct{}

var errGaveUp = errors.New("gave up")

func (p patience) Done() <-chan struct{} { return p }

func (p patience) Err() error {
	select {
	case <-p:
		return errGaveUp
	default:
		return nil
	}
}

func (p patience) Deadline() (time.Time, bool) { return time.Time{}, false }
func (p patience) Value(any) any               { return nil }
