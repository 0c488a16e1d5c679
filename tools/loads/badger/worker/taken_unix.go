//go:build unix

package main

import (
	"io/fs"
	"syscall"
)

// taken is how many bytes a file takes of the disk: badger makes a file larger
// than what is written to it.
func taken(info fs.FileInfo) int64 { return info.Sys().(*syscall.Stat_t).Blocks * 512 }
