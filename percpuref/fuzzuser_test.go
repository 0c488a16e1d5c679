package percpuref

import "hazptr/internal/interleave"

// A fuzzUser is one goroutine of FuzzKill.
type fuzzUser struct {
	*fuzzWorld
	owner bool
	held  int64
}

func (u *fuzzUser) do(o interleave.Operation) {
	switch o.Kind {
	case 0, 1, 2:
		killed := u.killed.Load()
		if !u.ref.TryGetLive() {
			break
		}
		u.got(1)
		if killed%2 == 1 && killed == u.killed.Load() {
			u.s.Errorf("TryGetLive succeeds after Kill")
		}
	case 3:
		if u.ref.TryGet() {
			u.got(1)
		}
	case 4:
		if u.held > 0 {
			u.ref.Get()
			u.got(1)
		}
	case 5:
		if n := 2 + o.Object; u.held > 0 {
			u.ref.GetMany(n)
			u.got(int64(n))
		}
	case 6, 7:
		u.put()
	case 8:
		if n := 2 + int64(o.Object); u.held >= n {
			u.held -= n
			u.references.Add(-n)
			u.ref.PutMany(int(n))
		}
	case 9:
		if u.held > 0 {
			u.held--
			u.handed.Add(1)
		}
	case 10, 11:
		if u.owner && !u.ref.IsDying() {
			u.kill()
		}
	case 12:
		u.ref.SwitchToAtomicSync()
	case 13:
		u.ref.SwitchToPercpu()
	case 14:
		// The count can't be zero then.
		if u.owner && u.ref.IsDying() && u.held > 0 {
			u.killed.Add(1)
			u.ref.Resurrect()
			u.owned.Add(1)
		}
	case 15:
		if u.owner && u.ref.IsDying() && u.ref.IsZero() {
			u.killed.Add(1)
			u.alive.Store(true)
			u.owned.Add(1)
			u.ref.Reinit()
		}
	}
}

// got takes note of references that were taken.
func (u *fuzzUser) got(n int64) {
	u.held += n
	u.references.Add(n)
	if !u.alive.Load() {
		u.s.Errorf("a reference was taken after release")
	}
}

// put drops a reference of its own, or one that was handed on.
func (u *fuzzUser) put() {
	switch {
	case u.held > 0:
		u.held--
	case u.handed.Load() > 0:
		u.handed.Add(-1)
	default:
		return
	}
	u.references.Add(-1)
	u.ref.Put()
}

func (u *fuzzUser) kill() {
	u.owned.Add(-1)
	u.ref.KillAndConfirm(func() {
		u.killed.Add(1)
		if !u.alive.Load() {
			u.s.Errorf("released before Kill was confirmed")
		}
	})
}
