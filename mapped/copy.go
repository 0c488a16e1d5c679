package mapped

import (
	"bytes"
	"errors"
	"os"
	"time"
)

const (
	copyTries = 4
	copyPause = 10 * time.Millisecond // after the first; then it doubles
)

// readWhole reads the file at path. If it is written to meanwhile, that is
// tried again.
func readWhole(path string) (b []byte, err error) {
	pause := copyPause
	for range copyTries - 1 {
		if b, err = readOnce(path); err != errChanged {
			break
		}
		time.Sleep(pause)
		pause *= 2
	}
	if err == errChanged {
		b, err = readOnce(path)
	}
	if err != nil {
		return nil, inPath("read", path, err)
	}
	return b, nil
}

var errChanged = errors.New("was written to while it was read")

// readOnce reads until the end, which files of /proc have beyond their size.
func readOnce(path string) ([]byte, error) {
	file, before, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var b bytes.Buffer
	// The rest is for the read that finds the end.
	b.Grow(int(before.Size()) + bytes.MinRead)
	if _, err := b.ReadFrom(file); err != nil {
		return nil, err
	}
	after, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if rewritten(before, after) {
		return nil, errChanged
	}
	return b.Bytes(), nil
}

// rewritten reports whether a file was written to between two looks at it.
func rewritten(before, after os.FileInfo) bool {
	return before.Size() != after.Size() || !before.ModTime().Equal(after.ModTime())
}
