//go:build hazptr_explore

package rcu

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"

	"hazptr/internal/explore/scenario"
)

// section is a read section, with another one inside it if it nests.
func section(r *Reader, nests bool, source *atomic.Pointer[scenario.Object]) {
	r.ReadLock()
	p := source.Load()
	if nests {
		r.ReadLock()
		source.Load().Use()
		r.ReadUnlock()
	}
	p.Use()
	r.ReadUnlock()
}

func TestExploreSynchronize(t *testing.T) {
	for _, c := range []struct {
		readers, sections, updates int
		nests                      bool
	}{
		{1, 1, 1, false}, {1, 2, 1, false}, {1, 3, 1, false}, {1, 1, 2, false}, {1, 2, 2, false}, {2, 1, 1, false}, {2, 1, 2, false}, {2, 2, 1, false}, {1, 1, 1, true}, {1, 1, 2, true},
	} {
		w := scenario.NewWorld()
		var d *Domain
		var readers [2]*Reader
		w.Setup = func() {
			w.Reset()
			d = New()
			for i := range readers {
				if readers[i] != nil {
					// Otherwise it runs in the midst of an execution.
					runtime.SetFinalizer(readers[i], nil)
				}
				readers[i] = d.NewReader()
				w.Name(scenario.Address(&readers[i].word), "word%d", i)
				w.Name(scenario.Address(&readers[i].epoch), "epoch%d", i)
			}
		}
		for i := range c.readers {
			w.Threads = append(w.Threads, func() {
				for range c.sections {
					section(readers[i], c.nests, &w.Sources[0])
				}
			})
		}
		w.Threads = append(w.Threads, func() {
			for i := range c.updates {
				w.Replace(0, 2+i, func(*scenario.Object) error { return d.Synchronize(context.Background()) })
			}
		})
		name := fmt.Sprintf("%s, %s, %s", scenario.Count(c.readers, "reader"), scenario.Count(c.sections, "section"), scenario.Count(c.updates, "update"))
		if c.nests {
			name += ", nested"
		}
		scenario.Run(t, name, w.Scenario)
	}
}
