package main

import (
	"fmt"
	"strconv"
	"strings"
)

// rates are how often per second a policy is replaced.
type rates []int

const mostReplacements = 100_000

// UnmarshalText reads numbers with commas between.
func (r *rates) UnmarshalText(text []byte) error {
	*r = nil
	for word := range strings.SplitSeq(string(text), ",") {
		n, err := strconv.Atoi(strings.TrimSpace(word))
		if err != nil || n < 0 || n > mostReplacements {
			return fmt.Errorf("%q is not a number from 0 to %d", word, mostReplacements)
		}
		*r = append(*r, n)
	}
	return nil
}
