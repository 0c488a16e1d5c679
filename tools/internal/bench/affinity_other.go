//go:build !linux

package bench

import (
	"errors"
	"runtime"
)

var errNoAffinity = errors.New("not possible on " + runtime.GOOS)

func allowedCPUs() ([]int, error) { return nil, errNoAffinity }

func bind(int) error { return errNoAffinity }
