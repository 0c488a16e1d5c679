package hazptr

import (
	"testing"
	"unsafe"

	"hazptr/internal/interleave"
)

// The fuzz tests of this package take two strings of bytes: operations, which are dealt to two to four goroutines, and the schedule, which says how they are interleaved, see
// package interleave. With the tag hazptr_yield that is at each access that docs/ordering.md tells of,
//
//	go test -tags hazptr_yield -run '^Fuzz' .                      # the inputs in testdata/fuzz
//	go test -tags hazptr_yield -run '^$' -fuzz '^FuzzProtect$' .   # new ones
//
// and without it between whole operations. The domain has no goroutines of its own there: the tests' do what a scanner and workers do. No fence that is missing is found
// in this way, since what is done one at a time is sequentially consistent; the models and TestOrdering are for that.

// fuzzThreads returns a Scheduler, and what each of the Threads is to do.
func fuzzThreads(t *testing.T, operations, schedule []byte) (*interleave.Scheduler, [][]interleave.Operation) {
	threads := interleave.Deal(t, operations)
	s := interleave.New(t, schedule)
	return s, threads
}

// fuzzDomain returns a domain without goroutines, whose scanner and workers the test's goroutines are.
func fuzzDomain(c Config) *Domain {
	d := NewDomain(c)
	d.ready.limit = 0
	d.state.Store(awake)
	return d
}

// fuzzSettle ends what is pending in the domain, which nothing protects any more, and looks at what is left.
func fuzzSettle(t *testing.T, d *Domain) {
	t.Helper()
	for before := int64(-1); d.pending() != before; {
		before = d.pending()
		d.scanner.pass(false) // which takes no more than there is room for
		d.reclaim()
	}
	if s := d.Stats(); s.Pending != 0 || s.Blocked != 0 || s.Holding != 0 || s.PendingBytes != 0 {
		t.Fatalf("in the end: %+v", s)
	}
	if d.bound != nil && (d.bound.pending.Load() != 0 || d.bound.kept.Load() != 0) {
		t.Fatalf("in the end %d bytes are pending, %d are kept", d.bound.pending.Load(), d.bound.kept.Load())
	}
	seen := map[*chunk]bool{}
	for c := d.chunks.free; c != nil; c = c.next.Load() {
		if seen[c] {
			t.Fatal("a chunk is in the pool twice")
		}
		seen[c] = true
		if c.objects != [chunkLen]unsafe.Pointer{} || c.endings != [chunkLen]ending{} || c.left != 0 {
			t.Fatalf("a chunk in the pool is not zero, %d entries are left", c.left)
		}
	}
	for q := range d.queues.All() {
		if seen[q.head] || seen[q.chunk.Load()] {
			t.Fatal("a chunk in the pool is in use")
		}
	}
}
