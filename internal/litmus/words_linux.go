package litmus

import (
	"syscall"
	"unsafe"
)

// words returns n words outside the Go heap, in huge pages where there are any:
// the kernel takes half a second to make 128 MiB of small ones. They are never
// given back.
func words(n int) []uint64 {
	memory, err := syscall.Mmap(-1, 0, n*8, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		return make([]uint64, n)
	}
	_ = syscall.Madvise(memory, syscall.MADV_HUGEPAGE) // or they are small
	return unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(memory))), n)
}
