package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
)

// fill makes data that of a needle: its id, and bytes drawn from a generator
// whose seed is the id.
func fill(data []byte, id uint64) {
	binary.BigEndian.PutUint64(data, id)
	random := rand.NewPCG(id, 6)
	for rest := data[8:]; len(rest) > 0; {
		var word [8]byte
		binary.BigEndian.PutUint64(word[:], random.Uint64())
		rest = rest[copy(rest, word[:]):]
	}
}

// A verifier looks at what was read. It belongs to one goroutine.
type verifier struct{ want []byte }

// verify reports what is wrong with the data of a needle, which should have so
// many bytes.
func (v *verifier) verify(data []byte, id uint64, size int) error {
	switch {
	case len(data) != size:
		return fmt.Errorf("needle %d has %d bytes, want %d", id, len(data), size)
	case binary.BigEndian.Uint64(data) != id:
		return fmt.Errorf("needle %d says that it is %d", id, binary.BigEndian.Uint64(data))
	}
	if len(v.want) != size {
		v.want = make([]byte, size)
	}
	fill(v.want, id)
	if !bytes.Equal(data, v.want) {
		return fmt.Errorf("needle %d: its bytes are others", id)
	}
	return nil
}
