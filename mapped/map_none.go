//go:build !unix && !windows

package mapped

import (
	"errors"
	"os"
)

// Without mmap every file is copied.
const (
	canMap         = false
	withoutWaiting = 0
)

func mapFile(*os.File, int) ([]byte, error) { return nil, errors.ErrUnsupported }

func unmap([]byte) error { return errors.ErrUnsupported }
