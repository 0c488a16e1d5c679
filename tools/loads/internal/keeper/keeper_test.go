package keeper

import (
	"context"
	"testing"
	"time"

	"hazptr"
)

type thing struct{ ends int }

func (o *thing) end() { o.ends++ }

// Each keeper ends each object once: the ones that were replaced, and the last.
func TestKeepers(t *testing.T) {
	end := (*thing).end
	for name, begin := range map[string]func(*thing) Keeper[thing]{
		"hazptr": func(first *thing) Keeper[thing] { return NewHazptr("test", first, nil, end) },
		"bytes": func(first *thing) Keeper[thing] {
			return NewHazptr("test", first, func(*thing) int64 { return 7 }, end)
		},
		"counted": func(first *thing) Keeper[thing] { return NewCounted(first, end) },
		"locked":  func(first *thing) Keeper[thing] { return NewLocked(first, end) },
		"unsafe":  func(first *thing) Keeper[thing] { return NewUnsafe(first, end) },
	} {
		objects := make([]thing, 4)
		k := begin(&objects[0])
		for i := range objects[1:] {
			k.Replace(&objects[i+1])
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		if err := k.End(ctx); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		cancel()
		for i := range objects {
			if n := objects[i].ends; n != 1 {
				t.Errorf("%s: object %d has ended %d times", name, i, n)
			}
		}
	}
}

func TestHazptrWaits(t *testing.T) {
	objects := make([]thing, 2)
	k := NewHazptr("test", &objects[0], nil, (*thing).end)
	h := hazptr.NewHolder[thing]()
	defer h.Close()
	if k.Current.Protect(h) != &objects[0] {
		t.Fatal("another object")
	}
	k.Replace(&objects[1])
	if objects[0].ends != 0 {
		t.Error("ended while it is read")
	}
	h.Clear()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := k.End(ctx); err != nil || objects[0].ends != 1 {
		t.Errorf("%d ends, %v", objects[0].ends, err)
	}
}

func TestCountedWaits(t *testing.T) {
	objects := make([]thing, 2)
	k := NewCounted(&objects[0], (*thing).end)
	c := k.Get()
	k.Replace(&objects[1])
	if objects[0].ends != 0 {
		t.Error("ended while there is a reference")
	}
	if !c.TryGet() {
		t.Error("no reference to an object that has not ended")
	}
	c.Put()
	if c.Put(); objects[0].ends != 1 {
		t.Error("not ended with the last reference")
	}
	if c.TryGet() {
		t.Error("a reference to an object that has ended")
	}
	if got := k.Get(); got.Object != &objects[1] {
		t.Error("another object")
	}
}
