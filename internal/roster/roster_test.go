package roster

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"hazptr/internal/litmus"
)

type thing struct{ name string }

func (r *Roster[T]) names() (names []string) {
	for label := range r.All() {
		names = append(names, label)
	}
	return names
}

// A label is unique also where it is the whole name of another thing.
func TestANumberInTheName(t *testing.T) {
	var r Roster[thing]
	var all []*thing
	var entries []*Entry[thing]
	add := func(name, label string) {
		t.Helper()
		all = append(all, &thing{name})
		entries = append(entries, r.Add(name, all[len(all)-1]))
		if got := r.names(); got[len(got)-1] != label {
			t.Errorf("%q is shown as %q, want %q", name, got[len(got)-1], label)
		}
	}
	add("odd#2", "odd#2")
	add("odd", "odd")
	add("odd", "odd#3")
	add("odd#2", "odd#2#2")
	r.Remove(entries[0])
	r.Remove(entries[0])
	add("odd", "odd#2")
	if got := r.names(); !slices.Equal(got, []string{"odd", "odd#3", "odd#2#2", "odd#2"}) {
		t.Errorf("%q", got)
	}
	for _, e := range entries {
		r.Remove(e)
	}
	if len(r.numbers)+len(r.labels) != 0 || r.first != nil || r.last != nil {
		t.Errorf("%d, %d, %v, %v are left", len(r.numbers), len(r.labels), r.first, r.last)
	}
	runtime.KeepAlive(all)
}

// A thing that is dropped is gone, and leaves nothing.
func TestTheDroppedAreForgotten(t *testing.T) {
	r := new(Roster[thing])
	for i := range 100 {
		r.Add(fmt.Sprint("dropped", i), &thing{strings.Repeat("x", i)})
		r.Add("dropped", &thing{"x"})
	}
	litmus.Eventually(t, "they are gone", func() bool {
		runtime.GC()
		r.mu.Lock()
		defer r.mu.Unlock()
		return len(r.numbers)+len(r.labels) == 0 && r.first == nil
	})
}

// A number that is handed out is the lowest that is free.
func TestNumbers(t *testing.T) {
	var n numbers
	taken := map[int]bool{}
	for range 1000 {
		if rand.IntN(5) < 3 {
			want := 1
			for taken[want] {
				want++
			}
			if got := n.take(); got != want {
				t.Fatalf("%d, want %d", got, want)
			}
			taken[want] = true
		} else {
			for number := range taken {
				n.put(number)
				delete(taken, number)
				break
			}
		}
		if n.unused() != (len(taken) == 0) {
			t.Fatalf("unused: %t, with %d in use", n.unused(), len(taken))
		}
	}
}
