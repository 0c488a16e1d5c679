package interleave

import "testing"

// An Operation is what a byte tells a goroutine of a fuzz test to do.
type Operation struct {
	Kind   int // below 16
	Object int // below 4: with what
}

// Deal deals operations to two to four goroutines. The first byte says how many
// there are; its other bits are the test's, from bit 2 on. In each of the other
// bytes, bits 0 and 1 say which goroutine gets the operation, bits 2 to 5 are
// its kind, and bits 6 and 7 its object.
func Deal(t testing.TB, operations []byte) [][]Operation {
	const most = 64 // what more of them find, fewer do
	if len(operations) == 0 {
		t.Skip("no operations")
	}
	dealt := make([][]Operation, 2+operations[0]&3%3)
	for _, b := range operations[1:min(len(operations), 1+most)] {
		to := &dealt[int(b&3)%len(dealt)]
		*to = append(*to, Operation{Kind: int(b >> 2 & 15), Object: int(b >> 6)})
	}
	return dealt
}
