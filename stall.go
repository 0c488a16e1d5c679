package hazptr

import (
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"time"

	"hazptr/internal/hazard"
	"hazptr/internal/reclaim"
)

// A Stall is an object that has been pending for longer than
// [Config].StallAfter: because hazard pointers hold it, or because its reclaim
// function does not return.
type Stall struct {
	Domain  string  // Config.Name of the domain
	Type    string  // of the object, as in "*main.Database"
	Address uintptr // of the object
	Bytes   int64   // as given to RetireIn
	Age     time.Duration

	// Of an object that is protected: how many hazard pointers hold it and,
	// with Config.Trace, where the traced ones come from, the innermost
	// function first: where Acquire was called, or NewHolder; 32 of them at
	// most. Another goroutine may release what one has acquired, so the fault
	// need not be there. Guards that share a protection are one hazard pointer,
	// acquired where the first of them was.
	Hazards  int
	Acquired []string

	// Of an object that nothing protects: the function that was called with it
	// and has not returned, and how many objects wait for that or for another
	// worker.
	Reclaim string
	Behind  int64
}

// String tells the stall in one line.
func (s Stall) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s at %#x, retired in domain %q, is pending for %v: ", s.Type, s.Address, s.Domain, s.Age.Round(time.Millisecond))
	switch {
	case s.Reclaim != "":
		fmt.Fprintf(&b, "%s has not returned, %d objects wait behind it", s.Reclaim, s.Behind)
		return b.String()
	case s.Hazards == 0:
		b.WriteString("nothing protects it, it waits for a worker")
		return b.String()
	}
	fmt.Fprintf(&b, "hazard pointers that hold it: %d", s.Hazards)
	for _, at := range s.Acquired {
		b.WriteString("; acquired by " + at)
	}
	return b.String()
}

// LogValue makes log/slog show the fields.
func (s Stall) LogValue() slog.Value {
	attributes := []slog.Attr{
		slog.String("domain", s.Domain), slog.String("type", s.Type), slog.String("address", fmt.Sprintf("%#x", s.Address)), slog.Int64("bytes", s.Bytes),
		slog.Duration("age", s.Age),
	}
	if s.Reclaim != "" {
		attributes = append(attributes, slog.String("reclaim", s.Reclaim), slog.Int64("behind", s.Behind))
	} else {
		attributes = append(attributes, slog.Int("hazards", s.Hazards))
		if len(s.Acquired) > 0 {
			attributes = append(attributes, slog.Any("acquired", s.Acquired))
		}
	}
	return slog.GroupValue(attributes...)
}

// ReportStalls has report called with what has been pending for longer than
// after, from now on. It replaces [Config].StallAfter and OnStall; their rules
// apply. A nil report logs a warning through log/slog. With after = 0 there are
// no reports, which readers that rightly stay for long make a nuisance.
//
// Of an object whose reclaim function was called before, it is not known that
// it has not returned, unless stalls were reported then, too.
func (d *Domain) ReportStalls(after time.Duration, report func(Stall)) {
	d.mustBeHere("ReportStalls")
	if after < 0 {
		panic("hazptr: ReportStalls after " + after.String() + ", want 0 or more")
	}
	if report == nil {
		report = logStall
	}
	d.reclaimer.ReportStalls(after, d.teller(report))
}

// teller returns what calls report.
func (d *Domain) teller(report func(Stall)) func(reclaim.Pending) {
	return func(p reclaim.Pending) { report(d.stall(p)) }
}

// stall tells of an object with names.
func (d *Domain) stall(p reclaim.Pending) Stall {
	s := Stall{
		Domain: d.config.Name, Type: p.Type.String(), Address: p.Address, Bytes: p.Bytes, Age: p.Age, Hazards: p.Hazards, Behind: p.Behind,
	}
	for _, at := range p.Places {
		s.Acquired = append(s.Acquired, at.String())
	}
	if p.Code != 0 {
		s.Reclaim = place(p.Code)
	}
	return s
}

// place returns the function whose code begins here, and its place.
func place(code uintptr) string {
	f := runtime.FuncForPC(code)
	if f == nil {
		return fmt.Sprintf("the function at %#x", code)
	}
	file, line := f.FileLine(code)
	return fmt.Sprintf("%s (%s:%d)", f.Name(), file, line)
}

// logStall is the hook where none is set.
func logStall(s Stall) { slog.Warn(s.advice(hazard.Tracing()), "stall", s) }

// advice says what holds the object, and what to do. traced is whether places
// are remembered now.
func (s Stall) advice(traced bool) string {
	const protected = "hazptr: a retired object is still protected: is a Guard not released, a Holder not cleared, or a reader slow?"
	switch {
	case s.Reclaim != "":
		return "hazptr: the reclaim function of a retired object has not returned: does it block?"
	case s.Hazards == 0:
		return "hazptr: a retired object waits for a worker: do all reclaim functions block?"
	case len(s.Acquired) > 0:
		return protected + " See where it was acquired."
	case traced:
		return protected + " Where it was acquired is not known: Config.Trace remembers one Guard in 16, and all of them with -tags hazptr_debug."
	}
	return protected + " To see where it was acquired, call hazptr.NewDomain(hazptr.Config{Trace: true}) when the program starts."
}
