package main

import (
	"context"
	"sync/atomic"

	"hazptr"
	"hazptr/cachedref"
	"hazptr/percpuref"
	"hazptr/tools/loads/internal/contest"
	"hazptr/tools/loads/internal/keeper"
)

// A way to keep a policy until the last request that looks at it has left.
type way interface {
	keeper.Keeper[policy]

	// visit returns what asks the present policy for one caller, one time after
	// the other, and what to call when it is no longer needed. Many goroutines
	// call it. What asks is the way's own, and has its keeper at hand, so that
	// none pays for a call that another does not make.
	visit() (check check, leave func())
}

// A check asks the present policy. A connection has one.
type check = func(path string) verdict

// A cell has a way do a kind of thing while the policy is replaced.
type cell = contest.Cell[func(first *policy) way]

// conditional is the kernel's way, which others are compared with.
const conditional = "refcnt-cond"

var ways = []contest.Way[func(first *policy) way]{
	{Name: "refcnt", Text: "kref_get, kref_put, as AppArmor has it: nothing ends while requests come, for they take references to what may have ended.",
		Begin: func(first *policy) way { return &refcntWay{Counted: keeper.NewCounted(first, (*policy).end)} }},
	{Name: conditional, Text: "kref_get_unless_zero; what drops the last reference ends the policy.",
		Begin: func(first *policy) way { return &refcntCondWay{keeper.NewCounted(first, (*policy).end)} }},
	{Name: "percpu_ref", Text: "a percpuref.Ref for each policy.", Begin: beginPercpuRef},
	{Name: "cachedref", Text: "a cachedref.Ref for each policy, and a Cache for each connection.", Begin: beginCachedRef},
	{Name: "hazptr", Text: "a hazptr.Holder for each connection.", Begin: func(first *policy) way { return &hazptrWay{keepByHazptr(first)} }},
	{Name: "hazptr-guard", Text: "a hazptr.Guard for each request.", Begin: func(first *policy) way { return &guardWay{keepByHazptr(first)} }},
	{Name: "rwlock", Text: "a sync.RWMutex around each check.", Begin: func(first *policy) way { return &rwlockWay{keeper.NewLocked(first, (*policy).end)} }},
	{Name: "busted", Text: "ended at once, whatever looks at it: what must be noticed; not among all.",
		Begin: func(first *policy) way { return &bustedWay{keeper.NewUnsafe(first, (*policy).end)} }, Busted: true},
}

// chosen is the ways of a list.
type chosen []contest.Way[func(first *policy) way]

// UnmarshalText reads the list.
func (c *chosen) UnmarshalText(text []byte) (err error) {
	*c, err = contest.Choose(string(text), ways)
	return err
}

// hazptrWay protects the policy with a hazard pointer that each caller owns.
type hazptrWay struct{ *keeper.Hazptr[policy] }

func keepByHazptr(first *policy) *keeper.Hazptr[policy] {
	return keeper.NewHazptr("label", first, nil, (*policy).end)
}

func (w *hazptrWay) visit() (check, func()) {
	k, h := w.Hazptr, hazptr.NewHolder[policy]()
	return func(path string) verdict {
		said := k.Current.Protect(h).check(path)
		h.Clear()
		return said
	}, h.Close
}

// guardWay protects it for one check, as a program does whose callers come and
// go.
type guardWay struct{ *keeper.Hazptr[policy] }

func (w *guardWay) visit() (check, func()) {
	k := w.Hazptr
	return func(path string) verdict {
		g := k.Current.Acquire()
		said := g.Ptr().check(path)
		g.Release()
		return said
	}, func() {}
}

// refcntWay takes references without asking whether there are any. That is
// right only as long as nothing ends, so it keeps what was replaced.
type refcntWay struct {
	*keeper.Counted[policy]
	kept []*keeper.Count[policy]
}

func (w *refcntWay) visit() (check, func()) {
	k := w.Counted
	return func(path string) verdict {
		c := k.Current.Load()
		c.References.Add(1)
		said := c.Object.check(path)
		c.References.Add(-1)
		return said
	}, func() {}
}

func (w *refcntWay) Replace(next *policy) { w.kept = append(w.kept, w.Swap(next)) }

func (w *refcntWay) End(ctx context.Context) error {
	for _, c := range w.kept {
		c.Put()
	}
	return w.Counted.End(ctx)
}

// refcntCondWay takes a reference if there is one.
type refcntCondWay struct{ *keeper.Counted[policy] }

func (w *refcntCondWay) visit() (check, func()) {
	k := w.Counted
	return func(path string) verdict {
		c := k.Current.Load()
		for !c.TryGet() {
			c = k.Current.Load()
		}
		said := c.Object.check(path)
		c.Put()
		return said
	}, func() {}
}

// percpuRefWay counts the references to each policy on each P.
type percpuRefWay struct{ current atomic.Pointer[percpuCounted] }

type percpuCounted struct {
	*policy
	ref *percpuref.Ref
}

func beginPercpuRef(first *policy) way {
	w := &percpuRefWay{}
	w.current.Store(&percpuCounted{first, percpuref.New(first.end)})
	return w
}

func (w *percpuRefWay) visit() (check, func()) {
	return func(path string) verdict {
		c := w.current.Load()
		for !c.ref.TryGetLive() {
			c = w.current.Load()
		}
		said := c.check(path)
		c.ref.Put()
		return said
	}, func() {}
}

func (w *percpuRefWay) Replace(next *policy) {
	w.current.Swap(&percpuCounted{next, percpuref.New(next.end)}).ref.Kill()
}

func (w *percpuRefWay) End(context.Context) error {
	w.current.Swap(nil).ref.Kill()
	return nil
}

// cachedRefWay has each caller count the references that it takes. One that
// asks no more keeps the last policy that it knows until it leaves.
type cachedRefWay struct {
	current atomic.Pointer[cachedref.Ref[policy]]
}

func beginCachedRef(first *policy) way {
	w := &cachedRefWay{}
	w.current.Store(cachedref.New(first, (*policy).end))
	return w
}

func (w *cachedRefWay) visit() (check, func()) {
	cache := cachedref.NewCache[policy]()
	return func(path string) verdict {
		ref := w.current.Load()
		p := cache.Get(ref)
		for p == nil {
			ref = w.current.Load()
			p = cache.Get(ref)
		}
		said := p.check(path)
		cache.Put(ref)
		return said
	}, cache.Flush
}

func (w *cachedRefWay) Replace(next *policy) {
	w.current.Swap(cachedref.New(next, (*policy).end)).Kill()
}

func (w *cachedRefWay) End(context.Context) error {
	w.current.Swap(nil).Kill()
	return nil
}

// rwlockWay holds a read lock during the check.
type rwlockWay struct{ *keeper.Locked[policy] }

func (w *rwlockWay) visit() (check, func()) {
	k := w.Locked
	return func(path string) verdict {
		k.Mu.RLock()
		said := k.Current.check(path)
		k.Mu.RUnlock()
		return said
	}, func() {}
}

// bustedWay waits for no request.
type bustedWay struct{ *keeper.Unsafe[policy] }

func (w *bustedWay) visit() (check, func()) {
	k := w.Unsafe
	return func(path string) verdict { return k.Current.Load().check(path) }, func() {}
}
