package ending

// swap swaps the pointer and ends nothing: it is what unlinking costs, which is
// part of every other way.
type swap struct {
	sources
	none
}

func newSwap(c Config) Ending { return &swap{sources: newSources(c)} }

func (e *swap) Pending() (objects, bytes int64) { return 0, 0 }

func (e *swap) Join() Reader { return loader{&e.sources} }

// loader reads an atomic pointer, and no writer knows.
type loader struct{ s *sources }

func (r loader) Protect(source int) *Object { return r.s.all[source].head.Load() }
func (r loader) Clear()                     {}
func (r loader) Leave()                     {}

func (e *swap) NewWriter(source int) Writer {
	src := &e.all[source]
	return func(next *Object) { src.head.Swap(next) }
}
