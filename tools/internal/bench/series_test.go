package bench

import (
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/tools/internal/way"
)

func TestSeries(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	for _, c := range []Config{
		{Readers: []int{1, 5}, Loops: 50},
		{Readers: []int{1, 5}, Section: 100 * time.Microsecond},
		{Readers: []int{3}, Loops: 20, Length: 9},
		{Readers: []int{3}, Loops: 20, Delay: 100},
		{Readers: []int{2}, Section: 2 * time.Millisecond, Updates: 5000, Pin: PinAlways},
		{Readers: []int{2}, Loops: 20, Length: 3, Updates: 5000, Pin: PinNever},
	} {
		c.Types, c.Runs = way.Reads(), 2
		s := NewSeries(c)
		steps := 0
		set, err := s.Run(t.Context(), func() { steps++ })
		if err != nil {
			t.Fatal(err)
		}
		if steps != s.Steps() {
			t.Errorf("%d steps, %d were promised", steps, s.Steps())
		}
		if set.Fence == "" || set.Pinned == "" {
			t.Errorf("fence %q, pinned %q", set.Fence, set.Pinned)
		}
		if len(set.Results) != len(c.Types)*len(c.Readers) {
			t.Fatalf("%d results", len(set.Results))
		}
		for i, r := range set.Results {
			if want := c.Types[i/len(c.Readers)].Name; r.Type != want || r.Readers != c.Readers[i%len(c.Readers)] {
				t.Errorf("result %d is of %d readers of %s", i, r.Readers, r.Type)
			}
			if r.Shape != c.Shape() || r.Length != max(1, c.Length) || r.Loops < 1 || c.Loops > 0 && r.Loops != c.Loops {
				t.Errorf("%+v", r)
			}
			if len(r.Runs) != c.Runs {
				t.Fatalf("%d runs of %s", len(r.Runs), r.Type)
			}
			for _, ns := range r.Runs {
				if ns <= 0 {
					t.Errorf("%v ns of %s", ns, r.Type)
				}
			}
		}
	}
}

func TestKernelFiguresOnlyOfTheSameMeasurement(t *testing.T) {
	var hazptr way.ReadTypes
	if err := hazptr.UnmarshalText([]byte("hazptr")); err != nil {
		t.Fatal(err)
	}
	figure := func(c Config) float64 {
		c.Types, c.Loops, c.Runs = hazptr, 1, 1
		if ns := NewSeries(c).set.Results[0].Kernel; ns != nil {
			return *ns
		}
		return 0
	}
	if f := figure(Config{Readers: []int{8}}); f != 8.4 {
		t.Errorf("the kernel's figure for 8 readers is %v, want 8.4", f)
	}
	for _, c := range []Config{{Readers: []int{9}}, {Readers: []int{8}, Length: 2}, {Readers: []int{8}, Delay: 1}, {Readers: []int{8}, Updates: 1}} {
		if f := figure(c); f != 0 {
			t.Errorf("%v for %+v", f, c)
		}
	}
}

// broken is a mechanism whose readers notice how many of them are in each
// phase, and that return a wrong sum on demand.
type broken struct {
	way.Mechanism
	readers int64

	// Readers that have been in the warm-up, and in the timed section.
	phase [2]atomic.Int64

	// A reader was in the timed section before all had been in the warm-up.
	early atomic.Bool

	wrong uint64
}

func (b *broken) Join() way.LoopReader { return &brokenReader{LoopReader: b.Mechanism.Join(), b: b} }

type brokenReader struct {
	way.LoopReader
	b     *broken
	calls int
}

func (r *brokenReader) Read(loops int) uint64 {
	if r.calls < 2 {
		if r.calls == 1 && r.b.phase[0].Load() != r.b.readers {
			r.b.early.Store(true)
		}
		runtime.Gosched()
		r.b.phase[r.calls].Add(1)
	}
	r.calls++
	return r.LoopReader.Read(loops) + r.b.wrong
}

func brokenType(b *broken) way.ReadType {
	return way.ReadType{Name: "broken", New: func(head *way.Object) way.Mechanism {
		b.Mechanism = way.Reads()[0].New(head)
		return b
	}}
}

func TestReadersWaitForOneAnother(t *testing.T) {
	for _, readers := range []int{1, 2, 40} {
		b := &broken{readers: int64(readers)}
		e := &experiment{typ: brokenType(b), readers: readers, loops: 10, cores: 2}
		if _, err := e.run(); err != nil {
			t.Fatal(err)
		}
		if b.early.Load() {
			t.Error("a reader began the timed section before another one had ended the warm-up")
		}
		if n := b.phase[1].Load(); n != int64(readers) {
			t.Errorf("%d of %d readers were in the timed section", n, readers)
		}
	}
}

func TestWrongSumIsAnError(t *testing.T) {
	e := &experiment{typ: brokenType(&broken{readers: 1, wrong: 1}), readers: 1, loops: 10, cores: 1}
	if _, err := e.run(); err == nil || !strings.Contains(err.Error(), "broken with 1 readers") {
		t.Errorf("error is %v", err)
	}
}

// Threads that were pinned must not go on to run other goroutines.
func TestAffinityIsNotLeft(t *testing.T) {
	before, err := allowedCPUs()
	if err != nil {
		t.Skip(err)
	}
	e := &experiment{typ: way.Reads()[0], readers: 4, loops: 10, cores: 4, cpus: before[:1]}
	if _, err := e.run(); err != nil {
		t.Fatal(err)
	}
	for range 50 {
		count := make(chan int)
		go func() {
			runtime.LockOSThread()
			cpus, _ := allowedCPUs()
			count <- len(cpus)
			runtime.UnlockOSThread()
		}()
		if n := <-count; n != len(before) {
			t.Fatalf("a thread may use %d of %d CPUs", n, len(before))
		}
	}
}

// Threads that are late in the first sections make few loops seem to fill them.
func TestLoopsAreNotChosenByALateThread(t *testing.T) {
	const section = 20 * time.Millisecond
	for _, late := range []time.Duration{0, 3 * time.Millisecond, 15 * time.Millisecond, 90 * time.Millisecond} {
		for _, lateCalls := range []int{0, 1} {
			for _, cost := range []float64{0.3, 40, 1e6} { // ns
				calls := 0
				loops, err := fill(section, 128, func(loops, tries int) (time.Duration, error) {
					elapsed := time.Duration(float64(loops) * cost)
					if calls++; calls <= lateCalls && cost < 1e6 {
						elapsed += late
					}
					return elapsed, nil
				})
				filled := time.Duration(float64(loops) * cost)
				if err != nil || filled < section/2 || filled > 2*section {
					t.Errorf("late by %v in %d calls, %v ns a read: %d loops take %v, want about %v (%v)", late, lateCalls, cost, loops, filled, section, err)
				}
			}
		}
	}
}
