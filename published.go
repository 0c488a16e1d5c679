package hazptr

import (
	"sync/atomic"

	"hazptr/internal/fence"
	"hazptr/internal/race"
)

// A published is a word that one goroutine at a time writes, such as the one that is pinned to a P, and anybody reads.
type published struct{ v uintptr }

// own returns the value to the writer.
func (p *published) own() uintptr {
	if race.Enabled {
		return atomic.LoadUintptr(&p.v)
	}
	return p.v
}

// publish sets the value, as fence.Publish does. The caller is the writer.
func (p *published) publish(v uintptr) { fence.Publish(&p.v, v) }

// load returns the value to anybody.
func (p *published) load() uintptr { return atomic.LoadUintptr(&p.v) }
