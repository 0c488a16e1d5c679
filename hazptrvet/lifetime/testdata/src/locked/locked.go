package locked

import (
	"context"
	"maps"
	"sync"
	"sync/atomic"

	"hazptr"
)

type file struct {
	mu    sync.Mutex
	owner *cache
}

var (
	source  atomic.Pointer[file]
	domain  = hazptr.NewDomain(hazptr.Config{Name: "inline", ReclaimInline: true})
	current = hazptr.NewPointer(hazptr.PointerConfig[file]{Reclaim: func(*file) {}, Domain: domain}, &file{})
	inSight = hazptr.NewPointer(hazptr.PointerConfig[file]{Reclaim: func(*file) {}}, &file{})

	mu, other sync.Mutex
	open      = map[*file]bool{}
)

func drop() {
	hazptr.RetireIn(domain, source.Swap(nil), 0, func(f *file) {
		mu.Lock()
		defer mu.Unlock()
		delete(open, f)
	})
}

func released() int {
	mu.Lock()
	g := hazptr.Acquire(&source)
	n := len(open)
	g.Release() // want `Release may call reclaim functions here \(Config\.ReclaimInline\), and the one given to the domain at line 28 takes mu, which is held since line 36: it waits for its own caller, for ever; call it before the lock is taken, or after it is given back`
	mu.Unlock()
	return n
}

func releasedByDefer() int {
	mu.Lock()
	defer mu.Unlock()
	g := hazptr.Acquire(&source)
	defer g.Release() // want `Release may call reclaim functions here .*, which is held since line 45`
	return len(open)
}

func releasedAtLast() {
	g := hazptr.Acquire(&source)
	defer g.Release() // want `Release may call reclaim functions here .*, which is held since line 55`
	mu.Lock()
}

func onOnePath(h *hazptr.Holder[file], all bool) {
	mu.Lock()
	if !all {
		mu.Unlock()
	}
	h.Clear() // want `Clear may call reclaim functions here`
	if all {
		mu.Unlock()
	}
}

func closed(h *hazptr.Holder[file]) {
	mu.Lock()
	defer func() { mu.Unlock() }()
	h.Close() // want `Close may call reclaim functions here`
}

func replaced() {
	mu.Lock()
	current.Replace(&file{}) // want `Replace may call reclaim functions here`
	mu.Unlock()
}

func inLoop(files []*file) {
	for _, f := range files {
		mu.Lock()
		delete(open, f)
		hazptr.RetireIn(domain, f, 0, func(*file) {}) // want `RetireIn may call reclaim functions here`
		mu.Unlock()
	}
}

// The lock and the domain are fields, and the reclaim function a method.
type cache struct {
	mu     sync.RWMutex
	domain *hazptr.Domain
	files  map[string]*file
	source atomic.Pointer[file]
}

func newCache() *cache {
	var c hazptr.Config
	c.ReclaimInline = true
	return &cache{domain: hazptr.NewDomain(c), files: map[string]*file{}}
}

func (c *cache) remove(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := c.files[name]
	delete(c.files, name)
	hazptr.RetireIn(c.domain, f, 0, (*file).free) // want `RetireIn may call reclaim functions here .*, and the one given to the domain at line 109 takes mu, which is held since line 105`
}

func (f *file) free() { f.owner.forget(f) }

func (c *cache) forget(*file) {
	c.mu.RLock()
	defer c.mu.RUnlock()
}

func (c *cache) readLocked() {
	g := hazptr.Acquire(&c.source)
	defer g.Release()
}

func (c *cache) read() {
	c.mu.Lock()
	c.readLocked() // want `readLocked calls Release at line 121, which may call reclaim functions here`
	c.mu.Unlock()
}

func (c *cache) readByClosure() {
	c.mu.Lock()
	defer c.mu.Unlock()
	func() {
		g := hazptr.Acquire(&c.source)
		g.Release() // want `Release may call reclaim functions here .*, which is held since line 131`
	}()
}

// An embedded lock, of a generic type, in a domain that a function makes.
type list[T any] struct {
	sync.Mutex
	domain *hazptr.Domain
	head   atomic.Pointer[T]
}

func newDomain() *hazptr.Domain { return hazptr.NewDomain(config) }

var config = hazptr.Config{ReclaimInline: true}

func newList[T any]() *list[T] { return &list[T]{domain: newDomain()} }

func (l *list[T]) clear() {
	hazptr.RetireIn(l.domain, l.head.Swap(nil), 0, l.free)
}

func (l *list[T]) free(*T) {
	l.Lock()
	defer l.Unlock()
}

func (l *list[T]) first() {
	l.Lock()
	g := hazptr.Acquire(&l.head)
	g.Release() // want `Release may call reclaim functions here .* takes Mutex`
	l.Unlock()
}

func local() {
	inline := hazptr.Config{Name: "local"}
	inline.ReclaimInline = true
	d := hazptr.NewDomain(inline)
	release := func(*file) {
		other.Lock()
		other.Unlock()
	}
	for range 10 {
		other.Lock()
		func() {
			hazptr.RetireIn(d, source.Swap(nil), 0, release) // want `RetireIn may call reclaim functions here .* takes other`
		}()
		other.Unlock()
	}
}

// The reclaim function is given in another file.
func inAnotherFile() {
	elsewhereMu.RLock()
	g := hazptr.Acquire(&source)
	g.Release() // want `Release may call reclaim functions here .*, and the one given to the domain at retire\.go:11 takes elsewhereMu`
	elsewhereMu.RUnlock()
}

func inLoopOverFunction() {
	mu.Lock()
	for f := range maps.Keys(open) {
		hazptr.RetireIn(domain, f, 0, func(*file) {}) // want `RetireIn may call reclaim functions here`
	}
	mu.Unlock()
}

// A Pointer that Init makes, with a reclaim function that takes the lock of its
// owner.
type directory struct {
	mu      sync.Mutex
	domain  *hazptr.Domain
	current hazptr.Pointer[file]
	count   int
}

func newDirectory() *directory {
	d := &directory{domain: hazptr.NewDomain(hazptr.Config{ReclaimInline: true})}
	d.current.Init(hazptr.PointerConfig[file]{Reclaim: d.free, Domain: d.domain}, nil)
	return d
}

func (d *directory) free(*file) {
	d.mu.Lock()
	d.count--
	d.mu.Unlock()
}

func (d *directory) replace(next *file) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.current.Replace(next) // want `Replace may call reclaim functions here .*, and the one given to the domain at line 212 takes mu`
}

func (d *directory) compare(next *file) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.current.CompareAndReplace(nil, next) // want `CompareAndReplace may call reclaim functions here`
}

func (d *directory) use() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.current.Do(func(*file) {}) // want `Do may call reclaim functions here`
}

func insideDo(p *hazptr.Pointer[file]) {
	mu.Lock()
	inSight.Do(func(*file) {
		g := hazptr.Acquire(&source)
		g.Release() // want `Release may call reclaim functions here`
	})
	p.Do(func(*file) {}) // want `Do may call reclaim functions here`
	mu.Unlock()
}

// What follows is right.

// The default domain's functions, and those of another Pointer, don't take the
// lock.
func (d *directory) usesOthers(ctx context.Context) {
	d.mu.Lock()
	defer d.mu.Unlock()
	inSight.Do(func(*file) {})
	inSight.Replace(nil)
	inSight.ReplaceAndWait(ctx, nil)
	current.Do(func(*file) {})
}

func givenBackInDo() {
	mu.Lock()
	inSight.Do(func(*file) { mu.Unlock() })
	current.Replace(nil)
}

func givenBackInLoop(h *hazptr.Holder[file]) {
	mu.Lock()
	for f := range maps.Keys(open) {
		mu.Unlock()
		hazptr.RetireIn(domain, f, 0, func(*file) {})
		mu.Lock()
	}
	mu.Unlock()
}

func deferredInLoop(h *hazptr.Holder[file]) {
	mu.Lock()
	for range maps.Keys(open) {
		g := hazptr.Acquire(&source)
		defer g.Release()
	}
	mu.Unlock()
}

func before() {
	g := hazptr.Acquire(&source)
	g.Release()
	mu.Lock()
	defer mu.Unlock()
}

func after(h *hazptr.Holder[file]) {
	g := hazptr.Acquire(&source)
	defer g.Release()
	mu.Lock()
	defer mu.Unlock()
	delete(open, g.Ptr())
}

func givenBack(h *hazptr.Holder[file], all bool) {
	mu.Lock()
	if all {
		clear(open)
		mu.Unlock()
	} else {
		mu.Unlock()
	}
	h.Clear()
	drop()
}

func givenBackByFunctions(h *hazptr.Holder[file], each func(func())) {
	unlock := func() { mu.Unlock() }
	mu.Lock()
	unlock()
	h.Clear()
	mu.Lock()
	unlockNow()
	h.Clear()
	mu.Lock()
	each(func() { mu.Unlock() })
	h.Clear()
}

func unlockNow() { mu.Unlock() }

func givenBackByMethodValue(h *hazptr.Holder[file]) {
	mu.Lock()
	unlock := mu.Unlock
	unlock()
	h.Clear()
}

func givenBackByPointer(h *hazptr.Holder[file], unlock func(*sync.Mutex)) {
	mu.Lock()
	unlock(&mu)
	h.Clear()
}

func asAsked(h *hazptr.Holder[file], locks bool) {
	if locks {
		mu.Lock()
	}
	if locks {
		mu.Unlock()
	}
	h.Clear()
}

// Its callers give the lock back.
func lockUnless(released bool) {
	if released {
		g := hazptr.Acquire(&source)
		defer g.Release()
	}
	if !released {
		mu.Lock()
	}
}

func elsewhere() {
	mu.Lock()
	g := hazptr.Acquire(&source)
	go func() { g.Release() }()
	mu.Unlock()
}

var (
	unrelated sync.Mutex
	shared    sync.RWMutex
	asked     sync.Mutex
	parallel  sync.Mutex
	queued    sync.Mutex
	quietMu   sync.Mutex
	twin      = hazptr.NewDomain(hazptr.Config{ReclaimInline: true})
	quiet     = hazptr.NewDomain(hazptr.Config{Name: "quiet", ReclaimInline: false})
)

func retire() {
	hazptr.RetireIn(domain, source.Swap(nil), 0, func(f *file) {
		shared.RLock()
		defer shared.RUnlock()
		if asked.TryLock() {
			defer asked.Unlock()
		}
		go parallel.Lock()
		go func() {
			parallel.Lock()
			defer parallel.Unlock()
		}()
	})
	hazptr.RetireIn(quiet, source.Swap(nil), 0, func(f *file) {
		quietMu.Lock()
		defer quietMu.Unlock()
	})
}

func noneWaits(h *hazptr.Holder[file]) {
	unrelated.Lock()
	shared.RLock()
	asked.Lock()
	parallel.Lock()
	quietMu.Lock()
	h.Clear()
	hazptr.RetireIn(quiet, source.Swap(nil), 0, func(*file) {})
	quietMu.Unlock()
	parallel.Unlock()
	asked.Unlock()
	shared.RUnlock()
	unrelated.Unlock()
}

// No reclaim function of twin waits for mu, and the domain's goroutines call
// those of the default domain.
func inAnotherDomain() {
	mu.Lock()
	hazptr.RetireIn(twin, source.Swap(nil), 0, func(*file) {})
	hazptr.Retire(source.Swap(nil), func(*file) {})
	mu.Unlock()
}

// A reclaim function doesn't call others.
func chained() {
	hazptr.RetireIn(domain, source.Swap(nil), 0, func(f *file) {
		mu.Lock()
		defer mu.Unlock()
		hazptr.RetireIn(domain, source.Swap(nil), 0, func(f *file) {})
		g := hazptr.Acquire(&source)
		g.Release()
	})
}

// Each object has its lock.
func itsOwn(a, b *file) {
	hazptr.RetireIn(domain, a, 0, func(f *file) {
		f.mu.Lock()
		defer f.mu.Unlock()
	})
	b.mu.Lock()
	hazptr.RetireIn(domain, source.Swap(nil), 0, (*file).close)
	b.mu.Unlock()
}

func (f *file) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
}

// The domain may be another one, or another time not inline.
type asGiven struct {
	mu     sync.Mutex
	domain *hazptr.Domain
}

func newAsGiven(d *hazptr.Domain, inline bool) (a, b *asGiven) {
	return &asGiven{domain: d}, &asGiven{domain: hazptr.NewDomain(hazptr.Config{ReclaimInline: inline})}
}

func (a *asGiven) drop(ctx context.Context) {
	a.mu.Lock()
	defer a.mu.Unlock()
	hazptr.RetireIn(a.domain, source.Swap(nil), 0, func(*file) {
		a.mu.Lock()
		defer a.mu.Unlock()
	})
}
