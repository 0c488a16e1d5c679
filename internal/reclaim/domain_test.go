package reclaim

import (
	"cmp"
	"context"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"hazptr/internal/fence"
	"hazptr/internal/hazard"
	"hazptr/internal/litmus"
)

// A Domain is what the root makes of a Reclaimer, as far as tests that look
// inside need it.
type Domain struct{ Reclaimer }

// A Config has some of the root's.
type Config struct {
	Name            string
	Workers         int
	ScanPercent     int
	MaxPending      int
	MaxPendingBytes int64
	ReclaimInline   bool
	StallAfter      time.Duration
	OnStall         func(Pending)
}

func NewDomain(c Config) *Domain {
	queued, scanned := 4096, 4096
	if procs := runtime.GOMAXPROCS(0); c.MaxPending > 0 {
		queued = max(1, c.MaxPending/2/procs)
		scanned = max(1, c.MaxPending-queued*procs)
	}
	d := new(Domain)
	d.Init(Options{
		Name: c.Name, Workers: cmp.Or(c.Workers, max(2, runtime.GOMAXPROCS(0))), ScanPercent: cmp.Or(c.ScanPercent, 20),
		Queued: uintptr(queued), Scanned: scanned, MaxPendingBytes: c.MaxPendingBytes, Inline: c.ReclaimInline,
		StallAfter: c.StallAfter, OnStall: c.OnStall, Closed: func() {},
	})
	return d
}

func RetireIn[T any](d *Domain, p *T, bytes int64, end func(*T)) { d.Retire(New(p, bytes, end)) }

func (d *Domain) Flush(ctx context.Context) error   { return d.Reclaimer.Flush(ctx, ctx.Done()) }
func (d *Domain) Barrier(ctx context.Context) error { return d.Reclaimer.Barrier(ctx, ctx.Done()) }
func (d *Domain) Close(ctx context.Context) error   { return d.Reclaimer.Close(ctx, ctx.Done()) }

// Stats are the figures, with some of the names that the root gives them.
type Stats struct {
	Figures
	Pending, Blocked, Scans int64
}

func (d *Domain) Stats() Stats {
	f := d.Figures()
	return Stats{f, f.Retired - f.Reclaimed, f.Ready, f.Looks}
}

func (d *Domain) pending() int64 { return d.Stats().Pending }

func closeDomain(t testing.TB, d *Domain) {
	t.Helper()
	if err := d.Close(litmus.Context(t)); err != nil {
		t.Fatal(err)
	}
	if s := d.Stats(); s.Pending != 0 || s.PendingBytes != 0 || s.Blocked != 0 {
		t.Fatalf("after Close: %+v", s)
	}
}

// goroutines returns how many scanners and workers there are.
func goroutines() (n int) {
	stacks := make([]byte, 1<<20)
	for _, g := range strings.Split(string(stacks[:runtime.Stack(stacks, true)]), "\n\n") {
		if strings.Contains(g, "reclaim.(*scanner)") || strings.Contains(g, "reclaim.(*worker)") {
			n++
		}
	}
	return n
}

// A Guard is the root's.
type Guard[T any] struct {
	p    *T
	slot *hazard.GuardSlot
}

func Acquire[T any](src *atomic.Pointer[T]) Guard[T] {
	p, slot, _ := hazard.Acquire((*unsafe.Pointer)(unsafe.Pointer(src)))
	return Guard[T]{(*T)(p), slot}
}

func (g *Guard[T]) Ptr() *T { return g.p }

func (g *Guard[T]) Release() {
	if g.slot != nil && g.slot.End() {
		g.slot.Ended()
	}
}

// A Holder is the root's, without what reads a source.
type Holder[T any] struct{ lease *hazard.Lease }

func NewHolder[T any]() *Holder[T] { return &Holder[T]{hazard.Open()} }

func (h *Holder[T]) Set(p *T) { fence.Publish(&h.lease.Hazard, uintptr(unsafe.Pointer(p))) }

func (h *Holder[T]) Clear() {
	if h.lease.End() {
		h.lease.Ended()
	}
}

func (h *Holder[T]) Close() {
	h.Clear()
	hazard.Close(h.lease)
}

type object struct {
	value int
	_     [48]byte
}

type database struct{ _ [100]byte }

func unmap(*database) {}

func addressOf[T any](p *T) uintptr { return uintptr(unsafe.Pointer(p)) }

var sink int
