package reclaim

import (
	"math"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/internal/litmus"
)

// As many bytes are pending as are allowed, however many goroutines retire, and
// what is protected on top.
func TestPendingBytesAreBounded(t *testing.T) {
	const bound, size, protected = 1 << 20, 4000, 5 << 20
	d := NewDomain(Config{MaxPendingBytes: bound})
	var source atomic.Pointer[object]
	source.Store(new(object))
	g := Acquire(&source)
	// It is larger than the bound, and is taken since nothing else is pending.
	RetireIn(d, source.Swap(nil), protected, func(*object) {})
	litmus.Eventually(t, "it is known to be protected", func() bool { return d.Stats().Holding == 1 })
	var stop atomic.Bool
	done := make(chan int64)
	const goroutines = 8
	for range goroutines {
		go func() {
			n := int64(0)
			for ; !stop.Load(); n++ {
				RetireIn(d, new(object), size, func(*object) {})
			}
			done <- n
		}()
	}
	most := int64(0)
	for end := time.Now().Add(litmus.Duration() / 3); time.Now().Before(end); time.Sleep(100 * time.Microsecond) {
		most = max(most, d.Stats().PendingBytes)
	}
	stop.Store(true)
	retired := int64(0)
	for range goroutines {
		retired += <-done
	}
	if most > protected+bound || most < protected+bound/2 {
		t.Errorf("%d bytes were pending, want at most %d, and about as many", most, protected+bound)
	}
	if s := d.Stats(); s.Slowed == 0 || s.SlowedTime == 0 || retired*size < 2*bound {
		t.Errorf("%d objects retired, and none was slowed down: %+v", retired, s)
	}
	if s := d.Stats(); s.RetiredBytes != protected+retired*size {
		t.Errorf("%d bytes retired, want %d", s.RetiredBytes, protected+retired*size)
	}
	g.Release()
	closeDomain(t, d)
	if n := d.bound.pending.Load(); n != 0 || d.bound.kept.Load() != 0 {
		t.Errorf("%d bytes in the account of an empty domain, %d protected", n, d.bound.kept.Load())
	}
}

// Where reclaim functions block, RetireIn comes back after a while, above the
// bound.
func TestRetireDoesNotWaitForEverForBytes(t *testing.T) {
	d := NewDomain(Config{Workers: 1, MaxPendingBytes: 100})
	release := make(chan struct{})
	for range 3 {
		RetireIn(d, new(object), 60, func(*object) { <-release })
	}
	if s := d.Stats(); s.PendingBytes != 180 || s.Slowed == 0 {
		t.Fatalf("%+v", s)
	}
	close(release)
	closeDomain(t, d)
}

// Large objects don't upset the account, whatever the size of a word.
func TestBytesOfLargeObjects(t *testing.T) {
	d := NewDomain(Config{MaxPendingBytes: 100 << 30})
	for range 10 {
		RetireIn(d, new(int), 5<<30, func(*int) {})
	}
	closeDomain(t, d)
	if n := d.bound.pending.Load(); n != 0 {
		t.Errorf("%d bytes are in the account of an empty domain", n)
	}
}

// Sums of bytes near the largest number neither lift the bound nor hold up what
// is within it.
func TestPendingBytesNearTheLargest(t *testing.T) {
	b := &bound{most: math.MaxInt64 - 10}
	if !b.take(100) {
		t.Fatal("no room for the first")
	}
	if b.take(math.MaxInt64 - 50) {
		t.Error("room for what is above the bound together with the first")
	}
	if !b.take(math.MaxInt64 - 200) {
		t.Error("no room for what is within the bound together with the first")
	}
	b.kept.Store(b.pending.Load())
	if !b.take(math.MaxInt64) || b.take(1) {
		t.Error("what is protected is not left out")
	}
}
