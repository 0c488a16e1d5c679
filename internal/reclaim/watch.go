package reclaim

import (
	"reflect"
	"slices"
	"time"
	"unsafe"

	"hazptr/internal/fence"
	"hazptr/internal/goexit"
	"hazptr/internal/hazard"
)

// A Pending is an object that has been pending for a while.
type Pending struct {
	Type    reflect.Type // a pointer to the object's
	Address uintptr
	Bytes   int64
	Age     time.Duration

	Hazards int            // that hold it
	Places  []hazard.Place // where those of them that were traced were acquired

	// Where nothing protects it: the code of the function that was called with
	// it and has not returned, or 0, and how many objects wait behind it.
	Code   uintptr
	Behind int64
}

// A suspect is an object whose reclaim function has been called, as others may
// see it: by addresses, that keep nothing alive.
type suspect struct {
	object, code        fence.Word
	bytesLow, bytesHigh fence.Word // 32 bits each

	// Zero while there is none: set last, and cleared first.
	kind fence.Word
}

func (s *suspect) set(o Object) {
	s.object.Publish(uintptr(o.at))
	// A func value points to its code's address.
	s.code.Publish(*(*uintptr)(o.reclaim))
	s.bytesLow.Publish(uintptr(uint32(o.bytes)))
	s.bytesHigh.Publish(uintptr(o.bytes >> 32))
	s.kind.Publish(uintptr(o.kind))
}

func (s *suspect) clear() { s.kind.Publish(0) }

func (s *suspect) bytes() int64 { return int64(s.bytesHigh.Load())<<32 | int64(s.bytesLow.Load()) }

// suspected returns the object whose reclaim function w has called, without its
// type, and the word of that: nil if there is none, or stalls are not watched
// for. It is called under the ledger's lock.
func (w *worker) suspected(now int64) (p Pending, kind unsafe.Pointer) {
	returned := w.returned.Load()
	word, code := w.current.kind.Load(), w.current.code.Load()
	p = Pending{Address: w.current.object.Load(), Bytes: w.current.bytes(), Age: time.Duration(now - w.run.round), Code: code}
	if word == 0 || w.returned.Load() != returned || w.current.kind.Load() != word {
		// It may be some of one object and some of the next.
		return Pending{}, nil
	}
	return p, *(*unsafe.Pointer)(unsafe.Pointer(&word))
}

// minWatch is how often pending objects are looked at for their age, at most.
const minWatch = time.Millisecond

// overdue returns what has been protected for too long, and again whenever its
// age has doubled. It is called in a turn.
func (p *pass) overdue(now int64, after time.Duration) (overdue []Pending) {
	for k := range p.all {
		age := now - k.round
		if age < int64(after) {
			break // what follows is younger
		}
		if age < 2*k.told {
			continue
		}
		k.told = age
		overdue = append(overdue, Pending{
			Type: typeOf(k.kind), Address: uintptr(k.at), Bytes: k.bytes, Age: time.Duration(age), Hazards: len(k.holds), Places: hazard.Places(k.slots()),
		})
	}
	return overdue
}

// overdue returns what reclaim functions have not returned from for too long,
// and again whenever its age has doubled.
func (c *crew) overdue(now int64, after time.Duration, waiting int64) (overdue []Pending) {
	for _, w := range c.workers {
		if w.n == 0 {
			continue
		}
		if at := w.returned.Load(); at != w.toldAt {
			w.told, w.toldAt = 0, at
		}
		age := now - w.run.round
		if age < int64(after) || age < 2*w.told {
			continue
		}
		p, kind := w.suspected(now)
		if kind == nil || w.returned.Load() != w.toldAt {
			continue // it gets on
		}
		w.told = age
		p.Type, p.Behind = typeOf(kind), waiting-1
		overdue = append(overdue, p)
	}
	return overdue
}

// reports has stalls on their way to the hook. It is guarded by the ledger's
// lock.
type reports struct {
	hook      func(Pending)
	n         int64 // since the start
	waiting   []Pending
	telling   bool
	told      chan struct{} // closed when telling ends
	goroutine uintptr       // that calls the hook, or 0
}

// maxReports is how many stalls may wait for a slow hook; more are only
// counted.
const maxReports = 256

// add takes stalls, which are only counted where the domain is closed, and
// reports whether a goroutine must tell them.
func (r *reports) add(stalls []Pending, open bool) (start bool) {
	r.n += int64(len(stalls))
	if !open {
		return false // a Retire beside Close may start a scanner after it
	}
	r.waiting = append(r.waiting, stalls[:min(len(stalls), maxReports-len(r.waiting))]...)
	if len(r.waiting) > 0 && !r.telling {
		r.telling, r.told = true, make(chan struct{})
		return true
	}
	return false
}

// next returns the stall that the goroutine reports next, and the hook, or nil
// if there is none.
func (r *reports) next(goroutine uintptr) (p Pending, hook func(Pending)) {
	if len(r.waiting) == 0 {
		r.telling, r.goroutine = false, 0
		close(r.told)
		return Pending{}, nil
	}
	p = r.waiting[0]
	r.waiting = slices.Delete(r.waiting, 0, 1)
	r.goroutine = goroutine
	return p, r.hook
}

// tell calls the hook, which may block, on a goroutine that is there while
// there are stalls to report.
func (l *ledger) tell() {
	defer func() {
		if goexit.UnderWay() {
			l.leaveReports()
			go l.tell()
		}
	}()
	for {
		p, hook := l.nextReport()
		if hook == nil {
			return
		}
		hook(p)
	}
}
