package mechanism

import (
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
