package mapped

import (
	"os"
	"syscall"
	"unsafe"
)

const (
	canMap         = true
	withoutWaiting = 0
)

// mapFile maps the first bytes of file, at least one, for reading.
func mapFile(file *os.File, size int) ([]byte, error) {
	high, low := uint32(uint64(size)>>32), uint32(size)
	h, err := syscall.CreateFileMapping(syscall.Handle(file.Fd()), nil, syscall.PAGE_READONLY, high, low, nil)
	if err != nil {
		return nil, os.NewSyscallError("CreateFileMapping", err)
	}
	defer syscall.CloseHandle(h) // the view keeps it
	address, err := syscall.MapViewOfFile(h, syscall.FILE_MAP_READ, 0, 0, uintptr(size))
	if err != nil {
		return nil, os.NewSyscallError("MapViewOfFile", err)
	}
	// Vet would take a conversion of address for a mistake: it does not
	// know that the memory is not the collector's.
	return unsafe.Slice(*(**byte)(unsafe.Pointer(&address)), size), nil
}

func unmap(b []byte) error {
	return os.NewSyscallError("UnmapViewOfFile", syscall.UnmapViewOfFile(uintptr(unsafe.Pointer(unsafe.SliceData(b)))))
}
