package percpuref

import (
	"runtime"
	"testing"

	"hazptr/internal/faulty"
	"hazptr/internal/unmade"
)

var failures = map[string]func(){"panic": func() { panic("on purpose") }, "Goexit": runtime.Goexit}

// When confirm does not return the Ref has been killed: it is dying, without
// its owner's reference, and can be used on.
func TestConfirmOfKillFails(t *testing.T) {
	for name, fail := range failures {
		released := 0
		r := New(func() { released++ })
		r.Get()
		faulty.Try(func() {
			r.KillAndConfirm(func() {
				if released != 0 || r.references() != 2 || r.TryGetLive() {
					t.Errorf("%s: in confirm the Ref is not dying with two references", name)
				}
				fail()
			})
		})
		if released != 0 || !r.IsDying() || r.references() != 1 {
			t.Errorf("%s: released %d times, dying %t, %d references", name, released, r.IsDying(), r.references())
		}
		mustPanic(t, "percpuref: Kill of a Ref that is dying already", r.Kill)
		r.Resurrect()
		if !r.TryGetLive() {
			t.Errorf("%s: TryGetLive of a Ref that was resurrected fails", name)
		}
		r.PutMany(2)
		r.Kill()
		if released != 1 || !r.IsZero() {
			t.Errorf("%s: released %d times, %d references", name, released, r.references())
		}
	}
}

// The owner's reference may be the last one.
func TestConfirmOfTheLastReferenceFails(t *testing.T) {
	for name, fail := range failures {
		released := 0
		r := New(func() { released++ })
		faulty.Try(func() {
			r.KillAndConfirm(func() {
				if released != 0 {
					t.Errorf("%s: released before it was confirmed", name)
				}
				fail()
			})
		})
		if released != 1 || !r.IsZero() {
			t.Errorf("%s: released %d times, %d references", name, released, r.references())
		}
	}
}

// When confirm does not return the Ref is atomic, as it was before confirm was
// called.
func TestConfirmOfSwitchFails(t *testing.T) {
	for name, fail := range failures {
		released := 0
		r := New(func() { released++ })
		faulty.Try(func() { r.SwitchToAtomic(fail) })
		if r.perP.Load() || r.references() != 1 {
			t.Errorf("%s: per P %t, %d references", name, r.perP.Load(), r.references())
		}
		r.SwitchToPercpu()
		r.Get()
		r.Put()
		r.Kill()
		if released != 1 {
			t.Errorf("%s: released %d times", name, released)
		}
	}
}

// When release does not return the count is zero, and the Ref can be made anew.
func TestReleaseFails(t *testing.T) {
	for name, fail := range failures {
		released := 0
		r := New(func() {
			released++
			fail()
		})
		for range 3 {
			r.Get()
			r.Kill()
			faulty.Try(r.Put)
			if !r.IsZero() || !r.IsDying() {
				t.Errorf("%s: dying %t, %d references", name, r.IsDying(), r.references())
			}
			r.Reinit()
			faulty.Try(r.Kill)
			r.Reinit()
		}
		if released != 6 || !r.TryGetLive() {
			t.Errorf("%s: released %d times, %d references", name, released, r.references())
		}
	}
}

// confirm and release may call every method.
func TestUserFunctionsCallMethods(t *testing.T) {
	var r *Ref
	released := 0
	r = New(func() {
		released++
		r.Reinit()
		r.SwitchToAtomic(r.SwitchToPercpu)
		r.Get()
		r.Put()
	})
	for range 2 {
		r.KillAndConfirm(func() {
			mustPanic(t, "is dying already", r.Kill)
			r.SwitchToAtomic(r.SwitchToPercpu)
			r.Get()
			r.Put()
		})
	}
	if released != 2 || r.IsDying() {
		t.Errorf("released %d times, dying %t", released, r.IsDying())
	}
	r.KillAndConfirm(r.Resurrect)
	if released != 2 || r.IsDying() || !r.TryGetLive() {
		t.Errorf("after a confirm that resurrects: released %d times, dying %t", released, r.IsDying())
	}
}

func TestUnmade(t *testing.T) {
	unmade.Methods[Ref](t, "of a Ref that was not made by New")
}
