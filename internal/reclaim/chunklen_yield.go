//go:build hazptr_yield

package reclaim

// chunkLen is so small where goroutines are interleaved that few operations
// fill a chunk.
const chunkLen = 8
