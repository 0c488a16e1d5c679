package main

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
)

// A value has its key, the round in which it was written, a checksum of what
// follows, and bytes drawn from a generator whose seeds are key and round.
const (
	values     = 2000
	valueBytes = 4096
	checked    = 20 // what is before the bytes under the checksum
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func keyOf(i uint64) []byte { return binary.BigEndian.AppendUint64(nil, i) }

// valueOf returns what is written to key i in a round.
func valueOf(i, round uint64) []byte {
	value := make([]byte, valueBytes)
	binary.BigEndian.PutUint64(value, i)
	binary.BigEndian.PutUint64(value[8:], round)
	random := rand.NewPCG(i, round)
	for rest := value[checked:]; len(rest) > 0; {
		var word [8]byte
		binary.BigEndian.PutUint64(word[:], random.Uint64())
		rest = rest[copy(rest, word[:]):]
	}
	binary.BigEndian.PutUint32(value[16:], crc32.Checksum(value[checked:], castagnoli))
	return value
}

func roundOf(value []byte) uint64 { return binary.BigEndian.Uint64(value[8:]) }

// A span is the rounds whose values a reader may find: from the last that was
// done when it began to the one that was being written then.
type span struct{ from, to uint64 }

// verify reports what is wrong with the value of key i.
func (s span) verify(i uint64, value []byte) error {
	if len(value) != valueBytes {
		return fmt.Errorf("value %d has %d bytes, want %d", i, len(value), valueBytes)
	}
	key, round := binary.BigEndian.Uint64(value), roundOf(value)
	switch {
	case key != i:
		return fmt.Errorf("value %d says that it is %d", i, key)
	case round < s.from || round > s.to:
		return fmt.Errorf("value %d is of round %d, want one from %d to %d", i, round, s.from, s.to)
	case binary.BigEndian.Uint32(value[16:]) != crc32.Checksum(value[checked:], castagnoli):
		return fmt.Errorf("value %d: wrong checksum", i)
	}
	return nil
}
