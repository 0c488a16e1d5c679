// Package value makes values that can be told from any others, to be kept in a
// database and verified when they are read.
package value

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
)

// A value has its number, a checksum of what follows, and bytes drawn from a
// generator whose seed is the number.
const checked = 12 // what is before the bytes under the checksum

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Key returns the key of value number i: keys rise as numbers do.
func Key(i uint64) []byte { return binary.BigEndian.AppendUint64(nil, i) }

// Number returns the number that a value says it has. A shorter one than any is
// number 0.
func Number(value []byte) uint64 {
	if len(value) < checked {
		return 0
	}
	return binary.BigEndian.Uint64(value)
}

// Fill makes value, of 12 bytes or more, number i.
func Fill(value []byte, i uint64) {
	binary.BigEndian.PutUint64(value, i)
	random := rand.NewPCG(i, 6)
	for rest := value[checked:]; len(rest) > 0; {
		var word [8]byte
		binary.BigEndian.PutUint64(word[:], random.Uint64())
		rest = rest[copy(rest, word[:]):]
	}
	binary.BigEndian.PutUint32(value[8:], crc32.Checksum(value[checked:], castagnoli))
}

// Verify reports what is wrong with value number i, which is to have so many
// bytes.
func Verify(value []byte, i uint64, bytes int) error {
	switch {
	case value == nil:
		return fmt.Errorf("value %d is missing", i)
	case len(value) != bytes:
		return fmt.Errorf("value %d has %d bytes, want %d", i, len(value), bytes)
	case Number(value) != i:
		return fmt.Errorf("value %d says that it is %d", i, Number(value))
	case binary.BigEndian.Uint32(value[8:]) != crc32.Checksum(value[checked:], castagnoli):
		return fmt.Errorf("value %d: wrong checksum", i)
	}
	return nil
}
