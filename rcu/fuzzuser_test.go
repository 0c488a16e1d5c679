package rcu

import (
	"context"

	"hazptr/internal/interleave"
)

// A fuzzUser is one goroutine of FuzzGracePeriod.
type fuzzUser struct {
	*fuzzWorld
	reader *Reader
	depth  int // sections that it is in
	loaded []*interleave.Subject

	unlinked *interleave.Subject // that ends when cookie's grace period has ended
	cookie   Cookie
}

func newFuzzUser(w *fuzzWorld, _ *interleave.Thread) *fuzzUser {
	return &fuzzUser{fuzzWorld: w, reader: w.d.NewReader()}
}

func (u *fuzzUser) do(o interleave.Operation) {
	source := &u.sources[o.Object%len(u.sources)]
	switch o.Kind {
	case 0, 1, 2:
		u.reader.ReadLock()
		u.depth++
		u.load(o)
	case 3, 4:
		if u.depth > 0 {
			u.load(o)
		}
	case 5, 6, 7:
		u.leave()
	case 8:
		u.close()
		u.reader = u.d.NewReader()
	case 9, 10, 11, 12:
		u.leaveAll()
		p := source.Swap(new(interleave.Subject))
		if err := u.d.Synchronize(context.Background()); err != nil {
			u.s.Errorf("Synchronize: %v", err)
		}
		p.End(u.s)
	case 13:
		if u.unlinked == nil {
			u.unlinked = source.Swap(new(interleave.Subject))
			u.cookie = u.d.GetState()
		}
	case 14, 15:
		if u.unlinked != nil && u.d.Poll(u.cookie) {
			u.unlinked.End(u.s)
			u.unlinked = nil
		}
	}
}

func (u *fuzzUser) load(o interleave.Operation) {
	p := u.sources[o.Object%len(u.sources)].Load()
	p.Use(u.s)
	u.loaded = append(u.loaded, p)
}

// leave ends a section. What was loaded in it and those in it may be used until the outermost one ends.
func (u *fuzzUser) leave() {
	if u.depth == 0 {
		return
	}
	if u.depth--; u.depth == 0 {
		for _, p := range u.loaded {
			p.Drop(u.s)
		}
		u.loaded = nil
	}
	u.reader.ReadUnlock()
}

func (u *fuzzUser) leaveAll() {
	for u.depth > 0 {
		u.leave()
	}
}

func (u *fuzzUser) close() {
	u.leaveAll()
	u.reader.Close()
}
