package main

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"hazptr/internal/race"
	"hazptr/tools/internal/way"
)

func typeNamed(t *testing.T, name string) way.UpdateType {
	t.Helper()
	var types way.UpdateTypes
	if err := types.UnmarshalText([]byte(name)); err != nil {
		t.Fatal(err)
	}
	return types[0]
}

func small(types ...way.UpdateType) *options {
	return &options{Types: types, Writers: 1, Readers: 1, Objects: 300, Rate: 2000, Phases: phases(), Runs: 1, Duration: 20 * time.Millisecond}
}

// early is an Ending whose readers protect an object no longer than it takes to
// find it.
type early struct{ way.Ending }

func (e early) Join() way.Reader { return earlyReader{e.Ending.Join()} }

type earlyReader struct{ way.Reader }

func (r earlyReader) Protect(source int) *way.Object {
	o := r.Reader.Protect(source)
	r.Reader.Clear()
	return o
}

func (r earlyReader) Clear() {}

func TestAnEndThatIsTooEarlyIsNoticed(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector notices it, too")
	}
	refcnt := typeNamed(t, "refcnt")
	typ := way.UpdateType{Name: "early", New: func(c way.Config) way.Ending { return early{refcnt.New(c)} }}
	c := small(typ)
	for name, measure := range map[string]func() (*promptness, error){
		"quiet": func() (*promptness, error) { return quietly(c, new(stock), typ) },
		"paced": func() (*promptness, error) { return regularly(c, new(stock), typ, 1) },
	} {
		if _, err := measure(); err == nil || !strings.Contains(err.Error(), "was read after its end") {
			t.Errorf("%s: error is %v", name, err)
		}
	}
	_, err := newSeries(c).run(t.Context(), func() {})
	if err == nil || !strings.HasPrefix(err.Error(), "early, ") {
		t.Errorf("error is %v", err)
	}
}

// lossy is an Ending that forgets one of the objects that it should end: its
// writer's hundredth.
type lossy struct{ way.Ending }

func (l lossy) NewWriter(source int) way.Writer {
	return (&lossyWriter{Writer: l.Ending.NewWriter(source)}).Update
}

type lossyWriter struct {
	way.Writer
	updates int
}

func (w *lossyWriter) Update(next *way.Object) {
	if w.updates++; w.updates != 100 {
		w.Writer.Update(next)
	}
}

func TestALostObjectIsNoticed(t *testing.T) {
	for _, typ := range way.Updates() {
		if !typ.When.Ends() {
			continue
		}
		made := typ.New
		typ.New = func(c way.Config) way.Ending { return lossy{made(c)} }
		c := small(typ)
		c.Duration = time.Second // for the slowest type's hundred updates
		err := newSeries(c).cost(&result{typ: typ}, new(run))
		if err == nil || !strings.Contains(err.Error(), " objects were replaced, and ") {
			t.Errorf("%s: error is %v", typ.Name, err)
		}
	}
	never := typeNamed(t, "swap")
	never.When = way.Promptly
	_, err := newSeries(small(never)).run(t.Context(), func() {})
	if err == nil || !strings.Contains(err.Error(), "and 0 have ended") {
		t.Errorf("error is %v", err)
	}
}

func TestStock(t *testing.T) {
	var s stock
	first := s.live(3)
	first[1] = nil // left to the garbage collector
	for i, o := range s.live(5) {
		if o == nil || o.Number() != i || o.Value() != way.Live {
			t.Errorf("object %d is %+v", i, o)
		}
	}
	if s.live(5)[0] != first[0] {
		t.Error("an object was not used again")
	}
}

// The holders of -hazards must not protect what they don't know of, such as an
// object of a phase that has got their object's address.
func TestHazardsHoldNothingElse(t *testing.T) {
	c := small(typeNamed(t, "hazptr-retire"))
	c.Hazards, c.Objects = 10, 100_000
	if _, err := newSeries(c).run(t.Context(), runtime.GC); err != nil {
		t.Error(err)
	}
}
