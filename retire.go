package hazptr

import (
	"fmt"
	"reflect"
	"unsafe"

	"hazptr/internal/check"
	engine "hazptr/internal/reclaim"
)

// Retire hands p, which the caller has unlinked, to the [Default] domain. When
// no hazard pointer protects p any more, reclaim is called with it, once, on
// one of the domain's goroutines. Until then it must not be retired again: an
// object that is retired twice ends twice. With -tags hazptr_debug the second
// Retire panics while the object is pending. Unlinked means that no reader can
// load p from where it was any more, and that it is not put back before reclaim
// is called.
//
// It may be called by any goroutine, from reclaim functions too. Once warm it
// allocates nothing; it takes a lock now and then, on the default domain once
// in 256 calls. Where too much is pending it slows its caller down, see
// [Config].MaxPending. It calls no reclaim function itself, unless
// [Config].ReclaimInline is set.
//
// It should not be called under a lock that reclaim functions take: they do not
// return while the caller waits for them. Retire then gives up after some tens
// of milliseconds, and the bounds are exceeded, which [Stats].Exceeded counts
// and log/slog tells of once.
//
// A reclaim function may block, retire other objects and Synchronize on them.
// It must not wait for its own domain's Barrier, Flush or Close, which wait for
// it: they panic in it, and wait for ever if another goroutine calls them for
// it. Nor may it wait for another object's reclaim function: when many are
// pending, a worker takes up to 128 at a time, and those behind one that blocks
// wait for it. If it panics on the domain's goroutine, the program ends. With
// [Config].ReclaimInline a caller of Retire, Release or Clear may run it, and
// may recover its panic. If it calls runtime.Goexit, it counts as having
// returned.
//
// Retire panics, before it changes anything, when p or reclaim is nil, for a T
// of size zero, since such objects share an address, and in a closed domain.
//
// It is the kernel's call_hazptr.
func Retire[T any](p *T, reclaim func(*T)) { RetireIn(defaultDomain, p, 0, reclaim) }

// RetireIn is [Retire] in domain d. bytes is what the object holds outside the
// Go heap, for [Config].MaxPendingBytes and [Stats]. It panics when bytes is
// negative, or more than 1<<53, with which sums could overflow.
func RetireIn[T any](d *Domain, p *T, bytes int64, reclaim func(*T)) {
	if p == nil || uint64(bytes) > maxBytes || mayNotRetire(d, reclaim) {
		refuseRetire(d, p, bytes, reclaim)
	}
	// This is retire, which the compiler does not inline.
	if check.Enabled {
		check.Retire(unsafe.Pointer(p), reflect.TypeOf(p), engine.Reclaiming)
	}
	d.reclaimer.Retire(engine.New(p, bytes, reclaim))
}

// retire is RetireIn of what cannot be refused any more. In a domain that has
// been closed meanwhile it starts a scanner.
func retire[T any](d *Domain, p *T, bytes int64, reclaim func(*T)) {
	if check.Enabled {
		check.Retire(unsafe.Pointer(p), reflect.TypeOf(p), engine.Reclaiming)
	}
	d.reclaimer.Retire(engine.New(p, bytes, reclaim))
}

// maxBytes is what one object may hold.
const maxBytes = 1 << 53

// mayNotRetire reports whether retiring a T in d with reclaim makes no sense.
func mayNotRetire[T any](d *Domain, reclaim func(*T)) bool {
	var zero T
	return unsafe.Sizeof(zero) == 0 || reclaim == nil || d == nil || !d.open()
}

// refuseRetire panics with what is wrong.
func refuseRetire[T any](d *Domain, p *T, bytes int64, reclaim func(*T)) {
	var zero T
	switch {
	case unsafe.Sizeof(zero) == 0:
		panic("hazptr: Retire of a zero-size type, whose objects share an address")
	case reclaim == nil:
		panic("hazptr: Retire with a nil reclaim function")
	case p == nil:
		panic("hazptr: Retire of nil")
	case uint64(bytes) > maxBytes:
		panic(fmt.Sprintf("hazptr: RetireIn with %d bytes, want 0 to %d", bytes, int64(maxBytes)))
	}
	d.check("Retire")
	panic(fmt.Sprintf("hazptr: Retire in domain %q, which is closed", d.config.Name))
}
