package ending

import (
	"context"

	"hazptr/srcu"
)

// srcuReaders enter and leave an srcu.Domain. It is embedded by both ways to wait for a grace period.
type srcuReaders struct {
	sources
	ledger
	domain *srcu.Domain
}

func newSRCUReaders(c Config) srcuReaders {
	return srcuReaders{sources: newSources(c), ledger: ledger{bytes: c.Bytes}, domain: srcu.New()}
}

func (e *srcuReaders) Join() Reader { return &srcuReader{e: e} }

func (e *srcuReaders) Wait(ctx context.Context) error  { return e.domain.Barrier(ctx) }
func (e *srcuReaders) Close(ctx context.Context) error { return e.domain.Close(ctx) }

type srcuReader struct {
	e     *srcuReaders
	token srcu.Token
}

func (r *srcuReader) Protect(source int) *Object {
	r.token = r.e.domain.ReadLock()
	return r.e.all[source].head.Load()
}

func (r *srcuReader) Clear() { r.e.domain.ReadUnlock(r.token) }
func (r *srcuReader) Leave() {}

// srcuCalled ends the old object in a callback after a grace period. The callbacks run one at a time, so they have one tally.
type srcuCalled struct {
	srcuReaders
	ended *tally
}

func newSRCUCalled(c Config) Ending {
	e := &srcuCalled{srcuReaders: newSRCUReaders(c)}
	e.ended = e.ofEnder()
	return e
}

func (e *srcuCalled) NewWriter(source int) Writer {
	return &srcuCaller{e: e, src: &e.all[source], replaced: e.ofWriter()}
}

type srcuCaller struct {
	e        *srcuCalled
	src      *source
	replaced *tally
}

func (w *srcuCaller) Update(next *Object) {
	w.replaced.add()
	e, old := w.e, w.src.head.Swap(next)
	e.domain.Call(func() {
		e.end(old)
		e.ended.add()
	})
}

// srcuSynchronized waits for a grace period and ends the old object itself.
type srcuSynchronized struct{ srcuReaders }

func newSRCUSynchronized(c Config) Ending { return &srcuSynchronized{newSRCUReaders(c)} }

func (e *srcuSynchronized) NewWriter(source int) Writer {
	return &srcuSynchronizer{e: e, src: &e.all[source], replaced: e.ofWriter(), ended: e.ofEnder()}
}

type srcuSynchronizer struct {
	e               *srcuSynchronized
	src             *source
	replaced, ended *tally
}

func (w *srcuSynchronizer) Update(next *Object) {
	w.replaced.add()
	old := w.src.head.Swap(next)
	must(w.e.domain.Synchronize(context.Background()))
	w.e.end(old)
	w.ended.add()
}
