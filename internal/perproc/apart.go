package perproc

// Apart returns a new T that shares no cache line with any other variable. A
// neighbour that is often written would delay every read of it.
func Apart[T any]() *T {
	return &new(struct {
		_     [CacheLine]byte
		value T
		_     [CacheLine]byte
	}).value
}
