package conformance

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"hazptr/cachedref"
)

// Each object is released once, after its last reference, however that is
// dropped, while objects are replaced and references handed on (cachedref: Ref;
// the race detector sees a release that comes too early).
func TestCachedReleasedOnce(t *testing.T) {
	type object struct {
		released atomic.Int64
		ended    bool
	}
	create := func() (*object, *cachedref.Ref[object]) {
		o := new(object)
		return o, cachedref.New(o, func(o *object) {
			o.ended = true
			o.released.Add(1)
		})
	}
	type reference struct {
		o   *object
		ref *cachedref.Ref[object]
	}
	var current atomic.Pointer[cachedref.Ref[object]]
	first, ref := create()
	current.Store(ref)
	all := []*object{first}
	handed := make(chan reference, 32)
	var stop atomic.Bool
	var users sync.WaitGroup
	for user := range 4 {
		users.Go(func() {
			random := rand.New(rand.NewPCG(5, uint64(user)))
			c := cachedref.NewCache[object]()
			defer c.Flush()
			var mine []reference
			for !stop.Load() {
				ref := current.Load()
				if o := c.Get(ref); o != nil {
					if o.ended {
						t.Error("a released object is used")
					}
					mine = append(mine, reference{o, ref})
				}
				switch random.IntN(6) {
				case 0:
					for len(mine) > 0 {
						last := mine[len(mine)-1]
						mine = mine[:len(mine)-1]
						select {
						case handed <- last:
						default:
							if last.o.ended {
								t.Error("released, and there is a reference")
							}
							last.ref.Put()
						}
					}
				case 1:
					select {
					case r := <-handed:
						mine = append(mine, r)
					default:
					}
				case 2:
					c.FlushIfKilled()
				case 3:
					c.Flush()
				}
				if len(mine) > 5 {
					for _, r := range mine {
						if r.o.ended {
							t.Error("released, and there is a reference")
						}
						c.Put(r.ref)
					}
					mine = mine[:0]
				}
				if random.IntN(8) == 0 {
					runtime.Gosched()
				}
			}
			for _, r := range mine {
				c.Put(r.ref)
			}
		})
	}
	for range rounds(40_000) {
		next, ref := create()
		all = append(all, next)
		current.Swap(ref).Kill()
		if len(all)%16 == 0 {
			runtime.Gosched()
		}
	}
	stop.Store(true)
	returns(t, &users)
	current.Load().Kill()
	for close(handed); ; {
		r, ok := <-handed
		if !ok {
			break
		}
		if r.o.released.Load() != 0 {
			t.Error("released, and there is a reference")
		}
		r.ref.Put()
	}
	for _, o := range all {
		wantReleased(t, &o.released, 1)
	}
}

// Kill meets a Get by which a cache comes to know the object: the cache is
// told, or never had it (docs/ordering.md, cachedref: "either it sees the mark,
// or the generation that it remembers is not the present one").
func TestCachedKillIsNotMissed(t *testing.T) {
	random := rand.New(rand.NewPCG(17, 17))
	c := cachedref.NewCache[label]()
	var next atomic.Pointer[cachedref.Ref[label]]
	var killed atomic.Int64
	n := int64(rounds(200_000))
	killer := background(func() {
		for i := range n {
			ref := next.Load()
			for looks := 0; ref == nil; ref = next.Load() {
				if looks++; looks%1000 == 0 {
					runtime.Gosched() // there may be one core
				}
			}
			next.Store(nil)
			ref.Kill()
			killed.Store(i + 1)
		}
	})
	first, delay := 0, 0 // the delay is changed so that the two meet
	for i := range n {
		l, ref := newLabel()
		next.Store(ref)
		for range delay + random.IntN(8) {
			killed.Load()
		}
		got := c.Get(ref) != nil
		if got {
			c.Put(ref)
			first++
			delay = min(delay+1, 1000)
		} else {
			delay = max(delay-1, 0)
		}
		for looks := 0; killed.Load() <= i; {
			if looks++; looks%1000 == 0 {
				runtime.Gosched()
			}
		}
		if flushed := c.FlushIfKilled(); flushed != got {
			t.Fatalf("cached: %t, flushed: %t", got, flushed)
		}
		wantReleased(t, &l.released, 1)
	}
	happens(t, "the killer returns", killer)
	if runtime.GOMAXPROCS(0) > 1 && (first == 0 || first == int(n)) {
		t.Errorf("of %d Gets %d came first", n, first)
	}
}
