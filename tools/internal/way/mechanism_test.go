package way

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// sections are the read sections of a Reader, and how many objects each reads.
var sections = []struct {
	name   string
	length int
	read   func(r LoopReader, loops int) uint64
}{
	{"Read", 1, LoopReader.Read},
	{"Walk to the head", 1, func(r LoopReader, loops int) uint64 { return r.Walk(loops, 5) }},
	{"Walk of two", 2, func(r LoopReader, loops int) uint64 { return r.Walk(loops, 5) }},
	{"Walk", 7, func(r LoopReader, loops int) uint64 { return r.Walk(loops, 0) }},
	{"Walk with delay", 7, func(r LoopReader, loops int) uint64 { return r.Walk(loops, 5) }},
}

func TestReadsEachTime(t *testing.T) {
	for _, typ := range Reads() {
		for _, section := range sections {
			t.Run(typ.Name+"/"+section.name, func(t *testing.T) {
				m := typ.New(NewList(section.length))
				r := m.Join()
				const loops = 100
				if sum := section.read(r, loops); sum != uint64(loops*section.length) {
					t.Errorf("sum is %d, want %d", sum, loops*section.length)
				}
				if sum := section.read(r, 0); sum != 0 {
					t.Errorf("no loops read %d", sum)
				}
				r.Leave()
				m.Close()
			})
		}
	}
}

// A reader that keeps the first pointer it has seen would still read the old
// object.
func TestReadsTheNewObject(t *testing.T) {
	for _, typ := range Reads() {
		for _, section := range sections {
			t.Run(typ.Name+"/"+section.name, func(t *testing.T) {
				head := NewList(section.length)
				m := typ.New(head)
				r := m.Join()
				section.read(r, 1)
				next := NewHead(head.Next())
				next.value = 1000
				m.Replace(next)
				if sum := section.read(r, 3); sum != uint64(3*(1000+section.length-1)) {
					t.Errorf("sum is %d, want that of the new object", sum)
				}
				r.Leave()
				m.Close()
			})
		}
	}
}

func TestLoopsWhileReplaced(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	for _, typ := range Reads() {
		for _, section := range sections {
			t.Run(typ.Name+"/"+section.name, func(t *testing.T) {
				head := NewList(section.length)
				m := typ.New(head)
				var readers sync.WaitGroup
				var left atomic.Bool
				for range 3 {
					readers.Add(1)
					go func() {
						defer readers.Done()
						r := m.Join()
						defer r.Leave()
						for !left.Load() {
							if sum := section.read(r, 20); sum != uint64(20*section.length) {
								t.Errorf("sum is %#x: an object was read after its end", sum)
								return
							}
						}
					}()
				}
				for deadline := time.Now().Add(10 * time.Millisecond); time.Now().Before(deadline); {
					m.Replace(NewHead(head.Next()))
				}
				left.Store(true)
				readers.Wait()
				m.Close()
			})
		}
	}
}

// What Close promises, for the types that end objects themselves.
func TestEnds(t *testing.T) {
	leaves := map[string]bool{"load": true, "percpuinc": true, "refcnt": true, "gc": true}
	for _, typ := range Reads() {
		for _, c := range []struct {
			name string
			join func(Mechanism) LoopReader
		}{
			{"no reader", func(Mechanism) LoopReader { return new(absent) }},
			{"one has read", Mechanism.Join},
		} {
			t.Run(typ.Name+"/"+c.name, func(t *testing.T) {
				first, second, third := NewHead(nil), NewHead(nil), NewHead(nil)
				m := typ.New(first)
				r := c.join(m)
				r.Read(1)
				m.Replace(second)
				r.Read(1)
				m.Replace(third)
				r.Leave() // idle since it read the second one
				m.Close()
				for i, o := range []*Object{first, second} {
					if got := o.value == ended; got == leaves[typ.Name] {
						t.Errorf("object %d has ended: %v", i, got)
					}
				}
				if third.value != 1 {
					t.Error("the last object has ended, too")
				}
			})
		}
	}
}

// absent is a Reader that isn't there.
type absent struct{ stateless }

func (*absent) Read(int) uint64        { return 0 }
func (*absent) Walk(int, Delay) uint64 { return 0 }
