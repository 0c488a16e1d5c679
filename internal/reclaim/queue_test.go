package reclaim

import (
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"testing"
	"unsafe"
)

// One producer, one consumer that takes what there is in pieces of any length:
// all comes, once, in order.
func TestQueue(t *testing.T) {
	const n = 50 * chunkLen
	var q queue
	var pool chunkPool
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
			q.put(Object{unsafe.Pointer(&objects[i]), ending{bytes: 1}})
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
				if piece.chunk.objects[i] != unsafe.Pointer(&objects[at]) {
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
			// Before the consumer leaves the chunk, as workers may be.
			pool.let(piece.chunk, int(piece.to-piece.from))
		}
		q.taking = uintptr(take)
		q.consume(&pool)
		i = at
	}
	for !produced.Load() {
		runtime.Gosched()
	}
	if q.length() != 0 || q.bytes.Load() != n {
		t.Fatalf("length %d, bytes %d", q.length(), q.bytes.Load())
	}
	// What is not in use is zero: all but the last chunk is back in the pool.
	for c := pool.free; c != nil; c = c.next.Load() {
		if c.objects != [chunkLen]unsafe.Pointer{} || c.endings != [chunkLen]ending{} {
			t.Fatal("a chunk in the pool has objects")
		}
	}
	if q.head.objects != [chunkLen]unsafe.Pointer{} {
		t.Fatal("the last chunk has objects")
	}
}

func TestQueueWantsAChunk(t *testing.T) {
	var q queue
	if used, made := q.extend(1, nil); used || made {
		t.Fatal("room without a chunk")
	}
}
