package locked

import (
	"context"
	"sync"

	"hazptr/live"
)

var (
	ctx    = context.Background()
	mapMu  sync.Mutex
	byName = map[string]*file{}
	files  = live.New(&file{}, live.Options[*file]{Name: "files", Close: func(f *file) error {
		mapMu.Lock()
		defer mapMu.Unlock()
		delete(byName, "")
		return nil
	}})
	quietFiles = live.New(&file{}, live.Options[*file]{Name: "quiet", Close: func(f *file) error { return nil }})
)

func stores(next *file) {
	mapMu.Lock()
	defer mapMu.Unlock()
	files.Store(next) // want `Store may wait here until replaced values are closed, and the Close given at line 14 takes mapMu, which is held since line 24: each waits for the other; call it before the lock is taken, or after it is given back`
}

func drains() {
	mapMu.Lock()
	files.Reload(ctx)   // want `Reload may wait here until replaced values are closed`
	files.Drain(ctx)    // want `Drain may wait here`
	files.Shutdown(ctx) // want `Shutdown may wait here`
	mapMu.Unlock()
}

// The Value and the lock are fields, and Close is a method.
type library struct {
	mu    sync.RWMutex
	files *live.Value[*file]
	pool  *live.Pool[string, *file]
	open  int
}

func newLibrary() (l *library, err error) {
	l = &library{}
	l.files, err = live.Open(ctx, live.Options[*file]{Name: "library", Load: load, Close: l.close})
	l.pool = live.NewPool(live.PoolOptions[string, *file]{Name: "pool", Close: func(_ string, f *file) error { return l.close(f) }})
	return l, err
}

func load(context.Context) (*file, error) { return &file{}, nil }

func (l *library) close(*file) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open--
	return nil
}

func (l *library) replace(next *file) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open++
	return l.files.Store(next) // want `Store may wait here until replaced values are closed, and the Close given at line 47 takes mu, which is held since line 62`
}

func (l *library) reload() error { return l.files.Reload(ctx) }

func (l *library) renew() {
	l.mu.RLock()
	l.reload() // want `reload calls Reload at line 68, which may wait here`
	l.mu.RUnlock()
}

func (l *library) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pool.Shutdown(ctx) // want `Shutdown may wait here`
}

// What follows is right.

func (l *library) uses() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.files.Do(func(*file) error { return nil })
	lease, err := l.files.Acquire()
	if err == nil {
		lease.Release()
	}
	l.files.Close()
	g := current.Acquire()
	g.Release()
}

func (l *library) replacesAfter(next *file) error {
	l.mu.Lock()
	l.open++
	l.mu.Unlock()
	return l.files.Store(next)
}

func storesOther(next *file, unknown *live.Value[*file]) {
	mapMu.Lock()
	defer mapMu.Unlock()
	quietFiles.Store(next)
	unknown.Store(next)
}

func storesInParallel(next *file) {
	mapMu.Lock()
	go files.Store(next)
	mapMu.Unlock()
}

func storesUnderAnother(next *file) {
	unrelated.Lock()
	defer unrelated.Unlock()
	files.Store(next)
}

// Each file has its lock.
func newLocked() *live.Value[*file] {
	return live.New(&file{}, live.Options[*file]{Name: "own", Close: func(f *file) error {
		f.mu.Lock()
		defer f.mu.Unlock()
		return nil
	}})
}

type withOwn struct{ files *live.Value[*file] }

func (o *withOwn) stores(f, next *file) {
	f.mu.Lock()
	defer f.mu.Unlock()
	o.files.Store(next)
}

func newWithOwn() *withOwn { return &withOwn{files: newLocked()} }
