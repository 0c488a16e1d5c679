package way

import (
	"strings"
	"testing"
	"unsafe"
)

func TestObjectFillsALine(t *testing.T) {
	if size := unsafe.Sizeof(Object{}); size != 64 {
		t.Errorf("an Object takes %d bytes", size)
	}
}

func TestNewList(t *testing.T) {
	for length := range 4 {
		n := 0
		for o := NewList(length); o != nil; o = o.Next() {
			n++
		}
		if n != length {
			t.Errorf("a list of %d has %d objects", length, n)
		}
	}
}
func TestEndsOnce(t *testing.T) {
	o := NewObject(42)
	o.end()
	if o.Value() == Live {
		t.Error("the object is live after its end")
	}
	func() {
		defer func() {
			if text, _ := recover().(string); !strings.Contains(text, "object 42 has ended twice") {
				t.Errorf("the second end panics with %q", text)
			}
		}()
		o.end()
	}()
	o.Revive()
	if o.Value() != Live || o.refs.Load() != 1 || o.Number() != 42 {
		t.Errorf("revived: %+v", o)
	}
}
