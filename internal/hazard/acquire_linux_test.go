package hazard

import (
	"os"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"hazptr/internal/litmus"
)

// A reader that stalls between its first load and the protection must not have
// a pointer on its stack: where the memory is unmapped and the heap takes the
// range, the garbage collector would find it and throw. The test stalls readers
// in the bank's lock, and puts the mapping where the heap grows next.
func TestAcquireHasNoPointerBeforeItProtects(t *testing.T) {
	const alone = "HAZPTR_TEST_ALONE"
	if os.Getenv(alone) == "" {
		if out, err := litmus.Again(t, alone); err != nil {
			t.Fatalf("%v\n%.2000s", err, out)
		}
		return
	}
	debug.SetGCPercent(-1)
	const size, fixedNoReplace = 64 << 20, 0x100000
	at := (uintptr(unsafe.Pointer(unsafe.SliceData(make([]byte, 1<<20)))) | (size - 1)) + 1
	address, _, errno := syscall.Syscall6(syscall.SYS_MMAP, at, size, syscall.PROT_READ|syscall.PROT_WRITE,
		syscall.MAP_PRIVATE|syscall.MAP_ANON|fixedNoReplace, ^uintptr(0), 0)
	if errno != 0 || address != at {
		t.Skip("no mapping to be had behind the heap: ", errno)
	}
	var sources [224]atomic.Pointer[object]
	for i := range sources {
		object := address + 40<<20 + uintptr(i)*256
		atomic.StoreUintptr((*uintptr)(unsafe.Pointer(&sources[i])), object)
	}

	runtime.GOMAXPROCS(1)
	for bank := range guards.banks.All() {
		bank.mu.Lock()
		bank.newest.Store(nil)
		bank.latest.Store(nil)
	}
	var left atomic.Int64
	left.Store(int64(len(sources)))
	for i := range sources {
		go func() {
			g := acquire(&sources[i])
			g.release()
			left.Add(-1)
		}()
	}
	time.Sleep(10 * time.Millisecond)
	for i := range sources {
		sources[i].Store(nil)
	}
	if _, _, errno := syscall.Syscall(syscall.SYS_MUNMAP, address, size, 0); errno != 0 {
		t.Fatal(errno)
	}
	var heap [][]byte
	for range 13_000 {
		// The size leaves the ends of its spans unused.
		heap = append(heap, make([]byte, 9472))
	}
	clear(heap)
	for range 3 {
		runtime.GC()
	}
	for bank := range guards.banks.All() {
		bank.mu.Unlock()
	}
	litmus.Eventually(t, "the readers are done", func() bool { return left.Load() == 0 })
}
