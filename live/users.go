package live

import (
	"fmt"
	"path"
	"reflect"
	"runtime"
	"strings"
	"sync"

	"hazptr/internal/goroutine"
)

// users are the uses of values that are under way, where they are traced.
type users struct {
	mu  sync.Mutex // guards what follows
	all map[*user]struct{}
}

// A user is one Do or one Lease.
type user struct {
	generation uint64
	caller     uintptr // of a Do; 0 for a Lease, which any goroutine may end
	depth      int
	stack      [16]uintptr
}

// enter notes a use that its caller's caller begins.
func (u *users) enter(generation uint64, caller uintptr) *user {
	one := &user{generation: generation, caller: caller}
	one.depth = runtime.Callers(3, one.stack[:])
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.all == nil {
		u.all = map[*user]struct{}{}
	}
	u.all[one] = struct{}{}
	return one
}

func (u *users) leave(one *user) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.all, one)
}

// of returns the uses of a generation.
func (u *users) of(generation uint64) (of []*user) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for one := range u.all {
		if one.generation == generation {
			of = append(of, one)
		}
	}
	return of
}

// inside reports whether the calling goroutine is in a Do.
func (u *users) inside() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	me := goroutine.Current()
	for one := range u.all {
		if one.caller == me {
			return true
		}
	}
	return false
}

// place tells where the use began: the innermost function that is neither of
// this package nor of package mapped.
func (u *user) place() string {
	frames := runtime.CallersFrames(u.stack[:u.depth])
	for {
		f, more := frames.Next()
		if !more || !strings.HasPrefix(f.Function, here+".") && !strings.HasPrefix(f.Function, mapped+".") {
			return fmt.Sprintf("%s (%s:%d)", f.Function, f.File, f.Line)
		}
	}
}

// The paths of this package and of package mapped.
var (
	here   = reflect.TypeFor[user]().PkgPath()
	mapped = path.Join(path.Dir(here), "mapped")
)
