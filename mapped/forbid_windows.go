package mapped

import (
	"os"
	"syscall"
	"unsafe"
)

const canForbid = true

var virtualProtect = syscall.NewLazyDLL("kernel32.dll").NewProc("VirtualProtect")

// forbid makes each use of b a fault.
func forbid(b []byte) error {
	const noAccess = 1 // PAGE_NOACCESS
	var before uint32
	ok, _, err := virtualProtect.Call(uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)), noAccess, uintptr(unsafe.Pointer(&before)))
	if ok == 0 {
		return os.NewSyscallError("VirtualProtect", err)
	}
	return nil
}
