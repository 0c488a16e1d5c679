package main

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
)

// A rule allows or denies the paths that its pattern matches, as one of an
// AppArmor profile does: * stands for any text without a slash, ** for any
// text, ? for one character that is not a slash. A path that several rules
// match is denied if one of them denies it; one that no rule matches is denied.
type rule struct {
	deny    bool
	pattern string
}

// An automaton says in one pass over a path what rules say of it. It is bytes
// that can be copied anywhere:
//
//	8 bytes    the edition
//	256 bytes  the class of each character; rules tell classes apart
//	2 bytes    how many classes
//	2 bytes    how many states
//	states     what is said of a path that ends there: allowed or not
//	2 × states × classes bytes, from an even offset: the next states
//
// State 0 is the first one.
type automaton []byte

const (
	classesAt = 8
	headerEnd = classesAt + 256 + 4
)

// A place is where a rule is in its pattern.
type place struct{ rule, at int }

// A token is a character of a pattern.
type token struct {
	star byte // 0, '*', or 'D' for **
	any  bool // ?
	char byte
}

func tokens(pattern string) (all []token) {
	for i := 0; i < len(pattern); i++ {
		switch {
		case pattern[i] == '*' && i+1 < len(pattern) && pattern[i+1] == '*':
			all = append(all, token{star: 'D'})
			i++
		case pattern[i] == '*':
			all = append(all, token{star: '*'})
		case pattern[i] == '?':
			all = append(all, token{any: true})
		default:
			all = append(all, token{char: pattern[i]})
		}
	}
	return all
}

// compile makes an automaton by the construction of subsets.
func compile(edition uint64, rules []rule) (automaton, error) {
	patterns := make([][]token, len(rules))
	for i, r := range rules {
		patterns[i] = tokens(r.pattern)
	}
	// closed adds the places that can be reached without a character, in order.
	closed := func(places map[place]bool) []place {
		todo := slices.Collect(maps.Keys(places))
		for len(todo) > 0 {
			p := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			if next := (place{p.rule, p.at + 1}); p.at < len(patterns[p.rule]) && patterns[p.rule][p.at].star != 0 && !places[next] {
				places[next] = true
				todo = append(todo, next)
			}
		}
		return slices.SortedFunc(maps.Keys(places), func(a, b place) int { return cmp.Or(a.rule-b.rule, a.at-b.at) })
	}
	step := func(from []place, c byte) []place {
		to := map[place]bool{}
		for _, p := range from {
			if p.at == len(patterns[p.rule]) {
				continue
			}
			switch t := patterns[p.rule][p.at]; {
			case t.star == 'D' || t.star == '*' && c != '/':
				to[p] = true
			case t.star == 0 && (t.any && c != '/' || !t.any && t.char == c):
				to[place{p.rule, p.at + 1}] = true
			}
		}
		return closed(to)
	}

	first := map[place]bool{}
	for i := range rules {
		first[place{i, 0}] = true
	}
	states := [][]place{closed(first)}
	numbers := map[string]int{name(states[0]): 0}
	kinds, classOf := characters(patterns)
	columns := make([][]uint16, len(kinds)) // by class: the next state of each
	for s := 0; s < len(states); s++ {
		for class, c := range kinds {
			to := step(states[s], c)
			n, ok := numbers[name(to)]
			if !ok {
				if n = len(states); n > 1<<16-1 {
					return nil, fmt.Errorf("%d rules need more than %d states", len(rules), n)
				}
				numbers[name(to)] = n
				states = append(states, to)
			}
			columns[class] = append(columns[class], uint16(n))
		}
	}
	return assemble(edition, rules, patterns, states, classOf, columns), nil
}

// characters returns one character of each class, and the class of every one:
// each that patterns tell from others, and all others together.
func characters(patterns [][]token) (kinds []byte, classOf [256]byte) {
	told := [256]bool{'/': true}
	for _, pattern := range patterns {
		for _, t := range pattern {
			if t.star == 0 && !t.any {
				told[t.char] = true
			}
		}
	}
	others := -1
	for c := range 256 {
		switch {
		case told[c]:
			classOf[c] = byte(len(kinds))
			kinds = append(kinds, byte(c))
		case others < 0:
			others = len(kinds)
			kinds = append(kinds, byte(c))
			fallthrough
		default:
			classOf[c] = byte(others)
		}
	}
	return kinds, classOf
}

// name tells sets of places apart.
func name(places []place) string {
	var key []byte
	for _, p := range places {
		key = binary.AppendUvarint(binary.AppendUvarint(key, uint64(p.rule)), uint64(p.at))
	}
	return string(key)
}

func assemble(edition uint64, rules []rule, patterns [][]token, states [][]place, classOf [256]byte, columns [][]uint16) automaton {
	a := make(automaton, headerEnd, headerEnd+len(states))
	binary.LittleEndian.PutUint64(a, edition)
	copy(a[classesAt:], classOf[:])
	binary.LittleEndian.PutUint16(a[headerEnd-4:], uint16(len(columns)))
	binary.LittleEndian.PutUint16(a[headerEnd-2:], uint16(len(states)))
	for _, places := range states {
		allow, deny := false, false
		for _, p := range places {
			if p.at == len(patterns[p.rule]) {
				allow, deny = allow || !rules[p.rule].deny, deny || rules[p.rule].deny
			}
		}
		said := byte(0)
		if allow && !deny {
			said = 1
		}
		a = append(a, said)
	}
	if len(a)%2 == 1 {
		a = append(a, 0)
	}
	for s := range states {
		for _, column := range columns {
			a = binary.LittleEndian.AppendUint16(a, column[s])
		}
	}
	return a
}
