package mapped

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"time"

	"hazptr/internal/perproc"
	"hazptr/internal/report"
	"hazptr/internal/roster"
	"hazptr/live"
)

// Options say how a file is mapped and reloaded. The zero Options will do.
type Options struct {
	// Name stands in errors, logs, metrics and on the debug page. Empty
	// means the last element of the path.
	Name string

	// ReloadOn, MaxOld, Warn and Trace are those of [live.Options].
	ReloadOn []live.Trigger
	MaxOld   int
	Warn     time.Duration
	Trace    bool

	// Copy has the file read into memory instead of mapped: for network
	// file systems, for Windows, for files that are written in place and
	// those of /proc. A read that another process has written into is tried
	// again, a few times. Builds for systems without mmap, such as js,
	// wasip1 and plan9, always copy.
	Copy bool

	// Quarantine is for debugging: a mapping that has ended keeps its
	// addresses for so long, and a use of them is a fault that can be
	// explained (see [Explain]). It also keeps the disk space of a file
	// that was removed. The last 4096 such ranges of the process are kept.
	// They outlive Shutdown, until their time ends. Only linux, darwin and
	// windows can do it; elsewhere a mapping is unmapped at once, which is
	// logged when the file is opened.
	Quarantine time.Duration

	// PrivateViews is for debugging: each Do and View has a mapping of its
	// own, parsed anew, so that a use of what was kept beyond it is a fault
	// at once. It takes a few system calls, and a file descriptor for each
	// file that is open. Without a Quarantine, there is one of a minute. It
	// does nothing for copies.
	PrivateViews bool

	// Logger is where this package and package live log. Nil means
	// slog.Default().
	Logger *slog.Logger
}

// A Parsed is a file that any number of goroutines read, mapped into memory and
// parsed, and that is replaced meanwhile. It is made by Parse or Open. Its
// methods may be called by any goroutine at any time, except that the function
// given to Parse must not call Reload, Drain or Shutdown, which panic in it.
//
// The mapping is read-only. A write into it is a fault that Do does not catch;
// a write into a copy (see Options.Copy) is seen by all readers.
//
// A program shuts down its servers first, and then their files.
//
// In the terminology of the Go memory model, the return of the function given
// to Parse "synchronizes before" each use of what it has returned, whose end
// "synchronizes before" the end of its mapping.
type Parsed[T any] struct {
	value   *live.Value[*mapping[T]]
	watched bool // uses are noted, for Explain

	path       string
	parse      func([]byte) (T, error)
	copies     bool
	private    bool
	quarantine time.Duration
	logger     *slog.Logger

	// Of the present mapping, as in live.Status. Loads alone use it.
	generation uint64

	faults atomic.Int64
	shown  *roster.Entry[atomic.Int64]
}

// A File is a file whose bytes are used as they are. [Open] makes one; its
// methods are those of [Parsed].
type File = Parsed[[]byte]

// Open maps the file at path. Do and Acquire give its bytes, which must not be
// written to. An empty file has none, and is no error.
//
// Open panics as Parse does.
func Open(path string, o Options) (*File, error) {
	mustHavePath("Open", path)
	return Parse(path, func(b []byte) ([]byte, error) { return b, nil }, o)
}

// Parse maps the file at path and calls parse with its bytes: now, and once for
// each mapping that replaces this one. What parse returns may point into the
// bytes; both are valid until the mapping ends. Parse may also call
// syscall.Madvise or Mlock with them. It must check what it is given: what it
// returns is used at once.
//
// If parse returns an error, faults, panics or calls runtime.Goexit, then so
// Parse fails, or the Reload, which leaves the present file. So it is with what
// is no regular file (a directory, a named pipe, a device; of /proc and the
// like, see Options.Copy), or too large for a slice.
//
// Parse panics if the path is empty, if MaxOld is negative, and if a Trigger is
// nil.
func Parse[T any](path string, parse func([]byte) (T, error), o Options) (*Parsed[T], error) {
	mustHavePath("Parse", path)
	if o.Name == "" {
		o.Name = filepath.Base(path)
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	p := perproc.Apart[Parsed[T]]()
	p.path, p.parse, p.copies, p.quarantine, p.logger = path, parse, o.Copy || !canMap, max(0, o.Quarantine), o.Logger
	p.private = o.PrivateViews && !p.copies
	if p.private && p.quarantine == 0 {
		p.quarantine = time.Minute
	}
	if p.quarantine > 0 && !canForbid && !p.copies {
		o.Logger.Warn("mapped: this system has no quarantine: a mapping is unmapped when it ends", "name", o.Name)
	}
	if !canForbid || p.copies {
		p.quarantine = 0
	}
	p.watched = p.private || p.quarantine > 0
	v, err := live.Open(context.Background(), live.Options[*mapping[T]]{
		Name: o.Name, Load: p.load, Close: p.end, ReloadOn: o.ReloadOn, MaxOld: o.MaxOld, Warn: o.Warn, Trace: o.Trace, Logger: o.Logger,
	})
	if err != nil {
		return nil, err
	}
	p.value = v
	p.shown = report.Faults.Add(o.Name, &p.faults)
	return p, nil
}

func mustHavePath(method, path string) {
	if path == "" {
		panic("mapped: " + method + " of an empty path, want the name of a file")
	}
}

// load maps or copies the file that is at the path now, and parses it.
func (p *Parsed[T]) load(context.Context) (*mapping[T], error) {
	m := &mapping[T]{region: region{path: p.path, faults: &p.faults}}
	if err := m.open(p.copies); err != nil {
		return nil, err
	}
	if err := p.fill(m); err != nil {
		return nil, inPath("parse", p.path, err)
	}
	if !p.private {
		m.closeFile()
	}
	p.generation++
	m.generation = p.generation
	return m, nil
}

// again maps the file of m, which is in use, once more, and parses it.
func (p *Parsed[T]) again(m *mapping[T], began *place) (*mapping[T], error) {
	own := &mapping[T]{region: region{path: m.path, info: m.info, generation: m.generation, faults: m.faults}}
	own.last.Store(began)
	if size := len(m.bytes); size > 0 {
		var err error
		if own.bytes, err = mapFile(m.file, size); err != nil {
			return nil, inPath("map", m.path, err)
		}
	}
	return own, p.fill(own)
}

// fill parses m. If that fails, or does not return, m ends.
func (p *Parsed[T]) fill(m *mapping[T]) (err error) {
	filled := false
	defer func() {
		if !filled {
			p.discard(m)
		}
	}()
	err = m.do(func(T) (err error) {
		m.value, err = p.parse(m.bytes)
		return err
	})
	filled = err == nil
	return err
}

// end ends m, which is not in use any more.
func (p *Parsed[T]) end(m *mapping[T]) error {
	m.closeFile()
	var none T
	m.value = none // it may point into the mapping
	return m.region.end(p.quarantine, p.logger)
}

// discard ends a mapping of which package live does not know.
func (p *Parsed[T]) discard(m *mapping[T]) {
	if err := p.end(m); err != nil {
		p.logger.Error("mapped: a mapping cannot be ended", "path", p.path, "err", err)
	}
}

// Do calls use with what parse has returned, or a File's bytes, and returns
// what use returns. The mapping does not end until use has returned, panicked
// or called runtime.Goexit. If p is closed, Do does not call use, and returns a
// [live.Error].
//
// If use reads bytes that cannot be read, because the file was truncated or its
// disk fails, that ends use, and Do returns a [*FaultError]. See the package's
// comment for what this does not catch. A write into the mapping is no such
// error: Do panics, with an error that names the byte. (If the file was also
// written to in place since it was mapped, the two cannot be told apart, and Do
// returns a *FaultError.) Do panics after any other fault, too; where Explain
// knows the address, it panics with the [*Ended]. Otherwise the error that it
// panics with names the address, which may be of bytes kept beyond an earlier
// Do, or of memory that has nothing to do with this package. Both errors wrap
// the runtime's, and have its method Addr. A nil pointer is the runtime's error
// itself.
//
// Use must not keep what it is given, nor a part of it; bytes.Clone and
// strings.Clone copy. A Do inside a Do may get a newer mapping, or fail. A
// Drain or Shutdown inside use waits for itself until its Context ends.
func (p *Parsed[T]) Do(use func(T) error) error {
	if p.watched {
		return p.doWatched(use)
	}
	p.mustBeMade("Do")
	return p.value.Do(func(m *mapping[T]) error { return m.do(use) })
}

func (p *Parsed[T]) doWatched(use func(T) error) error {
	began := newPlace()
	return p.value.Do(func(m *mapping[T]) error {
		m.last.Store(began)
		if !p.private {
			return m.do(use)
		}
		own, err := p.again(m, began)
		if err != nil {
			return err
		}
		defer p.discard(own)
		return own.do(use)
	})
}

// Reload maps the file that is at the path now, at the size it has now. If that
// fails, or parse fails, the present file stays, and Reload returns the error.
// It is [live.Value.Reload].
func (p *Parsed[T]) Reload(ctx context.Context) error {
	p.mustBeMade("Reload")
	return p.value.Reload(ctx)
}

// Drain waits until every mapping that was replaced before the call has ended.
// It is [live.Value.Drain].
func (p *Parsed[T]) Drain(ctx context.Context) error {
	p.mustBeMade("Drain")
	return p.value.Drain(ctx)
}

// Status tells how p is doing.
func (p *Parsed[T]) Status() live.Status {
	p.mustBeMade("Status")
	return p.value.Status()
}

// Shutdown closes p as Close does, and waits until all mappings have ended. It
// is [live.Value.Shutdown].
func (p *Parsed[T]) Shutdown(ctx context.Context) error {
	p.mustBeMade("Shutdown")
	err := p.value.Shutdown(ctx)
	report.Faults.Remove(p.shown)
	return err
}

// Close closes p: from now on each Do and Acquire fails, and triggers end. It
// does not wait, for readers or for the end of mappings, which end when their
// readers have left. A program that is about to end calls Shutdown. Close is
// [live.Value.Close].
func (p *Parsed[T]) Close() error {
	p.mustBeMade("Close")
	err := p.value.Close()
	report.Faults.Remove(p.shown)
	return err
}

// mustBeMade panics in a method of the zero Parsed or File.
func (p *Parsed[T]) mustBeMade(method string) {
	if p.value == nil {
		panic("mapped: " + method + " of a Parsed that was not made by Parse or Open")
	}
}
