package mapped

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
)

// openRegular opens the file at path, if it is a regular one, and does not wait
// for the writer of a named pipe.
func openRegular(path string) (*os.File, os.FileInfo, error) {
	info, err := os.Stat(path) // to open a device may have effects
	if err == nil {
		err = mustBeRegular(info)
	}
	if err != nil {
		return nil, nil, inPath("open", path, err)
	}
	file, err := os.OpenFile(path, os.O_RDONLY|withoutWaiting, 0)
	if err != nil {
		return nil, nil, err
	}
	if info, err = file.Stat(); err == nil { // it may be another one by now
		err = mustBeRegular(info)
	}
	if err != nil {
		_ = file.Close()
		return nil, nil, inPath("open", path, err)
	}
	return file, info, nil
}

// inPath returns err with the operation and path, unless it has them.
func inPath(op, path string, err error) error {
	var has *fs.PathError
	if errors.As(err, &has) {
		return err
	}
	return &fs.PathError{Op: op, Path: path, Err: err}
}

func mustBeRegular(info os.FileInfo) error {
	what := ""
	switch mode := info.Mode(); {
	case mode.IsRegular() && info.Size() > math.MaxInt:
		return fmt.Errorf("%d bytes are too many", info.Size())
	case mode.IsRegular():
		return nil
	case mode.IsDir():
		what = "a directory"
	case mode&fs.ModeNamedPipe != 0:
		what = "a named pipe"
	case mode&fs.ModeSocket != 0:
		what = "a socket"
	case mode&fs.ModeDevice != 0:
		what = "a device"
	default:
		what = mode.String()
	}
	return fmt.Errorf("is %s, not a regular file", what)
}

// mapWhole maps the bytes of file. If there are none it returns nil.
func mapWhole(file *os.File, info os.FileInfo) ([]byte, error) {
	if info.Size() > 0 {
		return mapFile(file, int(info.Size()))
	}
	switch n, err := file.Read(make([]byte, 1)); {
	case n > 0:
		return nil, errors.New("has no size, but bytes, as files of /proc have: it can be copied, not mapped")
	case err != io.EOF:
		return nil, err
	}
	return nil, nil
}
