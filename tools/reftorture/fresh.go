package main

// A freshness is memory that was not touched yet. The kernel clears a page of
// it at the first store, and on its way back to the program those stores may
// still be in the processor's buffers, before all that the program stores then:
// for a microsecond or more.
type freshness struct {
	memory []byte
	next   int
}

const (
	freshBytes = 16 << 20
	freshPage  = 4096
)

func newFreshness() (*freshness, error) {
	memory, err := reserveFresh(freshBytes)
	return &freshness{memory: memory}, err
}

// touch touches the next page.
func (f *freshness) touch() {
	if f.next == len(f.memory) {
		renew(f.memory)
		f.next = 0
	}
	f.memory[f.next] = 1
	f.next += freshPage
}
