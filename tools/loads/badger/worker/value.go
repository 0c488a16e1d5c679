package main

import (
	"fmt"

	"hazptr/tools/loads/internal/value"
)

// The values of a round have numbers of their own, which rise with it.
const (
	values     = 2000
	valueBytes = 4096
)

// valueOf returns what is written to key i in a round.
func valueOf(i, round uint64) []byte {
	v := make([]byte, valueBytes)
	value.Fill(v, round*values+i)
	return v
}

func roundOf(v []byte) uint64 { return value.Number(v) / values }

// A span is the rounds whose values a reader may find: from the last that was
// done when it began to the one that was being written then.
type span struct{ from, to uint64 }

// verify reports what is wrong with the value of key i.
func (s span) verify(i uint64, v []byte) error {
	if len(v) != valueBytes {
		return fmt.Errorf("key %d: a value of %d bytes, want %d", i, len(v), valueBytes)
	}
	number, round := value.Number(v), roundOf(v)
	if number%values != i || round < s.from || round > s.to {
		return fmt.Errorf("key %d: the value of key %d and round %d, want one of rounds %d to %d", i, number%values, round, s.from, s.to)
	}
	return value.Verify(v, number, valueBytes)
}
