package percpuref

import (
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/internal/litmus"
	"hazptr/internal/perproc"
)

func mustPanic(t *testing.T, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if got, ok := recover().(string); !ok || !strings.Contains(got, want) {
			t.Fatalf("panic with %q, want one that contains %q", got, want)
		}
	}()
	f()
}

// The count of a Ref in atomic mode.
func (r *Ref) references() int64 { return r.global.Load() >> 1 }

func TestMisuse(t *testing.T) {
	mustPanic(t, "percpuref: New with a nil release function", func() { New(nil) })
	r := New(func() {})
	mustPanic(t, "percpuref: GetMany(0), want 1 to", func() { r.GetMany(0) })
	mustPanic(t, "percpuref: PutMany(-1), want 1 to", func() { r.PutMany(-1) })
	mustPanic(t, "percpuref: Resurrect of a Ref that is not dying", r.Resurrect)
	mustPanic(t, "percpuref: Reinit of a Ref whose count is not zero (it is in per-P mode)", r.Reinit)
	r.Get()
	r.Kill()
	mustPanic(t, "percpuref: Kill of a Ref that is dying already", r.Kill)
	mustPanic(t, "percpuref: KillAndConfirm of a Ref that is dying already", func() { r.KillAndConfirm(func() {}) })
	mustPanic(t, "percpuref: Reinit of a Ref whose count is 1", r.Reinit)
	r.Put()
	mustPanic(t, "percpuref: Get of a Ref whose count is zero", r.Get)
	r = New(func() {})
	r.Kill()
	mustPanic(t, "percpuref: Put below zero: the count is -1", r.Put)
	r = New(func() {})
	r.Put() // its owner's
	r.Put()
	mustPanic(t, "percpuref: Kill of a Ref that was Put below zero: the count is -1", r.Kill)
	r = New(func() {})
	r.Put() // its owner's, which Kill drops again
	mustPanic(t, "percpuref: Kill below zero: the count is -1", r.Kill)
}

// sharded returns a Ref that counts on shards.
func sharded(t *testing.T, release func()) *Ref {
	t.Helper()
	r := New(release)
	if len(r.shards) == 0 {
		t.Skip("a Ref has no shards where a word has 32 bits")
	}
	return r
}

// Only the sum means anything. References are taken on one P and dropped on
// another, words wrap, and modes change meanwhile.
func TestSumOfShards(t *testing.T) {
	released := 0
	r := sharded(t, func() { released++ })
	for i := range r.shards {
		word := ^uintptr(0) - 3 // even, about to wrap
		r.shards[i].word.Release(word)
		r.shards[i].counted = word
	}
	r.shards[0].word.Release(r.shards[0].word.Own() + 10*unit)
	r.shards[len(r.shards)-1].word.Release(r.shards[len(r.shards)-1].word.Own() - 7*unit)
	for range 3 {
		r.SwitchToAtomicSync()
		if got := r.references(); got != 1+3 {
			t.Fatalf("%d references, want 4", got)
		}
		r.SwitchToPercpu()
		r.Get()
		r.Put()
	}
	r.PutMany(3)
	r.Kill()
	if released != 1 || !r.IsZero() {
		t.Fatalf("released %d times, %d references", released, r.references())
	}
}

// A goroutine that saw the mode before it changed may come to global when the
// Ref is in per-P mode again.
func TestLateAddToGlobal(t *testing.T) {
	released := 0
	r := New(func() { released++ })
	r.SwitchToAtomicSync()
	r.SwitchToPercpu()
	r.addGlobal(1, get)
	if r.IsZero() || !r.addGlobal(1, tryGet) || !r.addGlobal(1, tryGetLive) {
		t.Fatal("the count of a live Ref is taken for zero")
	}
	r.PutMany(3)
	r.addGlobal(1, get)
	r.addGlobal(-1, put)
	r.addGlobal(-1, put) // before the Get that it undoes, on a shard
	r.Get()
	if released != 0 {
		t.Fatal("released in per-P mode")
	}
	r.Kill()
	if released != 1 {
		t.Fatalf("released %d times, the count is %s", released, count(r.global.Load()))
	}
}

// Kill must wait while a goroutine is counting.
func TestKillWaitsForCounting(t *testing.T) {
	r := sharded(t, func() {})
	s := &r.shards[len(r.shards)-1]
	word := s.word.Own()
	// A Get that has gone so far, and has seen per-P mode.
	s.word.Publish(word + 1)
	killed := make(chan struct{})
	go func() {
		r.Kill()
		close(killed)
	}()
	for r.perP.Load() {
		runtime.Gosched()
	}
	select {
	case <-killed:
		t.Fatal("Kill didn't wait")
	case <-time.After(10 * time.Millisecond):
	}
	s.word.Release(word + unit)
	select {
	case <-killed:
	case <-time.After(litmus.Soon):
		t.Fatal("Kill doesn't notice")
	}
	if r.references() != 1 {
		t.Fatalf("%d references, want 1", r.references())
	}
}

// Ps that were not there when the Ref was made count in global.
func TestBeyondTheFirstPs(t *testing.T) {
	var released atomic.Int64
	r := sharded(t, func() { released.Add(1) })
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3 * len(r.shards)))
	if runtime.GOMAXPROCS(0) <= len(r.shards) {
		t.Skip("this system has no more Ps")
	}
	beyond := make(chan struct{})
	var once sync.Once
	var wg sync.WaitGroup
	for range 3 * len(r.shards) {
		wg.Go(func() {
			for i := 0; ; i++ {
				if !r.TryGetLive() {
					t.Error("TryGetLive of a live Ref fails")
				}
				p := perproc.Pin()
				perproc.Unpin()
				if p >= len(r.shards) {
					// It may block, so not while pinned.
					once.Do(func() { close(beyond) })
				}
				r.Put()
				select {
				case <-beyond:
					if i > 1000 {
						return
					}
				default:
				}
			}
		})
	}
	wg.Wait()
	if released.Load() != 0 {
		t.Fatal("released in per-P mode")
	}
	r.Kill()
	if released.Load() != 1 {
		t.Fatalf("released %d times, %d references", released.Load(), r.references())
	}
}

// What users count while modes change must be what is left in the end.
func TestSumIsKeptWhileModesChange(t *testing.T) {
	var released atomic.Int64
	r := New(func() { released.Add(1) })
	var stop atomic.Bool
	var held atomic.Int64
	var users sync.WaitGroup
	for user := range 4 {
		users.Go(func() {
			mine := 0
			var looks litmus.Looks
			for i := user; !stop.Load(); i++ {
				looks.Next()
				switch {
				case mine > 0 && i%3 == 0:
					r.PutMany(mine)
					mine = 0
				case r.TryGet():
					mine++
				default:
					t.Error("TryGet fails, and there are references")
				}
			}
			held.Add(int64(mine))
		})
	}
	r.Get() // so that it is never zero
	for deadline := time.Now().Add(litmus.Duration()); time.Now().Before(deadline); {
		r.Kill()
		if r.TryGetLive() {
			t.Error("TryGetLive of a dying Ref succeeds")
		}
		r.Resurrect()
		r.SwitchToAtomicSync()
		r.SwitchToPercpu()
	}
	stop.Store(true)
	users.Wait()
	r.Kill()
	if got, want := r.references(), held.Load()+1; got != want || released.Load() != 0 {
		t.Fatalf("%d references, want %d; released %d times", got, want, released.Load())
	}
	r.PutMany(int(r.references()))
	if released.Load() != 1 {
		t.Fatalf("released %d times", released.Load())
	}
}

func BenchmarkGetPut(b *testing.B) {
	r := New(func() {})
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r.Get()
			r.Put()
		}
	})
}

// What Kill takes while other goroutines count.
func BenchmarkKill(b *testing.B) {
	r := New(func() {})
	r.Get()
	var stop atomic.Bool
	var users sync.WaitGroup
	for range runtime.GOMAXPROCS(0) - 1 {
		users.Go(func() {
			for !stop.Load() {
				if r.TryGet() {
					r.Put()
				}
			}
		})
	}
	for b.Loop() {
		r.Kill()
		r.Resurrect()
	}
	stop.Store(true)
	users.Wait()
}
