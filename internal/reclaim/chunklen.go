//go:build !hazptr_yield

package reclaim

// chunkLen is how many objects a chunk of a queue has room for.
const chunkLen = 256
