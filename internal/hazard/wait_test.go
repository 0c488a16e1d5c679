package hazard

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"unsafe"
)

// Ask finds whether an object is protected, and waits until it is not.
func TestAsk(t *testing.T) {
	test := func(t *testing.T) {
		p := new(int)
		var source unsafe.Pointer
		atomic.StorePointer(&source, unsafe.Pointer(p))
		_, first, firstTurn := Acquire(&source)
		_, second, secondTurn := Acquire(&source)
		atomic.StorePointer(&source, nil)
		if n := Count([]uintptr{uintptr(unsafe.Pointer(p)), uintptr(unsafe.Pointer(&source))}); n[0] != 2 || n[1] != 0 {
			t.Error(n)
		}
		wait := Ask(unsafe.Pointer(p))
		if wait == nil {
			t.Fatal("an object that is protected is not")
		}
		over := make(chan struct{})
		go func() { wait(); close(over) }()
		first.Release(uintptr(unsafe.Pointer(p)), firstTurn)
		select {
		case <-over:
			t.Error("one protection is left")
		default:
		}
		second.Release(uintptr(unsafe.Pointer(p)), secondTurn)
		<-over
		if Ask(unsafe.Pointer(p)) != nil {
			t.Error("an object that nothing protects is waited for")
		}
	}
	test(t)
	synctest.Test(t, test)
}
