package pebble

import (
	"strings"
	"testing"
)

func loadHold(d *DB) (*readState, func()) {
	g := d.acquireReadState()
	return g.Ptr(), g.Release
}

// Close tells of an iterator that was not closed, and doesn't wait for it for
// ever.
func TestLoadLeakIsTold(t *testing.T) {
	for _, replaced := range []bool{false, true} {
		d := newLoadDB(t)
		iter, err := d.NewIter(nil)
		if err != nil {
			t.Fatal(err)
		}
		if replaced {
			if err := d.Set(loadKey(0), loadValue(0, 1), NoSync); err != nil {
				t.Fatal(err)
			}
			if err := d.Flush(); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.Close(); err == nil || !strings.Contains(err.Error(), "leaked iterators") {
			t.Errorf("replaced %v: error %v", replaced, err)
		}
		_ = iter
	}
}
