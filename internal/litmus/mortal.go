package litmus

// A Mortal is alive, or has been reclaimed. Its words are plain, so that the
// race detector tells what is not ordered.
type Mortal struct {
	state [8]uint64
}

const (
	alive = 0x5EED
	dead  = 0xDEAD
)

func (m *Mortal) set(state uint64) {
	for i := range m.state {
		m.state[i] = state
	}
}

// used reads n times and reports whether m was alive.
//
//go:noinline
func (m *Mortal) used(n int) bool {
	for range n {
		for _, state := range m.state {
			if state != alive {
				return false
			}
		}
	}
	return true
}
