package hazptr

import (
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"
)

// A pass keeps exactly what a hazard holds, with fewer hazards than objects and with more, hazards of others among them, and several of one object.
func TestPassKeepsWhatIsProtected(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	for _, c := range []struct{ objects, hazards int }{{1, 0}, {1, 1}, {1000, 0}, {1000, 3}, {1000, 1000}, {10, 3000}, {600, 3000}} {
		d := NewDomain(Config{})
		d.state.Store(awake) // the test is the scanner
		objects, others := make([]object, c.objects), make([]object, 100)
		protected := map[unsafe.Pointer]bool{}
		hazards := make([]*Holder[object], c.hazards)
		held := make([]*object, c.hazards) // nil where it is none of ours
		holding := int64(0)
		for i := range hazards {
			hazards[i] = NewHolder[object]()
			if random.IntN(3) == 0 {
				hazards[i].Set(&others[random.IntN(len(others))])
				continue
			}
			p := &objects[random.IntN(len(objects))]
			hazards[i].Set(p)
			held[i] = p
			protected[unsafe.Pointer(p)] = true
			holding++
		}
		for i := range objects {
			RetireIn(d, &objects[i], 0, func(*object) {})
		}
		// The second pass looks for the kept ones again, after every other hazard has gone.
		for range 2 {
			d.scanner.pass(false)
			if len(d.scanner.kept) != len(protected) {
				t.Errorf("%+v: %d kept, want %d", c, len(d.scanner.kept), len(protected))
			}
			for _, r := range d.scanner.kept {
				if !protected[r.object] {
					t.Fatalf("%+v: kept an object that nothing holds", c)
				}
			}
			if s := d.Stats(); s.Holding != holding {
				t.Errorf("%+v: Holding is %d, want %d", c, s.Holding, holding)
			}
			clear(protected)
			holding = 0
			for i, h := range hazards {
				if i%2 == 0 {
					h.Clear()
				} else if held[i] != nil {
					protected[unsafe.Pointer(held[i])] = true
					holding++
				}
			}
		}
		for _, h := range hazards {
			h.Close()
		}
		d.state.Store(asleep)
		d.rouse()
		closeDomain(t, d)
	}
}

// With very many slots to look at, scans that nobody waits for are rarer, however long each takes.
func TestScansAreRareWithManySlots(t *testing.T) {
	holders := make([]*Holder[object], 200_000) // 12 ms at 60 ns each
	for i := range holders {
		holders[i] = NewHolder[object]()
	}
	d := NewDomain(Config{})
	p := new(object)
	holders[0].Set(p)
	RetireIn(d, p, 0, func(*object) {})
	const span = 300 * time.Millisecond
	time.Sleep(span)
	if most := int64(span/(restPerSlot*200_000)) + 2; d.Stats().Scans > most {
		t.Errorf("%d scans in %v, want at most %d", d.Stats().Scans, span, most)
	}
	for _, h := range holders {
		h.Close()
	}
	closeDomain(t, d)
}

// A scanner that rests, since what it keeps has been protected for long, is woken by whoever retires or waits, and finds in time what is protected no more.
func TestScannerRests(t *testing.T) {
	d := NewDomain(Config{FlushInterval: 10 * time.Microsecond})
	d.scanner.maxRest = time.Hour
	var source atomic.Pointer[int]
	source.Store(new(int))
	g := Acquire(&source)
	RetireIn(d, source.Swap(nil), 0, func(*int) {})
	rests := func() bool { return d.state.Load() == resting }
	eventually(t, "it looks", func() bool { return d.Stats().Holding == 1 })
	d.scanner.passing.Lock()
	d.scanner.changed = -int64(1000 * time.Hour) // the protected object has been for so long
	d.scanner.passing.Unlock()
	for range 1000 {
		eventually(t, "it rests", rests)
		done := make(chan struct{})
		RetireIn(d, new(int), 0, func(*int) { close(done) })
		select {
		case <-done:
		case <-time.After(soon):
			t.Fatal("a Retire did not wake it")
		}
	}
	eventually(t, "it rests", rests)
	if err := d.Flush(soonContext(t)); err != nil {
		t.Fatal("a Flush did not wake it:", err)
	}
	eventually(t, "it rests", rests)
	g.Release()
	closeDomain(t, d)
	eventually(t, "no goroutine is left", func() bool { return goroutines() == 0 })
}

// A scanner that has no room for what is in the queues does not look for it again and again.
func TestStarvedScannerWaits(t *testing.T) {
	const interval = 50 * time.Millisecond
	d := NewDomain(Config{MaxPending: 200, Workers: 1, FlushInterval: interval})
	release := make(chan struct{})
	var source atomic.Pointer[int]
	var guards []Guard[int]
	limit := d.scanner.limit
	retire := func(n int, held bool) {
		for range n {
			source.Store(new(int))
			if held {
				guards = append(guards, Acquire(&source))
			}
			RetireIn(d, source.Swap(nil), 0, func(*int) { <-release })
		}
		scanned := func() bool {
			d.mu.Lock()
			defer d.mu.Unlock()
			return d.retiredObjects() == d.scanned
		}
		eventually(t, "they have been scanned", scanned)
	}
	retire(limit*3/10, true)
	retire(limit/2-1, false) // the first of them blocks the worker
	for range 40 {           // more than there is room for
		RetireIn(d, new(int), 0, func(*int) {})
	}
	time.Sleep(4 * interval)
	begun, passes := time.Now(), d.madePasses()
	time.Sleep(4 * interval)
	if n, most := d.madePasses()-passes, int64(time.Since(begun)/interval)+4; n > most {
		t.Errorf("%d passes in %v, want at most %d", n, time.Since(begun), most)
	}
	close(release)
	for i := range guards {
		guards[i].Release()
	}
	closeDomain(t, d)
}

// One hazard pointer keeps all objects at its address. They do not starve the
// scanner, and end when it is cleared.
func TestObjectsAtOneAddress(t *testing.T) {
	d := NewDomain(Config{MaxPending: 4})
	object := new([8]int)
	p := unsafe.Pointer(object)
	h := NewHolder[[8]int]()
	defer h.Close()
	h.Set(object) // it is not unlinked before it is retired
	var ended atomic.Int64
	retireAs[[8]int](d, p, &ended)
	retireAs[[7]int](d, p, &ended)
	retireAs[[6]int](d, p, &ended)
	retireAs[[5]int](d, p, &ended)
	retireAs[[4]int](d, p, &ended)
	retireAs[[3]int](d, p, &ended)
	retireAs[[2]int](d, p, &ended)
	retireAs[[1]int](d, p, &ended)
	eventually(t, "all are kept", func() bool { return d.Stats().Holding == 8 })
	for range 10 {
		RetireIn(d, new(int), 0, func(*int) {})
		if err := d.Flush(soonContext(t)); err != nil {
			t.Fatal(err)
		}
	}
	if s := d.Stats(); s.Pending != 8 || ended.Load() != 0 {
		t.Errorf("%d ended while they are protected; %+v", ended.Load(), s)
	}
	h.Clear()
	closeDomain(t, d)
	if n := ended.Load(); n != 8 {
		t.Errorf("%d of 8 ended", n)
	}
}

// retireAs retires the T at p, which is the first part of a larger object.
func retireAs[T any](d *Domain, p unsafe.Pointer, ended *atomic.Int64) {
	RetireIn(d, (*T)(p), 0, func(*T) { ended.Add(1) })
}
