//go:build hazptr_debug

package srcu

import (
	"fmt"
	"runtime/debug"
	"sync/atomic"
)

// checking reports whether the build tag hazptr_debug is set, with which each
// Token allocates; see docs/debugging.md.
const checking = true

// A tokenCheck is what a Token and its copies share: where the section ended.
type tokenCheck struct{ unlocked *atomic.Pointer[[]byte] }

func newTokenCheck() tokenCheck { return tokenCheck{new(atomic.Pointer[[]byte])} }

func (c tokenCheck) unlock() {
	now := debug.Stack()
	if !c.unlocked.CompareAndSwap(nil, &now) {
		panic(fmt.Sprintf("srcu: ReadUnlock of a Token that had been given to ReadUnlock already:\n%s", *c.unlocked.Load()))
	}
}
