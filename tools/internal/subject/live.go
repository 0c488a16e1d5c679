package subject

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"

	"hazptr/live"
	"hazptr/tools/internal/mortal"
)

// values are cells that are a live.Value each.
type values struct{ cells []*valued }

// A valued is a cell.
type valued struct {
	*live.Value[*lived]

	// Held to replace, so that a goroutine knows what it replaces.
	replacing sync.Mutex

	next *lived // what Load returns
}

// A lived is a value. It is the garbage collector's; its object is not.
type lived struct {
	object *mortal.Object       // nil: nothing
	end    func(*mortal.Object) // set before the value is replaced
	closed atomic.Bool
}

func (l *lived) close() error {
	defer l.closed.Store(true)
	if l.object != nil && l.end != nil {
		l.end(l.object)
	}
	return nil
}

func newValues(c Config) Subject {
	s := &values{make([]*valued, c.Cells)}
	for i := range s.cells {
		cell := new(valued)
		cell.Value = live.New(new(lived), live.Options[*lived]{
			Name:  fmt.Sprint("cell ", i),
			Load:  func(context.Context) (*lived, error) { return cell.next, nil },
			Close: (*lived).close,
			// A reader may stay.
			Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
		})
		s.cells[i] = cell
	}
	return s
}

func (s *values) NewReader() Reader {
	return &nested[live.Lease[*lived]]{
		enter: func(cell int) (live.Lease[*lived], *mortal.Object) {
			l, err := s.cells[cell].Acquire()
			if err != nil {
				panic(err)
			}
			return l, l.Value().object
		},
		leave: func(l live.Lease[*lived]) { l.Release() },
	}
}

func (s *values) Ways() []Way {
	way := func(name string, waits bool, replace func(v *valued, next *lived) error) Way {
		return Way{Name: name, Waits: waits, Direct: name == "store", Replace: func(cell int, next *mortal.Object, unlinked, ended func(*mortal.Object)) {
			err := s.cells[cell].replace(next, func(o *mortal.Object) {
				unlinked(o)
				ended(o)
			}, replace)
			if err != nil {
				panic(err)
			}
		}}
	}
	store := func(v *valued, next *lived) error { return v.Store(next) }
	reload := func(v *valued, next *lived) error {
		v.next = next
		return v.Reload(context.Background())
	}
	drained := func(replace func(*valued, *lived) error) func(*valued, *lived) error {
		return func(v *valued, next *lived) error {
			var old *lived
			err := errors.Join(v.Do(func(l *lived) error { old = l; return nil }), //hazptrvet:ignore the lived is the garbage collector's
				replace(v, next), v.Drain(context.Background()))
			if !old.closed.Load() {
				panic("Drain has returned before what was replaced is closed")
			}
			return err
		}
	}
	return []Way{
		way("store", false, store),
		way("reload", false, reload),
		way("store, drain", true, drained(store)),
		way("reload, drain", true, drained(reload)),
	}
}

func (v *valued) replace(next *mortal.Object, end func(*mortal.Object), by func(*valued, *lived) error) error {
	v.replacing.Lock()
	defer v.replacing.Unlock()
	err := v.Do(func(old *lived) error {
		old.end = end
		return nil
	})
	return errors.Join(err, by(v, &lived{object: next}))
}

func (s *values) Close(ctx context.Context) (err error) {
	for _, v := range s.cells {
		err = errors.Join(err, v.Shutdown(ctx))
	}
	return err
}
