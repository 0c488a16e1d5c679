//go:build !arm64 && !ppc64 && !ppc64le && !s390x

package perproc

// CacheLine is the distance in bytes at which two words do not share a cache
// line.
const CacheLine = 64
