//go:build !unix

package mortal

// Here objects are only poisoned.
const canProtect = false

// Map returns memory that was never touched.
func Map(size int) ([]byte, error) { return make([]byte, size), nil }

// Renew does nothing here.
func Renew([]byte) {}

func allow([]byte) {}

func forbid([]byte) {}
