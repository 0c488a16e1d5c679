package reference

import (
	"errors"
	"log"

	"hazptr/percpuref"
)

var errGone = errors.New("gone")

type database struct {
	ref  percpuref.Ref
	name string
	open bool
}

func (d *database) load() error { return nil }

func (d *database) work() {
	if d.name == "" {
		d.name = "x"
	}
}

func leaks(d *database) error {
	if !d.ref.TryGetLive() {
		return errGone
	}
	if err := d.load(); err != nil {
		return err // want `the reference taken at line 27 is not dropped on this path, as it is at line 34`
	}
	d.work()
	d.ref.Put()
	return nil
}

func leaksWithDefer(d *database, done func()) error {
	defer done()
	if !d.ref.TryGetLive() {
		return errGone
	}
	if !d.open {
		return errors.New("closed") // want `the reference taken at line 40 is not dropped on this path`
	}
	d.ref.Put()
	return nil
}

func notLooked(d *database) {
	d.ref.TryGetLive() // want `whether TryGetLive has taken a reference is not looked at, but line 52 drops one`
	defer d.ref.Put()
	d.work()
}

func droppedAnyway(d *database) {
	if !d.ref.TryGet() {
		log.Print("gone")
	}
	d.ref.Put() // want `this drops a reference also where the TryGet at line 57 has failed`
}

func deferredAnyway(r *percpuref.Ref) {
	ok := r.TryGetLive()
	defer r.Put() // want `this drops a reference also where the TryGetLive at line 64 has failed`
	if ok {
		log.Print("in")
	}
}

func twice(d *database) error {
	if !d.ref.TryGetLive() {
		return errGone
	}
	defer d.ref.Put()
	if err := d.load(); err != nil {
		d.ref.Put() // want `the reference is dropped here and again by the defer at line 75`
		return err
	}
	return nil
}

// What follows is right.

func deferred(d *database) error {
	if !d.ref.TryGetLive() {
		return errGone
	}
	defer d.ref.Put()
	return d.load()
}

func (d *database) hold() bool {
	if !d.ref.TryGetLive() {
		return false
	}
	if !d.open {
		d.ref.Put()
		return false
	}
	return true
}

func (d *database) holdError() (err error) {
	if !d.ref.TryGetLive() {
		return errGone
	}
	if !d.open {
		d.ref.Put()
		return errGone
	}
	return nil
}

func (d *database) holdLoaded() error {
	if !d.ref.TryGetLive() {
		return errGone
	}
	if !d.open {
		d.ref.Put()
		return errGone
	}
	return d.load()
}

func (d *database) holdAndDefer(done func()) error {
	defer done()
	if !d.ref.TryGetLive() {
		return errGone
	}
	if !d.open {
		d.ref.Put()
		return errGone
	}
	return nil
}

func find(all []*database, name string) (*database, error) {
	for _, d := range all {
		if d.ref.TryGet() {
			if d.name == name {
				return d, nil
			}
			d.ref.Put()
		}
	}
	return nil, errGone
}

func handsOn(d *database, to chan<- *database) error {
	if !d.ref.TryGetLive() {
		return errGone
	}
	to <- d
	if !d.open {
		return errGone
	}
	d.ref.Put()
	return nil
}

func inGoroutine(d *database) error {
	if !d.ref.TryGetLive() {
		return errGone
	}
	if d.open {
		go func() {
			d.work()
			d.ref.Put()
		}()
		return errors.New("later")
	}
	d.ref.Put()
	return nil
}

func many(r *percpuref.Ref, n int) {
	for range n {
		r.Get()
	}
	for range n {
		r.Put()
	}
}

func owner() {
	r := percpuref.New(func() {})
	r.Get()
	r.Put()
	r.Kill()
}

func both(d *database, keep bool) error {
	if keep {
		d.ref.Get()
	}
	if err := d.load(); err != nil {
		if keep {
			d.ref.Put()
		}
		return err
	}
	if keep {
		d.ref.Put()
	}
	return nil
}

var errQueued = errors.New("queued")

// The goroutine that takes something out of the queue drops its reference.
func queued(d *database) error {
	if !d.ref.TryGetLive() {
		return errGone
	}
	if d.open {
		return errQueued
	}
	d.ref.Put()
	return nil
}

func queuedBool(d *database) bool {
	d.ref.Get()
	if d.open {
		return false
	}
	d.ref.Put()
	return true
}

func queuedNothing(d *database) {
	d.ref.Get()
	if d.open {
		return
	}
	d.ref.Put()
}

func dropsTheCallersToo(d *database) error {
	d.ref.Get()
	defer d.ref.Put()
	if err := d.load(); err != nil {
		d.ref.Put()
		return err
	}
	return nil
}
