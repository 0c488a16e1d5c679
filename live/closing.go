package live

import (
	"context"
	"fmt"
	"runtime"
	"strings"

	"hazptr/internal/check"
)

// Drain waits until every value that was replaced before the call is closed:
// after a Reload or Store, until the old value is. If ctx ends first, Drain
// returns an [Error] that wraps ctx's and tells what is in use and, with
// Options.Trace, where. It panics if ctx is nil.
func (v *Value[T]) Drain(ctx context.Context) error {
	v.mayWait("Drain", ctx)
	if v.generations.drained(ctx) {
		return nil
	}
	return v.expired("Drain", ctx)
}

// Close closes the Value: from now on each Do and Acquire fails, the triggers
// end, and no Load begins, but for one that was just about to, whose Context
// has ended. Close does not wait, for users or for Options.Close: the values
// are closed when their users have left. A program that is about to end calls
// Shutdown. Close returns what Options.Close has returned so far. To close a
// closed Value does nothing else.
func (v *Value[T]) Close() error {
	mustBeMade(v.options.Name, "Close", unmadeValue)
	v.reloader.mustBeHere("Close")
	v.begin.Do(func() {
		v.ended = make(chan struct{})
		v.reloader.close()
		v.retire(v.generations.close())
		go v.shutdown()
	})
	return v.failed.join()
}

// shutdown waits until all has ended.
func (v *Value[T]) shutdown() {
	v.reloader.busy.Wait()
	v.generations.gone()
	v.reloader.end()
	v.shown.hide()
	close(v.ended)
}

// Shutdown closes the Value as Close does, and waits until all values are
// closed and Loads and triggers have returned. It then returns what calls of
// Options.Close have returned, the first 16 errors joined. If ctx ends first,
// Shutdown returns an [Error] that wraps ctx's and tells what is in use, and
// may be called again to wait on. It panics if ctx is nil.
func (v *Value[T]) Shutdown(ctx context.Context) error {
	v.mayWait("Shutdown", ctx)
	v.Close()
	select {
	case <-v.ended:
	case <-ctx.Done():
		if !over(v.ended) {
			return v.expired("Shutdown", ctx)
		}
	}
	return v.failed.join()
}

func over(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// mayWait panics where a method that waits for users would wait for its caller.
func (v *Value[T]) mayWait(method string, ctx context.Context) {
	mustBeMade(v.options.Name, method, unmadeValue)
	if ctx == nil {
		panic("live: " + method + " with a nil Context")
	}
	v.reloader.mustBeHere(method)
	v.reloader.mustNotLoad(method)
	v.mustNotClose(method)
	if check.Enabled && v.users.inside() {
		panic(fmt.Sprintf("live: %s of %q inside its own Do, which it would wait for", method, v.options.Name))
	}
}

// expired tells why a method has waited in vain.
func (v *Value[T]) expired(method string, ctx context.Context) error {
	waits := v.inUse()
	s := v.Status()
	if !s.Loading.IsZero() {
		waits += "; Load has not returned"
	}
	if len(s.Old) == 0 && s.Loading.IsZero() && s.Closed {
		waits += "; a trigger has not returned"
	}
	switch {
	case v.users != nil && v.users.inside():
		waits += "; it was called inside a Do, and waits for itself"
	case v.users == nil && insideDo():
		waits += "; it was called inside a Do, and waits for itself if that is one of this Value"
	}
	return v.reloader.fail(method, fmt.Errorf("given up%s: %w", waits, context.Cause(ctx)))
}

// inUse tells of the values that are not closed.
func (v *Value[T]) inUse() string {
	var b strings.Builder
	used := false
	for _, o := range v.Status().Old {
		b.WriteString("; " + o.String())
		used = used || o.Users > 0
	}
	if used && v.users == nil {
		b.WriteString("; where values are in use is " + untraced)
	}
	return b.String()
}

// insideDo reports whether the caller is in a Do, of whatever Value.
func insideDo() bool {
	pcs := make([]uintptr, 256)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	for {
		f, more := frames.Next()
		if strings.HasPrefix(f.Function, here+".(*Value[") && strings.HasSuffix(f.Function, ").Do") {
			return true
		}
		if !more {
			return false
		}
	}
}
