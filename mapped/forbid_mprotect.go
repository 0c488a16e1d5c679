//go:build linux || darwin

package mapped

import (
	"os"
	"syscall"
)

const canForbid = true

// forbid makes each use of b a fault.
func forbid(b []byte) error {
	return os.NewSyscallError("mprotect", syscall.Mprotect(b, syscall.PROT_NONE))
}
