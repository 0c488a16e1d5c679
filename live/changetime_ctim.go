//go:build linux || openbsd || dragonfly || solaris

package live

import (
	"os"
	"syscall"
)

// changeTime returns when the inode last changed, in nanoseconds. Two renames
// that keep size and modification time differ in it.
func changeTime(info os.FileInfo) int64 {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return s.Ctim.Nano()
	}
	return 0
}
