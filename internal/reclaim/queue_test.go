package reclaim

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"testing"
	"unsafe"
)

// One producer, one consumer that takes what there is in pieces of any length:
// all comes, once, in order.
func TestQueue(t *testing.T) {
	for _, short := range []bool{false, true} {
		t.Run(fmt.Sprint("short=", short), func(t *testing.T) { testQueue(t, &chunkPool{short: short}) })
	}
}

func testQueue(t *testing.T, pool *chunkPool) {
	chunkLen := int(pool.length())
	n := 50 * chunkLen
	q := newQueue(pool)
	objects := make([]object, n)
	var produced atomic.Bool
	go func() {
		random := rand.New(rand.NewPCG(5, 6))
		for i := range objects {
			for q.full() {
				used, made := q.extend(uintptr(1+random.IntN(2*chunkLen)), pool.get())
				if !made || used != (i%chunkLen == 0) {
					t.Errorf("extend at %d: used %t, made %t", i, used, made)
				}
			}
			q.putAnyway(Object{unsafe.Pointer(&objects[i]), ending{bytes: 1}})
		}
		produced.Store(true)
	}()
	random := rand.New(rand.NewPCG(7, 8))
	for i := 0; i < n; {
		length := q.length()
		if length == 0 {
			runtime.Gosched()
			continue
		}
		take := 1 + random.Uint64N(uint64(length))
		at := i
		at += int(random.Uint64N(take + 1))
		for piece := range q.pieces(uintptr(at-i), uintptr(take)) {
			for i := piece.from; i < piece.to; i++ {
				if piece.chunk.object(i) != unsafe.Pointer(&objects[at]) {
					t.Fatalf("object %d is another one", at)
				}
				at++
			}
		}
		if at != i+int(take) {
			t.Fatalf("pieces of %d objects have %d", take, at-i)
		}
		for piece := range q.pieces(0, uintptr(take)) {
			for i := piece.from; i < piece.to; i++ {
				piece.chunk.take(i)
			}
			pool.let(piece.chunk, int(piece.to-piece.from)) // before the consumer leaves the chunk, as workers may be
		}
		q.taking = uintptr(take)
		q.consume(pool)
		i = at
	}
	for !produced.Load() {
		runtime.Gosched()
	}
	if q.length() != 0 || q.bytes.Load() != uintptr(n) {
		t.Fatalf("length %d, bytes %d", q.length(), q.bytes.Load())
	}
	// What is not in use is zero: all but the last chunk is back in the pool.
	for c := pool.free; c != nil; c = c.next.Load() {
		if !c.zero() {
			t.Fatal("a chunk in the pool has objects")
		}
	}
	if !q.head.zero() {
		t.Fatal("the last chunk has objects")
	}
}

func TestQueueWantsAChunk(t *testing.T) {
	q := newQueue(new(chunkPool))
	if used, made := q.extend(1, nil); used || made {
		t.Fatal("room without a chunk")
	}
}

// zero reports whether the chunk's entries are zero.
func (c *chunk) zero() bool {
	if c.long == nil {
		return *c.short == [shortLen]Object{}
	}
	return *c.long == entries{}
}

// Where few objects may wait chunks are short, and room is made for one object
// at a time: Retire does not put into a short chunk itself.
func TestShortChunks(t *testing.T) {
	for queued := range uintptr(100) {
		var r Reclaimer
		r.Init(Options{Workers: 1, ScanPercent: 100, Queued: queued + 1, Scanned: 1})
		r.bell.state.Store(awake) // no scanner
		for range queued {
			r.Retire(New(new(object), 1, func(*object) {}))
			for q := range r.queues.All() {
				if (q.long.Load() == nil) != r.chunks.short || r.chunks.short && !q.full() {
					t.Fatalf("where %d may wait, chunks are short: %t; there is room: %t", queued+1, r.chunks.short, !q.full())
				}
			}
		}
	}
}
