package main

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"hazptr/tools/internal/way"
)

// patience is how long is waited for something that should come to pass within
// milliseconds.
const patience = 30 * time.Second

// A session is one Ending, and the readers and writers of its objects. Each
// phase of each run has one of its own.
type session struct {
	typ     way.UpdateType
	ending  way.Ending
	sources int

	// By number: first the ones that the sources begin with.
	objects []*way.Object

	used    int          // objects that have been taken for a source
	updates atomic.Int64 // that were made

	stop    atomic.Bool // what readers look at
	readers sync.WaitGroup
	time    atomic.Int64 // that the readers' threads have taken, in ns
	untold  atomic.Bool  // the system doesn't tell that
	failure atomic.Pointer[error]
}

// newSession makes a session with so many sources in which no more than so many
// updates are made. ended is as in way.Config.
func newSession(c *options, s *stock, typ way.UpdateType, sources, updates int, ended func(number int)) *session {
	objects := s.live(sources + updates)
	return &session{
		typ: typ, sources: sources, objects: objects, used: sources,
		ending: typ.New(way.Config{Objects: objects[:sources], Ended: ended, Bytes: c.Bytes, Workers: c.Workers}),
	}
}

// take returns n objects to put into sources.
func (s *session) take(n int) []*way.Object {
	s.used += n
	return s.objects[s.used-n : s.used]
}

// fail notes the first thing that went wrong.
func (s *session) fail(err error) { s.failure.CompareAndSwap(nil, &err) }

func (s *session) failed() error {
	if err := s.failure.Load(); err != nil {
		return *err
	}
	return nil
}

// check fails if o has ended.
func (s *session) check(o *way.Object) {
	if o.Value() != way.Live {
		s.fail(fmt.Errorf("object %d was read after its end", o.Number()))
	}
}

// start makes n readers that read until stop is true, each on a thread of its
// own, and returns when they are there.
func (s *session) start(n int, read func(i int, r way.Reader)) {
	s.stop.Store(false)
	var there sync.WaitGroup
	there.Add(n)
	for i := range n {
		s.readers.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			begun, told := threadTime()
			r := s.ending.Join()
			there.Done()
			read(i, r)
			r.Leave()
			ended, _ := threadTime()
			s.time.Add(int64(ended - begun))
			if !told {
				s.untold.Store(true)
			}
		})
	}
	there.Wait()
}

// leave ends what start began.
func (s *session) leave() {
	s.stop.Store(true)
	s.readers.Wait()
}

// readAll reads all sources in turn, all the time.
func (s *session) readAll(_ int, r way.Reader) {
	for !s.stop.Load() {
		for source := range s.sources {
			s.check(r.Protect(source))
			r.Clear()
		}
	}
}

// processor returns the time that the process has taken on all processors,
// without that of the readers that have left, and whether it is known.
func (s *session) processor() (time.Duration, bool) {
	took, told := processTime()
	return took - time.Duration(s.time.Load()), told && !s.untold.Load()
}

// wait returns when everything that was replaced has ended, if this type ends
// it.
func (s *session) wait() error {
	if !s.typ.When.Ends() {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return s.ending.Wait(ctx)
}

// close ends the session, in which no goroutine is left. It returns an error if
// an object was read too late, has not ended, or has ended too many.
func (s *session) close() error {
	if err := cmp.Or(s.wait(), s.failed(), s.account()); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return s.ending.Close(ctx)
}

// account looks at every object: as many must have ended as were replaced. This
// costs the updates nothing but the mark that their objects get.
func (s *session) account() error {
	if !s.typ.When.Ends() {
		return nil
	}
	over := int64(0)
	for _, o := range s.objects[:s.used] {
		if o.Value() != way.Live {
			over++
		}
	}
	if replaced := s.updates.Load(); over != replaced {
		return fmt.Errorf("%d objects were replaced, and %d have ended", replaced, over)
	}
	return nil
}

// A stock has the objects that are put into the sources. They are made before
// anything is measured and used again from phase to phase, so that what is
// allocated in between is the mechanisms'.
type stock struct{ objects []*way.Object }

// live returns n objects that have not ended, numbered from 0. The caller may
// set to nil what it leaves to the garbage collector.
func (s *stock) live(n int) []*way.Object {
	for i := range min(n, len(s.objects)) {
		if s.objects[i] == nil {
			s.objects[i] = way.NewObject(i)
		} else {
			s.objects[i].Revive()
		}
	}
	for i := len(s.objects); i < n; i++ {
		s.objects = append(s.objects, way.NewObject(i))
	}
	return s.objects[:n:n]
}
