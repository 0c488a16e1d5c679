package hazptr

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"

	"hazptr/internal/hazard"
	"hazptr/internal/litmus"
)

func TestGuardProtects(t *testing.T) {
	var source atomic.Pointer[int]
	none := Acquire(&source)
	if none.Ptr() != nil {
		t.Fatal("Acquire of a nil source has an object")
	}
	none.Release()
	none.Release()
	new(Guard[int]).Release()

	p := new(int)
	source.Store(p)
	first := Acquire(&source)
	second := Acquire(&source)
	if first.Ptr() != p || second.Ptr() != p || len(holding(unsafe.Pointer(p))) != 2 {
		t.Fatal("two Guards are not two hazard pointers")
	}
	first.Release()
	first.Release() // nothing
	if len(holding(unsafe.Pointer(p))) != 1 {
		t.Fatal("a second Release of the same variable released another Guard")
	}
	released := make(chan Guard[int])
	go func() {
		g := <-released
		g.Release()
		close(released)
	}()
	released <- second
	<-released
	if protects(p) {
		t.Fatal("protected after Release by another goroutine")
	}
}

// A copy must not release the Guard that now has its slot, even if that
// protects the same object.
func TestReleaseOfAReleasedCopyPanics(t *testing.T) {
	var source atomic.Pointer[int]
	source.Store(new(int))
	for range 1000 {
		g := Acquire(&source)
		released := g
		g.Release()
		litmus.MustPanic(t, "a copy has been released already", func() { c := released; c.Release() })
		next := Acquire(&source)
		litmus.MustPanic(t, "a copy has been released already", func() { c := released; c.Release() })
		if !protects(next.Ptr()) {
			t.Fatal("the copy released another Guard")
		}
		next.Release()
	}
}

// TestManyGuards holds 100,000 Guards, made and released by many goroutines in
// any order, while GOMAXPROCS goes up and down beyond the number of processors.
func TestManyGuards(t *testing.T) {
	held := 100_000
	if testing.Short() {
		held = 10_000
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	stop := make(chan struct{})
	var scaling sync.WaitGroup
	scaling.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				runtime.GOMAXPROCS([]int{1, 2, runtime.NumCPU() + 3, 3, 2*runtime.NumCPU() + 9}[i%5])
				runtime.Gosched()
			}
		}
	})

	before := Default().Stats().Guards
	objects := make([]int, 100)
	sources := make([]atomic.Pointer[int], len(objects))
	for i := range sources {
		sources[i].Store(&objects[i])
	}
	const goroutines = 16
	guards := make([]Guard[int], held)
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			for i := g; i < held; i += goroutines {
				guards[i] = Acquire(&sources[i%len(sources)])
				brief := Acquire(&sources[i%len(sources)])
				brief.Release()
			}
		})
	}
	wg.Wait()
	if n := Default().Stats().Guards - before; n != int64(held) {
		t.Errorf("%d Guards are held, want %d", n, held)
	}
	slots := map[*hazard.GuardSlot]bool{}
	for i := range guards {
		slots[guards[i].slot] = true
	}
	if len(slots) != held {
		t.Errorf("%d slots for %d Guards", len(slots), held)
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(held, func(i, j int) { guards[i], guards[j] = guards[j], guards[i] })
	for g := range goroutines {
		wg.Go(func() {
			for i := g; i < held; i += goroutines {
				guards[i].Release()
			}
		})
	}
	wg.Wait()
	close(stop)
	scaling.Wait()
	if n := Default().Stats().Guards - before; n != 0 {
		t.Errorf("%d Guards are held after all were released", n)
	}
	for i := range objects {
		if protects(&objects[i]) {
			t.Fatalf("object %d is still protected", i)
		}
	}
}
