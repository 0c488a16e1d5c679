package srcu

import (
	"context"

	"hazptr/internal/interleave"
)

// A fuzzUser is one goroutine of FuzzGracePeriod.
type fuzzUser struct {
	*fuzzWorld
	thread   *interleave.Thread
	unlinked *interleave.Subject // that ends when cookie's grace period has ended
	cookie   Cookie
}

func newFuzzUser(w *fuzzWorld, thread *interleave.Thread) *fuzzUser {
	return &fuzzUser{fuzzWorld: w, thread: thread}
}

func (u *fuzzUser) do(o interleave.Operation) {
	source := &u.sources[o.Object%len(u.sources)]
	switch o.Kind {
	case 0, 1, 2:
		section := &fuzzSection{token: u.d.ReadLock(), owner: u.thread}
		u.load(section, o)
		u.sections.Put(section.owner, section)
	case 3, 4, 5:
		if section, some := u.sections.Take(o.Object); some {
			u.load(section, o)
			u.sections.Put(section.owner, section)
		}
	case 6, 7, 8:
		if section, some := u.sections.Take(o.Object); some {
			u.leave(section)
		}
	case 9, 10, 11, 12:
		// Those who wait have ended the sections that they have begun, so that none wait for one another.
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

func (u *fuzzUser) load(section *fuzzSection, o interleave.Operation) {
	p := u.sources[o.Object%len(u.sources)].Load()
	p.Use(u.s)
	section.loaded = append(section.loaded, p)
}

func (u *fuzzUser) leave(section *fuzzSection) {
	for _, p := range section.loaded {
		p.Drop(u.s)
	}
	u.d.ReadUnlock(section.token)
}

// leaveAll ends the sections that it has begun.
func (u *fuzzUser) leaveAll() {
	for section, some := u.sections.TakeOf(u.thread); some; section, some = u.sections.TakeOf(u.thread) {
		u.leave(section)
	}
}

func (u *fuzzUser) close() { u.leaveAll() }
