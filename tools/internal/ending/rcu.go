package ending

import (
	"context"

	"hazptr/rcu"
)

// rcuReaders has an rcu.Reader for each reader, in a Domain of its own, and is embedded by both ways to wait for a grace period.
type rcuReaders struct {
	sources
	ledger
	domain *rcu.Domain
}

func newRCUReaders(c Config) rcuReaders {
	return rcuReaders{sources: newSources(c), ledger: ledger{bytes: c.Bytes}, domain: rcu.New()}
}

func (e *rcuReaders) Join() Reader { return &rcuReader{e, e.domain.NewReader()} }

func (e *rcuReaders) Wait(ctx context.Context) error  { return e.domain.Barrier(ctx) }
func (e *rcuReaders) Close(ctx context.Context) error { return e.domain.Close(ctx) }

type rcuReader struct {
	e      *rcuReaders
	reader *rcu.Reader
}

func (r *rcuReader) Protect(source int) *Object {
	r.reader.ReadLock()
	return r.e.all[source].head.Load()
}

func (r *rcuReader) Clear() { r.reader.ReadUnlock() }
func (r *rcuReader) Leave() { r.reader.Close() }

// rcuCalled ends the old object in a callback after a grace period. The callbacks run one at a time, so they have one tally.
type rcuCalled struct {
	rcuReaders
	ended *tally
}

func newRCUCalled(c Config) Ending {
	e := &rcuCalled{rcuReaders: newRCUReaders(c)}
	e.ended = e.ofEnder()
	return e
}

func (e *rcuCalled) NewWriter(source int) Writer {
	return &rcuCaller{e: e, src: &e.all[source], replaced: e.ofWriter()}
}

type rcuCaller struct {
	e        *rcuCalled
	src      *source
	replaced *tally
}

func (w *rcuCaller) Update(next *Object) {
	w.replaced.add()
	e, old := w.e, w.src.head.Swap(next)
	e.domain.Call(func() {
		e.end(old)
		e.ended.add()
	})
}

// rcuSynchronized waits for a grace period and ends the old object itself.
type rcuSynchronized struct{ rcuReaders }

func newRCUSynchronized(c Config) Ending { return &rcuSynchronized{newRCUReaders(c)} }

func (e *rcuSynchronized) NewWriter(source int) Writer {
	return &rcuSynchronizer{e: e, src: &e.all[source], replaced: e.ofWriter(), ended: e.ofEnder()}
}

type rcuSynchronizer struct {
	e               *rcuSynchronized
	src             *source
	replaced, ended *tally
}

func (w *rcuSynchronizer) Update(next *Object) {
	w.replaced.add()
	old := w.src.head.Swap(next)
	must(w.e.domain.Synchronize(context.Background()))
	w.e.end(old)
	w.ended.add()
}
