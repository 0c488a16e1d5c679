package hazptr

import (
	"context"
	"runtime"
	"testing"
)

func TestMisuseOfRetire(t *testing.T) {
	mustPanic(t, "Retire of nil", func() { Retire(nil, func(*int) {}) })
	mustPanic(t, "nil reclaim function", func() { Retire(new(int), nil) })
	mustPanic(t, "zero-size type", func() { Retire(new(struct{}), func(*struct{}) {}) })
	mustPanic(t, "RetireIn with -1 bytes, want 0 to 9007199254740992", func() { RetireIn(Default(), new(int), -1, func(*int) {}) })
	mustPanic(t, "RetireIn with 9007199254740993 bytes", func() { RetireIn(Default(), new(int), 1<<53+1, func(*int) {}) })
	mustPanic(t, "Synchronize on nil", func() { Synchronize[int](context.Background(), nil) })
	mustPanic(t, "zero-size type", func() { Synchronize(context.Background(), new([0]int)) })
}

// Each object reaches its own function, whatever the type.
func TestReclaimGetsItsObject(t *testing.T) {
	d := NewDomain(Config{})
	type big [100]int
	ints, bigs := make(chan *int, 1), make(chan *big, 1)
	for range 3 * chunkLen {
		i, b := new(int), new(big)
		RetireIn(d, i, 0, func(p *int) { ints <- p })
		RetireIn(d, b, 0, func(p *big) { bigs <- p })
		if <-ints != i || <-bigs != b {
			t.Fatal("another object")
		}
	}
	closeDomain(t, d)
}

// Until its reclaim function is called, the domain keeps an object alive; afterwards nothing in the domain points to it.
func TestRetiredObjectsAreKeptAliveUntilReclaimed(t *testing.T) {
	d := NewDomain(Config{})
	hold := make(chan struct{})
	collected := make(chan int, 1000)
	for i := range 1000 {
		o := &object{value: i}
		runtime.AddCleanup(o, func(i int) { collected <- i }, i)
		RetireIn(d, o, 0, func(o *object) {
			<-hold
			if o.value != i {
				t.Errorf("object %d has become %d", i, o.value)
			}
		})
	}
	for range 3 {
		runtime.GC()
	}
	if n := len(collected); n != 0 {
		t.Fatalf("%d objects were collected before they were reclaimed", n)
	}
	close(hold)
	closeDomain(t, d)
	eventually(t, "all objects are collected: no stale pointer is left", func() bool {
		runtime.GC()
		return len(collected) == 1000
	})
	runtime.KeepAlive(d)
}

func TestRetireDoesNotAllocate(t *testing.T) {
	if checking {
		t.Skip("it retires an object again before its reclaim function was called, which is reported")
	}
	if testing.Short() {
		t.Skip("needs some hundred thousand objects to warm up")
	}
	d := NewDomain(Config{})
	p := new(object)
	reclaim := func(*object) {}
	round := func() {
		for range 100_000 {
			RetireIn(d, p, 8, reclaim)
		}
		if err := d.Barrier(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	round()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	round()
	runtime.ReadMemStats(&after)
	// Barrier allocates its waiter; a slow worker may have needed a chunk more than ever before.
	if n := after.Mallocs - before.Mallocs; n > 1000 {
		t.Errorf("%d allocations for 100,000 objects", n)
	}
	closeDomain(t, d)
}

// A Retire that has found its domain open does not panic when Close comes
// before its end, and its object is reclaimed.
func TestRetireBesideClose(t *testing.T) {
	for _, inline := range []bool{false, true} {
		d := NewDomain(Config{ReclaimInline: inline})
		closeDomain(t, d)
		d.open.Store(true) // so the Retire has found it
		ended := make(chan struct{})
		RetireIn(d, new(int), 0, func(*int) { close(ended) })
		d.open.Store(false)
		<-ended
		for range 1000 {
			d := NewDomain(Config{ReclaimInline: inline})
			ended, done := make(chan struct{}), make(chan any)
			go func() {
				defer func() { done <- recover() }()
				RetireIn(d, new(int), 0, func(*int) { close(ended) })
			}()
			<-ended
			closeDomain(t, d)
			if text := <-done; text != nil {
				t.Fatalf("Retire of an object that had ended before Close: %v", text)
			}
		}
	}
}
