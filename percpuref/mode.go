package percpuref

import (
	"fmt"
	"runtime"
	"time"

	"hazptr/internal/fence"
	"hazptr/internal/yield"
)

// Kill drops the owner's reference and makes the Ref atomic, so that the last
// Put is noticed. It panics if the Ref is dying already.
//
// It does not wait for holders of references. It waits only for goroutines that
// are counting on some P, which takes them nanoseconds.
func (r *Ref) Kill() { r.kill("Kill", nil) }

// KillAndConfirm is Kill, and calls confirm, which may be nil, when from then
// on TryGetLive fails for certain. Only after that does it drop the owner's
// reference, and release may be called. If confirm panics or calls
// runtime.Goexit, the Ref is killed all the same: the owner's reference is
// dropped on the way.
func (r *Ref) KillAndConfirm(confirm func()) { r.kill("KillAndConfirm", confirm) }

func (r *Ref) kill(method operation, confirm func()) {
	r.check(method)
	func() {
		r.mode.Lock()
		defer r.mode.Unlock()
		if r.IsDying() {
			panic(fmt.Sprintf("percpuref: %s of a Ref that is dying already", method))
		}
		if yield.Enabled {
			yield.Here("dying")
		}
		r.global.Or(dying)
		r.toAtomic(method)
	}()
	defer r.addGlobal(-1, method) // once, even if confirm does not return
	if confirm != nil {
		confirm()
	}
}

// Resurrect undoes Kill. The Ref is live, has one more reference, its owner's,
// and is in per-P mode unless SwitchToAtomic was called. It panics if the Ref
// is not dying.
//
// The caller must know that Kill has returned. If the count may fall to zero
// meanwhile, release may be called although the Ref is resurrected.
func (r *Ref) Resurrect() { r.revive("Resurrect", false) }

// Reinit is Resurrect of a Ref whose count is zero; it panics if it is not.
func (r *Ref) Reinit() { r.revive("Reinit", true) }

func (r *Ref) revive(method operation, zero bool) {
	r.check(method)
	r.mode.Lock()
	defer r.mode.Unlock()
	global := r.global.Load()
	if zero && global&^dying != 0 {
		panic(fmt.Sprintf("percpuref: %s of a Ref whose count is %s", method, count(global)))
	}
	if global&dying == 0 {
		panic(fmt.Sprintf("percpuref: %s of a Ref that is not dying", method))
	}
	r.global.Add(unit - dying)
	if !r.forceAtomic {
		r.toPerP()
	}
}

// SwitchToAtomic makes the Ref atomic until SwitchToPercpu, whether or not it
// is killed and resurrected meanwhile, and then calls confirm, which may be
// nil.
func (r *Ref) SwitchToAtomic(confirm func()) {
	r.switchToAtomic("SwitchToAtomic")
	if confirm != nil {
		confirm()
	}
}

// SwitchToAtomicSync is SwitchToAtomic without a confirm function. (The kernel
// has both since its SwitchToAtomic returns early.)
func (r *Ref) SwitchToAtomicSync() { r.switchToAtomic("SwitchToAtomicSync") }

func (r *Ref) switchToAtomic(method operation) {
	r.check(method)
	r.mode.Lock()
	defer r.mode.Unlock()
	r.forceAtomic = true
	r.toAtomic(method)
}

// SwitchToPercpu undoes SwitchToAtomic. A Ref that is dying stays atomic until
// Reinit or Resurrect.
func (r *Ref) SwitchToPercpu() {
	r.check("SwitchToPercpu")
	r.mode.Lock()
	defer r.mode.Unlock()
	r.forceAtomic = false
	if !r.IsDying() {
		r.toPerP()
	}
}

// toAtomic makes the Ref atomic, if it is not, and moves to global what was
// counted on the shards. It is called under mode.
//
// A goroutine that counts on a shard stores [counting] before it loads [mode].
// Heavy makes each thread drain its stores at some point F within the call. If
// [counting] comes before F, it is visible to the look below, which waits for
// [counted]. If it comes after F, then so does the load of [mode], which was
// stored before. That goroutine turns to global and leaves the shard's count
// alone. So once a word has been seen to be even its count changes no more.
//
// Meanwhile bias keeps global away from zero. Some references are dropped there
// already, while they were taken on shards.
func (r *Ref) toAtomic(method operation) {
	if !r.perP.Load() {
		return
	}
	if yield.Enabled {
		yield.Here("mode")
	}
	r.perP.Store(false) // [mode]
	fence.Heavy()       // pairs with [counting]
	var counted uintptr // the shards' parts may wrap, their sum does not
	for i := range r.shards {
		s := &r.shards[i]
		word := s.settled()
		counted += word - s.counted
		s.counted = word
	}
	if yield.Enabled {
		yield.Here("global")
	}
	if global := r.global.Add(int64(int(counted)) - bias); global < 0 {
		panic(fmt.Sprintf("percpuref: %s of a Ref that was Put below zero: the count is %d", method, global>>1))
	}
}

// settled returns the word when no goroutine is counting. One that is counting
// is pinned: it is not preempted, but its thread may be.
func (s *shard) settled() uintptr {
	for looks := 0; ; looks++ {
		if word := s.word.Load(); word&1 == 0 { // pairs with [counted]
			return word
		}
		switch {
		case yield.Enabled && yield.Wait("counting"):
		case looks < 100:
			runtime.Gosched()
		default:
			time.Sleep(10 * time.Microsecond)
		}
	}
}

// toPerP puts the Ref in per-P mode, if it is not. It is called under mode,
// with a reference that no other goroutine can drop: the owner's.
//
// The shards need not be cleared, since what they count from is kept beside
// them. bias comes first. A goroutine that sees [mode] may drop on a shard a
// reference that is counted in global, and no goroutine must take what remains
// in global for the count.
func (r *Ref) toPerP() {
	if r.perP.Load() {
		return
	}
	if yield.Enabled {
		yield.Here("bias")
	}
	r.global.Add(bias)
	if yield.Enabled {
		yield.Here("mode")
	}
	r.perP.Store(true) // [mode]
}

// count tells in words what global stands for.
func count(global int64) string {
	if global >= limit {
		return "not zero (it is in per-P mode)"
	}
	return fmt.Sprint(global >> 1)
}
