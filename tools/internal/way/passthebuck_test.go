package way

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/internal/race"
)

// newBuck returns an Ending of one source, and its writer and object.
func newBuck() (e *buck, w Writer, o *Object) {
	o = NewObject(0)
	e = newPassTheBuck(Config{Objects: []*Object{o}}).(*buck)
	return e, e.NewWriter(0), o
}

// A trapped object is handed over to its guard, and ends when an update finds
// that it is not trapped any more.
func TestBuckIsPassed(t *testing.T) {
	e, w, first := newBuck()
	r, other := e.Join().(*buckReader), e.Join().(*buckReader)
	r.Protect(0)
	second, third := NewObject(1), NewObject(2)
	w.Update(second)
	if got := r.g.handed.Load().object; got != first || first.Value() != Live {
		t.Errorf("the object of the guard is %v", got)
	}
	if other.g.handed.Load().object != nil {
		t.Error("a guard that traps nothing was handed an object")
	}
	other.Protect(0)
	w.Update(third)
	if first.Value() != Live || second.Value() != Live || other.g.handed.Load().object != second {
		t.Error("an object has ended while a reader has it")
	}
	r.Clear()
	if first.Value() != Live {
		t.Error("the reader has ended its object")
	}
	r.Protect(0)
	w.Update(NewObject(3)) // the guard is handed the third object for the first
	if first.Value() == Live || second.Value() != Live || r.g.handed.Load().object != third {
		t.Error("an object was not exchanged for the next one")
	}
	other.Leave()
	w.Update(NewObject(4))
	if second.Value() == Live || third.Value() != Live {
		t.Error("what was handed over to a guard that was fired has not ended")
	}
	if e.hire() != other.g {
		t.Error("a guard that was fired is not hired again")
	}
	r.Leave()
	finish(t, e)
	if third.Value() == Live {
		t.Error("an object has not ended after Wait")
	}
}

// A handover that was found before another one was made exchanges nothing, even
// if the object is the same, or none again.
func TestBuckHandoversAreToldApart(t *testing.T) {
	e, _, o := newBuck()
	g := e.hire()
	before := g.handed.Load()
	g.protect(&e.all[0].head)
	if free := g.pass([]*Object{o}); len(free) != 0 {
		t.Fatalf("%d objects are free", len(free))
	}
	g.clear()
	if free := g.pass(nil); !slices.Equal(free, []*Object{o}) {
		t.Fatalf("%d objects are free", len(free))
	}
	if g.handed.Load().object != nil || g.handed.CompareAndSwap(before, &handover{o}) {
		t.Error("no handover is as good as one that there was before")
	}
}

// abused has readers and writers use e for a while, and returns how many
// objects were read after their end.
func abused(e Ending, sources int, enough func(late int64) bool) (late int64) {
	var readers, writers sync.WaitGroup
	var stop atomic.Bool
	var seen atomic.Int64
	for i := range 4 {
		readers.Go(func() {
			r := e.Join()
			for n := i; !stop.Load(); n++ {
				o := r.Protect(n % sources)
				if n%3 == 0 {
					runtime.Gosched() // the object is handed over
				}
				if o.Value() != Live {
					seen.Add(1)
				}
				r.Clear()
				if n%64 == 0 {
					r.Leave()
					r = e.Join()
				}
			}
			r.Leave()
		})
	}
	for source := range sources {
		writers.Go(func() {
			for w := e.NewWriter(source); !stop.Load(); {
				w.Update(NewObject(source))
				runtime.Gosched()
			}
		})
	}
	for begun := time.Now(); time.Since(begun) < 10*time.Second && !enough(seen.Load()); {
		time.Sleep(time.Millisecond)
	}
	stop.Store(true)
	readers.Wait()
	writers.Wait()
	return seen.Load()
}

func TestBuckKeepsWhatIsRead(t *testing.T) {
	e, _ := made(UpdateType{New: newPassTheBuck}, 2, nil)
	begun := time.Now()
	if late := abused(e, 2, func(int64) bool { return time.Since(begun) > 300*time.Millisecond }); late > 0 {
		t.Errorf("%d objects were read after their end", late)
	}
	finish(t, e)
}

// unvalidated is a buck of which the readers don't look whether the object was
// replaced before they had posted it.
type unvalidated struct{ *buck }

func (e unvalidated) Join() Reader { return unvalidatedReader{e.buck.Join().(*buckReader)} }

type unvalidatedReader struct{ *buckReader }

func (r unvalidatedReader) Protect(source int) *Object {
	o := r.e.all[source].head.Load()
	runtime.Gosched()
	atomic.StoreUintptr(&r.g.post, address(o))
	return o
}

// careless is a buck of which the writers look at no guard.
type careless struct{ *buck }

func (e careless) NewWriter(source int) Writer {
	return func(next *Object) { e.end(e.all[source].head.Swap(next)) }
}

func TestABrokenBuckIsNoticed(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector notices it, too")
	}
	e, _ := made(UpdateType{New: newPassTheBuck}, 2, nil)
	one, _ := made(UpdateType{New: newPassTheBuck}, 2, nil)
	for name, broken := range map[string]Ending{"unvalidated": unvalidated{e.(*buck)}, "careless": careless{one.(*buck)}} {
		if late := abused(broken, 2, func(late int64) bool { return late > 0 }); late == 0 {
			t.Errorf("%s: no object was read after its end", name)
		}
	}
}
