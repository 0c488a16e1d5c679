package main

import "hazptr/tools/loads/internal/contest"

const (
	empty = "empty"
	small = "small"
	mixed = "mixed"
)

// The kinds of I/O.
var kinds = []contest.Kind{
	{Name: empty, Text: "nothing inside", Together: 64},
	{Name: small, Text: "reads of 512 bytes", Together: 1},
	{Name: mixed, Text: "4 kB, one in four written", Together: 1},
}

// blockSize is that of a kind's blocks.
var blockSize = map[string]int{empty: leastBlock, small: 512, mixed: 4096}

// done is the kinds of a list.
type done []contest.Kind

// UnmarshalText reads the list.
func (d *done) UnmarshalText(text []byte) (err error) {
	*d, err = contest.ChooseKinds(string(text), kinds)
	return err
}
