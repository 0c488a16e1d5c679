package hazptr_test

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"hazptr"
	"hazptr/rcu"
)

// A logFile is replaced while it is written to. It must be closed after its
// last writer has left.
type logFile struct {
	f *os.File
}

func openLog(pattern string) *logFile {
	f, err := os.CreateTemp("", pattern)
	if err != nil {
		panic(err)
	}
	os.Remove(f.Name())
	return &logFile{f}
}

func (l *logFile) close() {
	l.f.Close()
	fmt.Println("closed")
}

func Example() {
	current := hazptr.NewPointer(hazptr.PointerConfig[logFile]{Reclaim: (*logFile).close}, openLog("first"))

	// A reader, on any goroutine.
	current.Do(func(l *logFile) {
		fmt.Fprintln(l.f, "a line")

		// An updater, on any other.
		current.Replace(openLog("second"))

		fmt.Println("still open")
	})
	hazptr.Default().Barrier(context.Background())
	// Output:
	// still open
	// closed
}

func ExampleHolder() {
	var current atomic.Pointer[logFile]
	current.Store(openLog("current"))

	h := hazptr.NewHolder[logFile]()
	defer h.Close()
	for i := range 3 {
		l := h.Protect(&current)
		fmt.Fprintln(l.f, i)
		h.Clear()
	}
	fmt.Println("written")
	// Output: written
}

// Two Holders in turn walk a list whose nodes may be unlinked and retired at
// any time. Each node is protected before the one that points to it is let go.
func ExampleHolder_list() {
	type node struct {
		value int
		next  atomic.Pointer[node]
	}
	var head atomic.Pointer[node]
	for i := range 3 {
		n := &node{value: i}
		n.next.Store(head.Load())
		head.Store(n)
	}

	this, other := hazptr.NewHolder[node](), hazptr.NewHolder[node]()
	defer this.Close()
	defer other.Close()
	for n := this.Protect(&head); n != nil; {
		fmt.Println(n.value)
		n = other.Protect(&n.next)
		this, other = other, this
	}
	// Output:
	// 2
	// 1
	// 0
}

func ExampleGuard() {
	var current atomic.Pointer[logFile]
	current.Store(openLog("current"))

	done := make(chan bool)
	write := func(g hazptr.Guard[logFile]) {
		defer g.Release() // on another goroutine than Acquire
		fmt.Fprintln(g.Ptr().f, "a line")
		done <- true
	}
	go write(hazptr.Acquire(&current))
	fmt.Println(<-done)
	// Output: true
}

func ExampleSynchronize() {
	var current atomic.Pointer[logFile]
	current.Store(openLog("current"))
	g := hazptr.Acquire(&current)

	old := current.Swap(nil)
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	fmt.Println(hazptr.Synchronize(ctx, old))

	g.Release()
	if err := hazptr.Synchronize(context.Background(), old); err == nil {
		old.close()
	}
	// Output:
	// hazptr: Synchronize: hazard pointers that hold the object: 1: context deadline exceeded
	// closed
}

func ExampleDomain() {
	d := hazptr.NewDomain(hazptr.Config{Name: "logs"})
	current := hazptr.NewPointer(hazptr.PointerConfig[logFile]{Reclaim: (*logFile).close, Domain: d}, openLog("current"))
	current.Replace(nil)
	if err := d.Close(context.Background()); err != nil {
		fmt.Println(err)
	}
	fmt.Println(d.Stats().Reclaimed, "reclaimed")
	// Output:
	// closed
	// 1 reclaimed
}

func ExampleDomain_Barrier() {
	d := hazptr.NewDomain(hazptr.Config{Name: "logs"})
	l := openLog("current")
	var current atomic.Pointer[logFile]
	current.Store(l)
	g := hazptr.Acquire(&current)
	current.Store(nil)
	hazptr.RetireIn(d, l, 4096, (*logFile).close)

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	fmt.Println(d.Barrier(ctx))
	g.Release()
	fmt.Println(d.Barrier(context.Background()))
	// Output:
	// hazptr: Barrier of domain "logs": pending objects: 1; of them ready, or in reclaim functions that have not returned: 0; hazard pointers that hold the others: 1: context deadline exceeded
	// closed
	// <nil>
}

// A reader that stays is found by reports of objects that are pending for long.
func ExampleStall() {
	// A stall is reported again when its age has doubled.
	stalls := make(chan hazptr.Stall, 100)
	d := hazptr.NewDomain(hazptr.Config{
		Name:       "logs",
		StallAfter: 20 * time.Millisecond,
		// Without OnStall, log/slog has the reports.
		OnStall: func(s hazptr.Stall) { stalls <- s },
	})
	var current atomic.Pointer[logFile]
	current.Store(openLog("current"))
	g := hazptr.Acquire(&current)
	hazptr.RetireIn(d, current.Swap(nil), 4096, (*logFile).close)

	s := <-stalls
	fmt.Println(s.Type, s.Domain, s.Bytes, s.Hazards, s.Age > 20*time.Millisecond)
	g.Release()
	fmt.Println(d.Close(context.Background()))
	// Output:
	// *hazptr_test.logFile logs 4096 1 true
	// closed
	// <nil>
}

// A Pointer whose objects hold memory outside the Go heap says how much, so
// that the domain's bound in bytes counts it.
func ExamplePointerConfig() {
	maps := hazptr.NewDomain(hazptr.Config{Name: "maps", MaxPendingBytes: 1 << 30})
	current := hazptr.NewPointer(hazptr.PointerConfig[logFile]{
		Reclaim: (*logFile).close,
		Bytes:   func(*logFile) int64 { return 4096 },
		Domain:  maps,
	}, openLog("first"))
	g := current.Acquire()
	current.Replace(nil)
	fmt.Println("pending:", maps.Stats().PendingBytes, "bytes")
	g.Release()
	fmt.Println(maps.Close(context.Background()))
	// Output:
	// pending: 4096 bytes
	// closed
	// <nil>
}

// A subsystem with large objects bounds how many bytes may wait to be
// reclaimed, and learns of readers that stay.
func ExampleConfig() {
	d := hazptr.NewDomain(hazptr.Config{
		Name:            "maps",
		MaxPendingBytes: 1 << 30,
		StallAfter:      10 * time.Second, // logged by log/slog
		Trace:           true,             // where readers began
	})
	current := hazptr.NewPointer(hazptr.PointerConfig[logFile]{Reclaim: (*logFile).close, Domain: d}, openLog("first"))
	current.Replace(nil)
	fmt.Println(d.Close(context.Background()))
	// Output:
	// closed
	// <nil>
}

// The usual way: a Pointer, whose object an updater replaces while readers use
// it.
func ExamplePointer() {
	var current hazptr.Pointer[logFile]
	current.Init(hazptr.PointerConfig[logFile]{Reclaim: (*logFile).close}, openLog("first"))

	g := current.Acquire() // a use that outlives a call
	current.Replace(openLog("second"))
	fmt.Println("the first is held")
	g.Release()

	current.Do(func(l *logFile) { fmt.Fprintln(l.f, "a line") })
	current.Replace(nil)
	fmt.Println(hazptr.Default().Barrier(context.Background()))
	fmt.Println(current.Do(func(*logFile) { fmt.Println("not called") }))
	// Output:
	// the first is held
	// closed
	// closed
	// <nil>
	// false
}

// An updater that ends the object itself, when no reader is left.
func ExamplePointer_ReplaceAndWait() {
	current := hazptr.NewPointer(hazptr.PointerConfig[logFile]{Reclaim: (*logFile).close}, openLog("first"))
	old, err := current.ReplaceAndWait(context.Background(), nil)
	if err != nil {
		fmt.Println(err) // a reader stays; Reclaim is called when it has left
		return
	}
	old.close()
	// Output:
	// closed
}

// A use goes on beside another one, which may end before or after it.
func ExampleGuard_Share() {
	current := hazptr.NewPointer(hazptr.PointerConfig[logFile]{Reclaim: (*logFile).close}, openLog("first"))
	g := current.Acquire()
	var writing sync.WaitGroup
	for n := range 3 {
		writing.Go(func() {
			s := g.Share()
			defer s.Release()
			fmt.Fprintln(s.Ptr().f, "line", n)
		})
	}
	current.Replace(nil)
	writing.Wait()
	fmt.Println("still open")
	g.Release()
	hazptr.Default().Barrier(context.Background())
	// Output:
	// still open
	// closed
}

type tenant struct {
	name string
	log  *logFile
	next atomic.Pointer[tenant]
}

// A section of rcu walks a list. What it finds is used for longer than the
// section.
func ExampleKeep() {
	domain := rcu.New()
	var tenants atomic.Pointer[tenant]
	for _, name := range []string{"ann", "bob", "eve"} {
		t := &tenant{name: name, log: openLog(name)}
		t.next.Store(tenants.Load())
		tenants.Store(t)
	}

	// A reader.
	r := domain.NewReader()
	defer r.Close()
	r.ReadLock()
	t := tenants.Load()
	for t.name != "bob" {
		t = t.next.Load()
	}
	g := hazptr.Keep(t)
	r.ReadUnlock()

	// An updater unlinks the tenant, waits for the walks, and retires it.
	tenants.Load().next.Store(t.next.Load())
	domain.Call(func() { hazptr.Retire(t, func(t *tenant) { t.log.close() }) })
	_ = domain.Barrier(context.Background())

	fmt.Fprintln(g.Ptr().log.f, "a line")
	fmt.Println("still open")
	g.Release()
	_ = hazptr.Default().Barrier(context.Background())
	// Output:
	// still open
	// closed
}

// What a dashboard shows.
func ExampleStats() {
	d := hazptr.NewDomain(hazptr.Config{Name: "maps"})
	current := hazptr.NewPointer(hazptr.PointerConfig[logFile]{Reclaim: (*logFile).close, Domain: d}, openLog("first"))
	g := current.Acquire()
	current.Replace(nil)
	_ = d.Flush(context.Background()) // what nothing protects
	s := d.Stats()
	fmt.Println("retired", s.Retired, "pending", s.Pending)
	g.Release()
	_ = d.Barrier(context.Background())
	s = d.Stats()
	fmt.Println("retired", s.Retired, "pending", s.Pending)
	// Output:
	// retired 1 pending 1
	// closed
	// retired 1 pending 0
}

// What has been pending for longest, and what holds it.
func ExampleInspection() {
	d := hazptr.NewDomain(hazptr.Config{})
	var current atomic.Pointer[logFile]
	current.Store(openLog("current"))
	g := hazptr.Acquire(&current)
	hazptr.RetireIn(d, current.Swap(nil), 4096, (*logFile).close)
	for d.Stats().Holding == 0 { // until a scan has seen it
		time.Sleep(time.Millisecond)
	}

	for _, object := range d.Inspect(10).Oldest {
		fmt.Println(object.Type, "is held by hazard pointers:", object.Hazards)
	}
	g.Release()
	fmt.Println(d.Close(context.Background()))
	// Output:
	// *hazptr_test.logFile is held by hazard pointers: 1
	// closed
	// <nil>
}

// What is pending, by type.
func ExamplePendingType() {
	d := hazptr.NewDomain(hazptr.Config{})
	var current atomic.Pointer[logFile]
	current.Store(openLog("current"))
	g := hazptr.Acquire(&current)
	hazptr.RetireIn(d, current.Swap(nil), 4096, (*logFile).close)

	for _, t := range d.Inspect(0).Types {
		fmt.Println(t.Objects, t.Type, t.Bytes)
	}
	g.Release()
	fmt.Println(d.Close(context.Background()))
	// Output:
	// 1 *hazptr_test.logFile 4096
	// closed
	// <nil>
}

// How many objects were pending at most in the last five minutes.
func ExampleSecond() {
	d := hazptr.NewDomain(hazptr.Config{Name: "logs"})
	var current atomic.Pointer[logFile]
	current.Store(openLog("current"))
	g := hazptr.Acquire(&current)
	hazptr.RetireIn(d, current.Swap(nil), 4096, (*logFile).close)
	for d.Stats().Holding == 0 { // until a scan has seen it
		time.Sleep(time.Millisecond)
	}
	g.Release()
	if err := d.Flush(context.Background()); err != nil {
		fmt.Println(err)
	}

	most := int64(0)
	for _, second := range d.Inspect(0).Recent {
		most = max(most, second.Most)
	}
	fmt.Println(most)
	fmt.Println(d.Close(context.Background()))
	// Output:
	// closed
	// 1
	// <nil>
}
