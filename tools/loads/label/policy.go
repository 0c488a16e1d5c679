package main

import (
	"encoding/binary"

	"hazptr/tools/loads/internal/contest"
)

// A policy is an automaton in memory of its own outside the Go heap: the object
// that requests share, and that must end when the last of them has left.
type policy struct {
	edition  uint64
	region   []byte
	at       automaton // in region
	classes  int
	verdicts automaton // by state
	next     automaton

	contest.Life
}

// A verdict is what a policy says of a path.
type verdict int

const (
	denied verdict = iota
	permitted
	late // the policy had ended, or its memory is another's
)

func (v verdict) String() string {
	return [...]string{"denied", "permitted", "nothing, for it had ended"}[v]
}

// load copies an automaton into memory of its own.
func load(a automaton, c *contest.Census) (*policy, error) {
	region, err := reserve(len(a))
	if err != nil {
		return nil, err
	}
	copy(region, a)
	p := &policy{edition: binary.LittleEndian.Uint64(a), region: region, at: region[:len(a)]}
	p.classes = int(binary.LittleEndian.Uint16(a[headerEnd-4:]))
	states := int(binary.LittleEndian.Uint16(a[headerEnd-2:]))
	p.verdicts = p.at[headerEnd:][:states]
	p.next = p.at[headerEnd+(states+1)/2*2:]
	p.Begin(c, int64(len(a)))
	return p, nil
}

// check says what the policy says of path. The caller keeps it from ending
// meanwhile.
func (p *policy) check(path string) verdict {
	state := 0
	for i := range len(path) {
		class := int(p.at[classesAt+int(path[i])])
		state = int(binary.LittleEndian.Uint16(p.next[2*(state*p.classes+class):]))
	}
	said := verdict(p.verdicts[state])
	// When memory is given back, the next policy often takes its address: a
	// check that is too late finds another edition there.
	if binary.LittleEndian.Uint64(p.at) != p.edition || p.Ended.Load() {
		return late
	}
	return said
}

// end gives the memory back. A check that is still running then reads memory
// that is no longer there.
func (p *policy) end() { p.End(func() error { return release(p.region) }) }
