package main

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
)

// A value has its key, a checksum of what follows, and bytes drawn from a
// generator whose seed is the key.
const (
	valueBytes = 1000
	checked    = 12 // what is before the bytes under the checksum
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func keyOf(i uint64) []byte { return binary.BigEndian.AppendUint64(nil, i) }

// fill makes value that of i.
func fill(value []byte, i uint64) {
	binary.BigEndian.PutUint64(value, i)
	random := rand.NewPCG(i, 6)
	for rest := value[checked:]; len(rest) > 0; {
		var word [8]byte
		binary.BigEndian.PutUint64(word[:], random.Uint64())
		rest = rest[copy(rest, word[:]):]
	}
	binary.BigEndian.PutUint32(value[8:], crc32.Checksum(value[checked:], castagnoli))
}

// verify reports what is wrong with the value of i.
func verify(value []byte, i uint64) error {
	switch {
	case value == nil:
		return fmt.Errorf("value %d is missing", i)
	case len(value) != valueBytes:
		return fmt.Errorf("value %d has %d bytes, want %d", i, len(value), valueBytes)
	case binary.BigEndian.Uint64(value) != i:
		return fmt.Errorf("value %d says that it is %d", i, binary.BigEndian.Uint64(value))
	case binary.BigEndian.Uint32(value[8:]) != crc32.Checksum(value[checked:], castagnoli):
		return fmt.Errorf("value %d: wrong checksum", i)
	}
	return nil
}
