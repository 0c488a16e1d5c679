package live_test

import (
	"context"
	"runtime"
	"sync"
	"testing"

	"hazptr"
	"hazptr/internal/litmus"
	"hazptr/live"
)

// What a use costs: of a Value, of a Pool, and of what stands in their place.
func BenchmarkDo(b *testing.B) {
	var f factory
	v := f.open(b)
	b.Run("live", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			var sum int64
			for pb.Next() {
				_ = v.Do(func(r *resource) error { sum += r.n; return nil })
			}
			runtime.KeepAlive(sum)
		})
	})
	b.Run("lease", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			var sum int64
			for pb.Next() {
				func() {
					l, err := v.Acquire()
					if err != nil {
						return
					}
					defer l.Release()
					sum += l.Value().n
				}()
			}
			runtime.KeepAlive(sum)
		})
	})
	shutdown(b, v)
	pool := live.NewPool(live.PoolOptions[string, *resource]{Name: "pool", Open: func(context.Context, string) (*resource, error) { return &resource{n: 1}, nil }})
	b.Run("pool", func(b *testing.B) {
		key := b.Name() + "some key"
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			var sum int64
			for pb.Next() {
				_ = pool.Do(context.Background(), key, func(r *resource) error { sum += r.n; return nil })
			}
			runtime.KeepAlive(sum)
		})
	})
	_ = pool.Shutdown(litmus.Context(b))
	b.Run("hazptr.Pointer", func(b *testing.B) {
		p := hazptr.NewPointer(hazptr.PointerConfig[resource]{Reclaim: func(*resource) {}}, &resource{n: 1})
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			var sum int64
			for pb.Next() {
				p.Do(func(r *resource) { sum += r.n })
			}
			runtime.KeepAlive(sum)
		})
	})
	b.Run("rwmutex", func(b *testing.B) {
		var mu sync.RWMutex
		r := &resource{n: 1}
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			var sum int64
			for pb.Next() {
				func() {
					mu.RLock()
					defer mu.RUnlock()
					sum += r.n
				}()
			}
			runtime.KeepAlive(sum)
		})
	})
}
