package subject

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"hazptr/mapped"
	"hazptr/tools/internal/mortal"
)

// files are cells that are a file each, which a mapped.Parsed maps. An object
// rides along with each mapping. Package mapped does not tell of the end of a
// mapping, so an object ends when a Drain has returned.
type files struct {
	folder string
	cells  []*file
	made   atomic.Uint64 // versions
	ends   sync.WaitGroup
}

// A file is a cell.
type file struct {
	*mapped.Parsed[*version]
	path string

	// Held to replace, so that a goroutine knows what it replaces.
	replacing sync.Mutex

	next   version  // what is at the path, without its bytes
	refuse bool     // the next
	parsed *version // the last, refused or not
}

// A version is one mapping of a file, which consists of its number, again and
// again. No other version, of whatever file, has it.
type version struct {
	number uint64
	object *mortal.Object // nil: nothing
	bytes  []byte
}

// whole reports whether the bytes are the version's. Where nothing is mapped it
// faults.
func (v *version) whole() bool {
	number := binary.NativeEndian.Uint64
	return number(v.bytes) == v.number && number(v.bytes[len(v.bytes)-8:]) == v.number
}

// mustBeWhole is for what is in use.
func (v *version) mustBeWhole() {
	if !v.whole() {
		panic(fmt.Sprintf("a mapping that is in use, of version %d, has other bytes: %x", v.number, v.bytes[:8]))
	}
}

// mustHaveEnded panics if the bytes are still mapped. Others may be at their
// address by now.
func (v *version) mustHaveEnded(when string) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	left := false
	func() {
		defer func() { _ = recover() }() // a fault
		left = v.whole()
	}()
	if left {
		panic(fmt.Sprintf("version %d is still mapped %s", v.number, when))
	}
}

func newFiles(c Config) Subject {
	// It is in the folder of the process that has started this one.
	folder, err := os.MkdirTemp("", "mapped-*")
	must(err)
	s := &files{folder: folder, cells: make([]*file, c.Cells)}
	for i := range s.cells {
		f := &file{path: filepath.Join(folder, fmt.Sprint("cell ", i))}
		must(f.write(version{number: s.made.Add(1)}))
		// A reader may stay.
		f.Parsed, err = mapped.Parse(f.path, f.parse, mapped.Options{Logger: slog.New(slog.DiscardHandler)})
		must(err)
		s.cells[i] = f
	}
	return s
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// write puts the next version at the path.
func (f *file) write(next version) error {
	f.next = next
	number := binary.NativeEndian.AppendUint64(nil, next.number)
	if err := os.WriteFile(f.path+".new", bytes.Repeat(number, 2*os.Getpagesize()/len(number)), 0o600); err != nil {
		return err
	}
	return os.Rename(f.path+".new", f.path)
}

var errRefused = errors.New("refused")

func (f *file) parse(b []byte) (*version, error) {
	v := f.next
	v.bytes = b
	f.parsed = &v
	v.mustBeWhole()
	if f.refuse {
		return nil, errRefused
	}
	return &v, nil
}

func (s *files) NewReader() Reader {
	turns := 0
	return &nested[mapped.View[*version]]{
		enter: func(cell int) (mapped.View[*version], *mortal.Object) {
			f := s.cells[cell]
			if turns++; turns%8 == 0 {
				must(f.Do(func(v *version) error {
					v.mustBeWhole()
					runtime.Gosched()
					v.mustBeWhole()
					return nil
				}))
			}
			view, err := f.Acquire()
			must(err)
			v := view.Value()
			v.mustBeWhole()
			return view, v.object
		},
		leave: func(view mapped.View[*version]) {
			view.Value().mustBeWhole()
			view.Release()
		},
	}
}

func (s *files) Ways() []Way {
	return []Way{
		{Name: "reload", Direct: true, Replace: func(cell int, next *mortal.Object, unlinked, ended func(*mortal.Object)) {
			s.replace(cell, next, unlinked, ended, s.ends.Go)
		}},
		{Name: "reload, drain", Waits: true, Replace: func(cell int, next *mortal.Object, unlinked, ended func(*mortal.Object)) {
			s.replace(cell, next, unlinked, ended, func(end func()) { end() })
		}},
	}
}

// replace has end call what waits for the end of the mapping that is replaced.
func (s *files) replace(cell int, next *mortal.Object, unlinked, ended func(*mortal.Object), end func(func())) {
	f := s.cells[cell]
	f.replacing.Lock()
	defer f.replacing.Unlock()
	old, number := f.parsed, s.made.Add(1)
	if number%16 == 0 {
		f.mustRefuse(version{number: s.made.Add(1)})
	}
	must(errors.Join(f.write(version{number: number, object: next}), f.Reload(context.Background())))
	if old.object != nil {
		unlinked(old.object)
	}
	end(func() {
		must(f.Drain(context.Background()))
		old.mustHaveEnded("after Drain")
		if old.object != nil {
			ended(old.object)
		}
	})
}

// mustRefuse has a version loaded that parse refuses.
func (f *file) mustRefuse(next version) {
	must(f.write(next))
	f.refuse = true
	defer func() { f.refuse = false }()
	if err := f.Reload(context.Background()); !errors.Is(err, errRefused) {
		panic(fmt.Sprintf("a Reload of what parse refuses has returned %v", err))
	}
	f.parsed.mustHaveEnded("although parse has refused it")
}

func (s *files) Close(ctx context.Context) (err error) {
	for _, f := range s.cells {
		err = errors.Join(err, f.Shutdown(ctx))
	}
	if err == nil {
		s.ends.Wait()
		for _, f := range s.cells {
			f.parsed.mustHaveEnded("after Shutdown")
		}
	}
	return errors.Join(err, os.RemoveAll(s.folder))
}
