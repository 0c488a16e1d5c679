//go:build !linux && !darwin && !windows

package mapped

import "errors"

// Package syscall has no Mprotect here.
const canForbid = false

func forbid([]byte) error { return errors.ErrUnsupported }
