// Package faulty has users' code that misbehaves, and sees how calls end that
// come upon it. Only tests import it.
package faulty

import "context"

// A Context calls a function in each of two methods. nil calls nothing.
type Context struct {
	context.Context
	InDone, InErr func()
}

func (c Context) Done() <-chan struct{} {
	if c.InDone != nil {
		c.InDone()
	}
	return c.Context.Done()
}

func (c Context) Err() error {
	if c.InErr != nil {
		c.InErr()
	}
	return c.Context.Err()
}
