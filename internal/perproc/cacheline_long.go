//go:build arm64 || ppc64 || ppc64le || s390x

package perproc

// CacheLine is the distance in bytes at which two words do not share a cache
// line: some of these processors have lines of 128 bytes, s390x of 256, of
// which two halves are fetched apart.
const CacheLine = 128
