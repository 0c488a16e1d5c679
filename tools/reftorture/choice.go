package main

import (
	"hash/fnv"
	"math/bits"
	"math/rand/v2"
	"time"
)

// A chooser makes an actor's choices. They depend on the seed of the run and on
// the actor's name, and on nothing else: each step takes one number, and all
// that is chosen in it comes from that.
type chooser struct {
	random *rand.Rand
	steps  int
	record *[]uint64 // nil: not wanted
	digest uint64    // of the first digested steps
}

// digested is how many steps of each actor go into the digest that a run
// prints.
const digested = 32

func newChooser(seed int64, name string) *chooser {
	h := fnv.New64a()
	h.Write([]byte(name))
	return &chooser{random: rand.New(rand.NewPCG(uint64(seed), h.Sum64())), digest: h.Sum64()}
}

// next returns the choice of the next step.
func (c *chooser) next() choice {
	n := c.random.Uint64()
	if c.steps++; c.steps <= digested {
		c.digest = c.digest*0x100000001B3 ^ n
	}
	if c.record != nil {
		*c.record = append(*c.record, n)
	}
	return choice(n)
}

// A choice is a number that further ones are made of, as many as are needed
// (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
type choice uint64

// of returns a number below n.
func (c *choice) of(n int) int {
	*c += 0x9E3779B97F4A7C15
	x := uint64(*c)
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return int((x ^ x>>31) >> 1 % uint64(n))
}

// one reports whether it is one of n.
func (c *choice) one(n int) bool { return c.of(n) == 0 }

// nanoseconds returns a time below a limit, which is of any magnitude from the
// least to the most.
func (c *choice) nanoseconds(least, most int) time.Duration {
	return time.Duration(c.of(least << c.of(bits.Len(uint(most/least)))))
}
