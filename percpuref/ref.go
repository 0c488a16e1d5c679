// Package percpuref counts references. While an object lives it counts per P,
// so that taking and dropping a reference costs the same on any number of
// cores. Once the object is to die it counts in one place, so that the last
// drop is noticed.
package percpuref

import (
	"math/bits"
	"sync"
	"sync/atomic"

	"hazptr/internal/fence"
	"hazptr/internal/perproc"
)

// A Ref is a reference count that starts in per-P mode, where it can't be told
// whether it is zero. It changes to atomic mode when its owner kills it:
//
//	ref := percpuref.New(db.unmap) // with one reference, the owner's
//
//	if ref.TryGetLive() { // readers, any goroutine
//		defer ref.Put()
//		serve(request, db)
//	}
//
//	ref.Kill() // the owner, once; the last reference dropped calls db.unmap
//
// That a reader may call TryGetLive at all must be certain by other means: the
// Ref itself must not be what ends. In Go the garbage collector ensures that,
// as long as the reader holds a pointer to the Ref.
//
// Take it where references are held for long, in numbers, and handed on, and
// where objects are few: a Ref takes two cache lines for each P. Its owner must
// know when to kill it; until then it cannot end. For objects that are replaced
// while readers look them up, hazptr does the same cheaper and needs no count.
//
// The rules are those of the kernel's percpu_ref
// (include/linux/percpu-refcount.h). A new Ref is live and has one reference,
// which Kill drops. Once the count is zero release is called, by the goroutine
// that dropped the last reference, once for each drop to zero. TryGetLive is
// certain to fail only after Kill has returned, or its confirm function has
// been called. Reinit needs a count of zero; Resurrect does not.
//
// All methods may be called by any goroutine. Get, Put and their kin never
// block; Kill, Resurrect, Reinit and the switches exclude one another. release
// and confirm are called while no lock is held, and may call every method. If
// release panics, so does the call that dropped the last reference; the count
// is zero then, as after a release that returns. A Ref is made by New and must
// not be copied; methods of the zero Ref panic.
//
// In the terminology of the Go memory model, each Put "synchronizes before" the
// call of release that follows it, and a Resurrect or Reinit "synchronizes
// before" a TryGetLive that succeeds because of it.
//
// The kernel waits for an RCU grace period to be sure that no CPU counts per
// CPU any more. Here the Ps are waited for one by one: a P's word is odd while
// its goroutine is counting. Names in brackets, here in comments, are those of
// docs/ordering.md.
type Ref struct {
	release func()
	shards  []shard
	perP    atomic.Bool // [mode] whether counts go to the shards

	_ [perproc.CacheLine]byte

	// global is unit times the count of the references that are not counted on
	// shards, plus dying if Kill has been called. While references may be
	// counted on shards, bias is in it too, so that it is far from zero
	// whatever is on the shards.
	global atomic.Int64

	mode        sync.Mutex // held to change the mode
	forceAtomic bool       // SwitchToAtomic was called
}

const (
	dying = 1
	unit  = 2
	bias  = 1 << 61
	limit = 1 << 60 // a count in units is well below, a biased one well above
)

// A shard is a P's part of the count.
type shard struct {
	// word is twice the number of references that were taken on the P less the
	// number that were dropped there, ever. It is 1 more while a goroutine that
	// is pinned to the P is about to change it. It may wrap: only the sum of
	// all shards' changes means anything.
	word fence.Word

	// counted is what word was when its count was last moved to global. It is
	// guarded by mode.
	counted uintptr

	_ [2*perproc.CacheLine - 16]byte
}

// New returns a live Ref with one reference, in per-P mode.
func New(release func()) *Ref {
	if release == nil {
		panic("percpuref: New with a nil release function")
	}
	procs := perproc.Procs()
	if bits.UintSize == 32 {
		// What a word of 32 bits counts may drift too far: all is counted in
		// global.
		procs = 0
	}
	r := &Ref{release: release, shards: make([]shard, procs)}
	r.global.Store(unit + bias)
	r.perP.Store(true)
	return r
}

// Get takes a reference. The caller must know that the count is not zero, since
// it or another goroutine holds a reference.
func (r *Ref) Get() { r.add(1, get) }

// GetMany takes n references, as Get does.
func (r *Ref) GetMany(n int) { r.addMany(n, getMany) }

// TryGet takes a reference unless the count is zero, and reports whether it
// has.
func (r *Ref) TryGet() bool { return r.add(1, tryGet) }

// TryGetLive takes a reference unless the count is zero or Kill has been
// called, and reports whether it has. While Kill runs it may do either.
func (r *Ref) TryGetLive() bool { return r.add(1, tryGetLive) }

// Put drops a reference. If it was the last one, it calls release.
func (r *Ref) Put() { r.add(-1, put) }

// PutMany drops n references, as Put does.
func (r *Ref) PutMany(n int) { r.addMany(n, putMany) }

// IsZero reports whether the count is zero. In per-P mode it is not, since the
// owner has a reference.
func (r *Ref) IsZero() bool {
	r.check("IsZero")
	return r.global.Load()&^dying == 0
}

// IsDying reports whether Kill has been called, and neither Reinit nor
// Resurrect after it.
func (r *Ref) IsDying() bool {
	r.check("IsDying")
	return r.global.Load()&dying != 0
}
