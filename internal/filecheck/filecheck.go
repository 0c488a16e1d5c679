// Package filecheck refuses paths that a program must not open: opening a
// named pipe waits until another process opens its other end, and a device or
// a folder is no file.
package filecheck

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// ForReading returns an error if path is not an existing regular file. It does
// not open the file.
func ForReading(path string) error {
	if path == "" {
		return errEmpty
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is %s: give the path of a regular file", path, kind(info.Mode()))
	}
	return nil
}

// ForWriting returns an error if path exists and is neither a regular file, nor
// a device such as a terminal or /dev/null, nor the standard output or error
// of this process. It does not open the file.
func ForWriting(path string) error {
	if path == "" {
		return errEmpty
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode().IsRegular(), info.Mode()&fs.ModeCharDevice != 0, standard(info):
		return nil
	}
	return fmt.Errorf("%s is %s: give the path of a regular file, or of one to be made", path, kind(info.Mode()))
}

var errEmpty = errors.New("the path is empty: give that of a file, or leave the flag out")

// standard reports whether info is of the standard output or error, as that of
// /dev/stdout is. If that is a pipe, it has a reader.
func standard(info fs.FileInfo) bool {
	for _, file := range []*os.File{os.Stdout, os.Stderr} {
		if own, err := file.Stat(); err == nil && os.SameFile(info, own) {
			return true
		}
	}
	return false
}

func kind(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "not a regular file"
}
