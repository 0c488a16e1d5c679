//go:build !hazptr_yield

package interleave

import "unsafe"

// identity returns nil. It is not called, since there are no points in the
// library.
func identity() unsafe.Pointer { return nil }
