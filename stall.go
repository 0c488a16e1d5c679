package hazptr

import (
	"fmt"
	"log/slog"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"time"
	"unsafe"

	"hazptr/internal/fence"
	"hazptr/internal/goexit"
	"hazptr/internal/goroutine"
)

// A Stall is an object that has been pending for longer than [Config].StallAfter: because hazard pointers hold it, or because its reclaim function does not
// return.
type Stall struct {
	Domain  string  // Config.Name of the domain
	Type    string  // of the object, as in "*main.Database"
	Address uintptr // of the object
	Bytes   int64   // as given to RetireIn
	Age     time.Duration

	// Of an object that is protected: how many hazard pointers hold it and, with Config.Trace, where those that were traced come from, the innermost function
	// first: where Acquire was called, or NewHolder; 32 of them at most. Others may release what they have acquired, so it is not always who is to blame.
	Hazards  int
	Acquired []string

	// Of an object that nothing protects: the function that was called with it and has not returned, and how many objects wait for that or for another worker.
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

// A suspect is an object whose reclaim function has been called, as the scanner may see it: by addresses, that keep nothing alive.
type suspect struct {
	object, code        fence.Word
	bytesLow, bytesHigh fence.Word // 32 bits each
	kind                fence.Word // zero while there is none: set last, and cleared first
}

func (s *suspect) set(r retired) {
	s.object.Publish(uintptr(r.object))
	s.code.Publish(*(*uintptr)(r.reclaim)) // a func value points to its code's address
	s.bytesLow.Publish(uintptr(uint32(r.bytes)))
	s.bytesHigh.Publish(uintptr(r.bytes >> 32))
	s.kind.Publish(uintptr(r.kind))
}

func (s *suspect) clear() { s.kind.Publish(0) }

func (s *suspect) bytes() int64 { return int64(s.bytesHigh.Load())<<32 | int64(s.bytesLow.Load()) }

// kindName returns the name of the type whose word this is.
func kindName(kind unsafe.Pointer) string {
	var v any
	*(*unsafe.Pointer)(unsafe.Pointer(&v)) = kind
	return reflect.TypeOf(v).String()
}

// minWatch is how often pending objects are looked at for their age, at most.
const minWatch = time.Millisecond

// watch reports what is pending for too long, and again whenever its age has doubled. It is called with passing held.
func (d *Domain) watch(s *scanner) {
	after := d.config.StallAfter
	if after == 0 {
		return
	}
	var stalls []Stall
	now := d.clock()
	next := 0
	for i := range s.kept {
		k := &s.kept[i]
		slots := s.holding[next:][:k.slots]
		next += k.slots
		age := now - k.round
		if age < int64(after) {
			break // those that follow are younger
		}
		if age < 2*k.told {
			continue
		}
		k.told = age
		stall := Stall{
			Domain: d.config.Name, Type: kindName(k.kind), Address: uintptr(k.object), Bytes: k.bytes, Age: time.Duration(age), Hazards: k.slots,
		}
		for _, at := range traces.of(slots) {
			stall.Acquired = append(stall.Acquired, at.String())
		}
		stalls = append(stalls, stall)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, w := range d.ready.workers {
		if w.n == 0 {
			continue
		}
		if at := w.returned.Load(); at != w.toldAt {
			w.told, w.toldAt = 0, at
		}
		age := now - w.run.round
		if age < int64(after) || age < 2*w.told {
			continue
		}
		stall, kind := d.running(w, now)
		if kind == nil || w.returned.Load() != w.toldAt {
			continue // it gets on
		}
		w.told = age
		stalls = append(stalls, stall)
	}
	d.reports.add(stalls)
}

// running tells of the object whose reclaim function w has called, and returns the word of its type: nil if there is none, or stalls are not watched for. It is called under mu.
func (d *Domain) running(w *worker, now int64) (s Stall, kind unsafe.Pointer) {
	returned := w.returned.Load()
	word, code := w.current.kind.Load(), w.current.code.Load()
	s = Stall{
		Domain: d.config.Name, Address: w.current.object.Load(), Bytes: w.current.bytes(), Age: time.Duration(now - w.run.round),
		Behind: d.ready.waiting() - 1,
	}
	if word == 0 || w.returned.Load() != returned || w.current.kind.Load() != word {
		return Stall{}, nil // it may be some of one object and some of the next
	}
	kind = *(*unsafe.Pointer)(unsafe.Pointer(&word))
	s.Type, s.Reclaim = kindName(kind), place(code)
	return s, kind
}

// place returns the function whose code begins here, and where it stands.
func place(code uintptr) string {
	f := runtime.FuncForPC(code)
	if f == nil {
		return fmt.Sprintf("the function at %#x", code)
	}
	file, line := f.FileLine(code)
	return fmt.Sprintf("%s (%s:%d)", f.Name(), file, line)
}

// reports has the stalls of a domain on their way to Config.OnStall. It is guarded by the domain's mu.
type reports struct {
	d         *Domain
	n         int64 // since the start
	waiting   []Stall
	telling   bool
	told      chan struct{} // closed when telling ends
	goroutine uintptr       // that calls the hook, or 0
}

// maxReports is how many stalls may wait for a slow hook; more are only counted.
const maxReports = 256

func (r *reports) add(stalls []Stall) {
	r.n += int64(len(stalls))
	if !r.d.open.Load() {
		return // a Retire beside Close may start a scanner after it
	}
	r.waiting = append(r.waiting, stalls[:min(len(stalls), maxReports-len(r.waiting))]...)
	if len(r.waiting) > 0 && !r.telling {
		r.telling, r.told = true, make(chan struct{})
		go r.tell()
	}
}

// refuse panics if the caller was called by the hook, for which method would
// wait.
func (r *reports) refuse(method string) {
	r.d.mu.Lock()
	defer r.d.mu.Unlock()
	if r.goroutine == goroutine.Current() {
		panic(fmt.Sprintf("hazptr: %s of domain %q in its Config.OnStall, which it would wait for", method, r.d.config.Name))
	}
}

// tell calls the hook, which may block, on a goroutine that is there while
// there are stalls to report.
func (r *reports) tell() {
	defer func() {
		if goexit.UnderWay() {
			r.handOver()
		}
	}()
	for {
		s, more := r.take()
		if !more {
			return
		}
		r.d.config.OnStall(s)
	}
}

// handOver leaves the rest to another goroutine than the caller, which ends.
func (r *reports) handOver() {
	r.d.mu.Lock()
	defer r.d.mu.Unlock()
	r.goroutine = 0
	go r.tell()
}

// take returns the stall that the caller tells next. If there is none, another
// goroutine may be telling by now.
func (r *reports) take() (s Stall, more bool) {
	r.d.mu.Lock()
	defer r.d.mu.Unlock()
	if len(r.waiting) == 0 {
		r.telling, r.goroutine = false, 0
		close(r.told)
		return Stall{}, false
	}
	s = r.waiting[0]
	r.waiting = slices.Delete(r.waiting, 0, 1)
	r.goroutine = goroutine.Current()
	return s, true
}

// logStall is the hook of those who have set none.
func logStall(s Stall) { slog.Warn("hazptr: a retired object is not reclaimed", "stall", s) }
