package ending

import "context"

// A graceDomain is an rcu.Domain or an srcu.Domain.
type graceDomain interface {
	Call(func())
	Synchronize(context.Context) error
	Barrier(context.Context) error
	Close(context.Context) error
}

// graced has readers in a domain of its own, and is embedded by both ways to
// wait for a grace period.
type graced struct {
	sources
	ledger
	domain graceDomain
	join   func(*sources) Reader
}

// A maker makes a domain, and tells how it makes readers.
type maker func() (domain graceDomain, join func(*sources) Reader)

func (m maker) graced(c Config) graced {
	domain, join := m()
	return graced{sources: newSources(c), ledger: ledger{bytes: c.Bytes}, domain: domain, join: join}
}

func (e *graced) Join() Reader                    { return e.join(&e.sources) }
func (e *graced) Wait(ctx context.Context) error  { return e.domain.Barrier(ctx) }
func (e *graced) Close(ctx context.Context) error { return e.domain.Close(ctx) }

// called ends the old object in a callback after a grace period. The callbacks
// run one at a time, so they have one tally.
type called struct {
	graced
	ended *tally
}

func (m maker) called(c Config) Ending {
	e := &called{graced: m.graced(c)}
	e.ended = e.ofEnder()
	return e
}

func (e *called) NewWriter(source int) Writer {
	src, replaced := &e.all[source], e.ofWriter()
	return func(next *Object) {
		replaced.add()
		old := src.head.Swap(next)
		e.domain.Call(func() {
			e.end(old)
			e.ended.add()
		})
	}
}

// awaited waits for a grace period and ends the old object itself.
type awaited struct{ graced }

func (m maker) awaited(c Config) Ending { return &awaited{m.graced(c)} }

func (e *awaited) NewWriter(source int) Writer {
	return newWaiter(&e.sources, &e.ledger, source, func(*Object) error { return e.domain.Synchronize(context.Background()) })
}

// newWaiter makes a writer that waits until no reader has the old object, and
// ends it itself.
func newWaiter(s *sources, l *ledger, source int, wait func(old *Object) error) Writer {
	src, replaced, ended := &s.all[source], l.ofWriter(), l.ofEnder()
	return func(next *Object) {
		replaced.add()
		old := src.head.Swap(next)
		must(wait(old))
		s.end(old)
		ended.add()
	}
}

// must is for waits that only their context ends, which is one that doesn't.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
