package subject

import (
	"context"
	"sync"

	"hazptr"
	"hazptr/tools/internal/mortal"
)

// A pointer is a hazptr.Pointer whose objects end each in a way of its own.
type pointer struct {
	hazptr.Pointer[mortal.Object]

	// Held to replace, so that a goroutine knows what it replaces.
	replacing sync.Mutex

	endings sync.Map // of the objects that were replaced: functions
}

func newPointer(d *hazptr.Domain) *pointer {
	p := new(pointer)
	p.Init(hazptr.PointerConfig[mortal.Object]{
		Reclaim: func(o *mortal.Object) {
			end, _ := p.endings.LoadAndDelete(o)
			end.(func(*mortal.Object))(o)
		},
		Bytes:  func(*mortal.Object) int64 { return objectBytes },
		Domain: d,
	}, nil)
	return p
}

// replace uses the object while it replaces it.
func (p *pointer) replace(next *mortal.Object, unlinked, ended func(*mortal.Object)) {
	p.replacing.Lock()
	defer p.replacing.Unlock()
	if !p.Do(func(old *mortal.Object) {
		p.endings.Store(old, func(o *mortal.Object) {
			unlinked(o)
			ended(o)
		})
		p.Replace(next)
	}) {
		p.Replace(next)
	}
}

func (p *pointer) replaceAndWait(next *mortal.Object, unlinked, ended func(*mortal.Object)) {
	old := p.swapAndWait(next)
	if old != nil {
		unlinked(old)
		ended(old)
	}
}

func (p *pointer) swapAndWait(next *mortal.Object) *mortal.Object {
	p.replacing.Lock()
	defer p.replacing.Unlock()
	old, err := p.ReplaceAndWait(context.Background(), next)
	if err != nil {
		panic(err)
	}
	return old
}
