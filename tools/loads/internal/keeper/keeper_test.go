package keeper

import (
	"context"
	"testing"
	"time"
)

type thing struct{ ends int }

func (o *thing) end() { o.ends++ }

var keepers = map[string]Begin[thing]{
	"held":            Held("test", nil, (*thing).end),
	"held, bytes":     Held("test", func(*thing) int64 { return 7 }, (*thing).end),
	"guarded":         Guarded("test", (*thing).end),
	"counted":         Counted((*thing).end),
	"counted unasked": CountedUnasked((*thing).end),
	"counted per CPU": CountedPerCPU((*thing).end),
	"cached":          Cached((*thing).end),
	"live":            Lived("test", (*thing).end),
	"locked":          Locked((*thing).end),
	"at once":         AtOnce((*thing).end),
}

// Each keeper gives its readers the present object, and ends each object once:
// the ones that were replaced, and the last.
func TestKeepers(t *testing.T) {
	for name, begin := range keepers {
		objects := make([]thing, 4)
		k := begin(&objects[0])
		look, leave := k.Visit()
		for i := range objects {
			if i > 0 {
				k.Replace(&objects[i])
			}
			look(func(o *thing) {
				if o != &objects[i] || o.ends != 0 {
					t.Errorf("%s: another object than %d, or it has ended %d times", name, i, o.ends)
				}
			})
		}
		leave()
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

// An object does not end while it is looked at, but for the way that waits for
// no reader, and for the lock, whose Replace would wait for this one.
func TestKeepersWait(t *testing.T) {
	for name, begin := range keepers {
		if name == "locked" {
			continue
		}
		objects := make([]thing, 2)
		k := begin(&objects[0])
		look, leave := k.Visit()
		look(func(o *thing) {
			k.Replace(&objects[1])
			if ended := o.ends != 0; ended != (name == "at once") {
				t.Errorf("%s: ended while it is read: %v", name, ended)
			}
		})
		leave()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		if err := k.End(ctx); err != nil || objects[0].ends != 1 {
			t.Errorf("%s: %d ends, %v", name, objects[0].ends, err)
		}
		cancel()
	}
}

func TestCount(t *testing.T) {
	object := &thing{}
	c := newCount(object)
	if !c.tryGet() {
		t.Error("no reference to the present object")
	}
	c.put((*thing).end)
	if object.ends != 0 {
		t.Error("ended while there is a reference")
	}
	if !c.tryGet() {
		t.Error("no reference to an object that has not ended")
	}
	c.put((*thing).end)
	if c.put((*thing).end); object.ends != 1 {
		t.Error("not ended with the last reference")
	}
	if c.tryGet() {
		t.Error("a reference to an object that has ended")
	}
}
