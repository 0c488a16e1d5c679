package way

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// made returns an Ending of so many sources, and their objects.
func made(typ UpdateType, sources int, ended func(int)) (Ending, []*Object) {
	objects := make([]*Object, sources)
	for i := range objects {
		objects[i] = NewObject(i)
	}
	return typ.New(Config{Objects: objects, Ended: ended, Bytes: 100}), objects
}

// finish waits until all has ended and closes e.
func finish(t *testing.T, e Ending) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := e.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestReadsThePresentObject(t *testing.T) {
	for _, typ := range Updates() {
		t.Run(typ.Name, func(t *testing.T) {
			e, first := made(typ, 3, nil)
			r := e.Join()
			for i, o := range first {
				if got := r.Protect(i); got != o {
					t.Errorf("source %d has object %d", i, got.Number())
				}
				r.Clear()
			}
			next := NewObject(7)
			e.NewWriter(1).Update(next)
			for i, want := range []*Object{first[0], next, first[2]} {
				if got := r.Protect(i); got != want || got.Value() != Live {
					t.Errorf("source %d has object %d after the update, its value is %#x", i, got.Number(), got.Value())
				}
				r.Clear()
			}
			r.Leave()
			finish(t, e)
		})
	}
}

// An object stays while a reader has it, ends when the reader has left, and is
// pending meanwhile.
func TestEndsWhenItsReaderHasLeft(t *testing.T) {
	for _, typ := range Updates() {
		if !typ.When.Ends() {
			continue
		}
		t.Run(typ.Name, func(t *testing.T) {
			var ended atomic.Int64
			e, first := made(typ, 2, func(number int) {
				if number != 1 {
					t.Errorf("object %d has ended", number)
				}
				ended.Add(1)
			})
			r := e.Join()
			o := r.Protect(1)
			returned := make(chan struct{})
			go func() {
				defer close(returned)
				e.NewWriter(1).Update(NewObject(5))
			}()
			for deadline := time.Now().Add(20 * time.Second); ; runtime.Gosched() {
				if objects, bytes := e.Pending(); objects == 1 && bytes == 100 {
					break
				} else if time.Now().After(deadline) {
					t.Fatalf("%d objects of %d bytes are pending", objects, bytes)
				}
			}
			time.Sleep(5 * time.Millisecond)
			if o != first[1] || o.Value() != Live || ended.Load() != 0 {
				t.Error("the object has ended while a reader has it")
			}
			r.Clear()
			<-returned
			r.Leave()
			finish(t, e)
			if o.Value() == Live || ended.Load() != 1 {
				t.Errorf("the object's value is %#x, %d objects have ended", o.Value(), ended.Load())
			}
			if objects, bytes := e.Pending(); objects != 0 || bytes != 0 {
				t.Errorf("%d objects of %d bytes are pending", objects, bytes)
			}
		})
	}
}

func TestReadsWhileReplaced(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	for _, typ := range Updates() {
		t.Run(typ.Name, func(t *testing.T) {
			const sources, updates = 2, 300
			e, objects := made(typ, sources, nil)
			var writers, readers sync.WaitGroup
			var left atomic.Bool
			for range 3 {
				readers.Go(func() {
					r := e.Join()
					defer r.Leave()
					for !left.Load() {
						for source := range sources {
							if o := r.Protect(source); o.Value() != Live {
								t.Errorf("object %d was read after its end", o.Number())
							}
							r.Clear()
						}
						// With asyncpreemptoff=1 the loop can't be preempted.
						runtime.Gosched()
					}
				})
			}
			replaced := make([][]*Object, sources)
			for source := range sources {
				replaced[source] = []*Object{objects[source]}
				writers.Go(func() {
					w := e.NewWriter(source)
					for i := range updates {
						o := NewObject(sources + source*updates + i)
						replaced[source] = append(replaced[source], o)
						w.Update(o)
					}
				})
			}
			writers.Wait()
			left.Store(true)
			readers.Wait()
			finish(t, e)
			for source := range sources {
				for i, o := range replaced[source] {
					if want := !typ.When.Ends() || i == updates; (o.Value() == Live) != want {
						t.Errorf("source %d, object %d: live is not %v", source, i, want)
					}
				}
			}
			if objects, _ := e.Pending(); typ.When.Ends() && objects != 0 {
				t.Errorf("%d objects are pending", objects)
			}
		})
	}
}

func TestGCEndsAfterCollection(t *testing.T) {
	const replaced = 10
	var sum atomic.Int64
	e, objects := made(UpdateType{New: newGC}, 1, func(number int) { sum.Add(int64(number)) })
	clear(objects)
	w := e.NewWriter(0)
	for i := range replaced {
		w.Update(NewObject(i + 1))
	}
	if n, bytes := e.Pending(); n != replaced || bytes != 100*replaced {
		t.Errorf("%d objects of %d bytes are pending", n, bytes)
	}
	for range 100 {
		runtime.GC()
		if n, _ := e.Pending(); n == 0 && sum.Load() == replaced*(replaced-1)/2 {
			return
		}
		time.Sleep(time.Millisecond)
	}
	n, _ := e.Pending()
	t.Errorf("%d of %d objects are pending, the others' numbers add up to %d", n, replaced, sum.Load())
}
