package explore_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"hazptr/internal/explore"
	"hazptr/internal/explore/atomic"
	"hazptr/internal/explore/sync"
)

// An instruction is what a thread of a program does. Each is one of these
// characters, with the number of a variable or a mutex behind it:
//
//	r  read            w  write, plainly      x  exchange
//	c  compare with 0, and swap               f  membarrier
//	l  lock            u  unlock              t  try to lock, read, unlock
//	a  await that the variable is not 0
//	b  await that one of two variables is not 0
//	g  start the program's next thread
type instruction struct {
	do byte
	on int
}

// A program has for each thread its instructions. The first of them are
// started; the others wait for a g.
type program struct {
	threads [][]instruction
	started int
}

// parse reads threads such as "w0 r1".
func parse(threads ...string) program {
	p := program{started: len(threads)}
	for _, text := range threads {
		var instructions []instruction
		for i := 0; i < len(text); i += 3 {
			instructions = append(instructions, instruction{text[i], int(text[i+1] - '0')})
		}
		p.threads = append(p.threads, instructions)
	}
	return p
}

func (p program) String() string {
	text := ""
	for i, thread := range p.threads {
		if i > 0 {
			text += " | "
		}
		for _, in := range thread {
			text += fmt.Sprintf("%c%d ", in.do, in.on)
		}
	}
	return text
}

// outcomes are what memory and registers held at the ends of executions.
type outcomes map[string]int

func (o outcomes) String() string { return fmt.Sprint(slices.Sorted(maps.Keys(o))) }

// explored explores a program.
func (p program) explored(t *testing.T, s explore.Scenario) (explore.Result, outcomes) {
	t.Helper()
	var memory [3]uintptr
	var mutexes [2]sync.Mutex
	var registers [5][16]uintptr
	next := 0
	found := make(outcomes)
	s.Setup = func() {
		memory, mutexes, registers, next = [3]uintptr{}, [2]sync.Mutex{}, [5][16]uintptr{}, p.started
	}
	s.Check = func() string {
		found[fmt.Sprint(memory, registers)]++
		return ""
	}
	s.Stuck = func() string {
		found["stuck "+fmt.Sprint(memory, registers)]++
		return ""
	}
	for i := range memory {
		s.Name(address(&memory[i]), "v%d", i)
	}
	var run func(number int) func()
	run = func(number int) func() {
		register := &registers[number]
		return func() {
			for i, in := range p.threads[number] {
				v, value := &memory[in.on], uintptr(10*number+i+1)
				switch in.do {
				case 'r':
					register[i] = explore.Load(v)
				case 'w':
					explore.Store(v, value)
				case 'x':
					register[i] = change(v, value)
				case 'c':
					if atomic.CompareAndSwapUintptr(v, 0, value) {
						register[i] = 1
					}
				case 'l':
					mutexes[in.on].Lock()
				case 'u':
					mutexes[in.on].Unlock()
				case 't':
					if mutexes[in.on].TryLock() {
						register[i] = 1 + explore.Load(v)
						mutexes[in.on].Unlock()
					}
				case 'a':
					for explore.Load(v) == 0 {
						explore.Wait()
					}
				case 'b':
					for explore.Load(&memory[0]) == 0 && explore.Load(&memory[1]) == 0 {
						explore.Wait()
					}
					register[i] = 1 + explore.Load(&memory[0])
				case 'g':
					explore.Touch(unsafe.Pointer(&next))
					if next < len(p.threads) {
						started := run(next)
						next++
						explore.Go(started)
					}
				case 'f':
					explore.Fence()
				}
			}
		}
	}
	for i := range p.started {
		s.Threads = append(s.Threads, run(i))
	}
	s.Spare = len(p.threads) - p.started
	r := explore.Explore(s)
	if r.Failure != nil {
		t.Fatalf("%v: %v", p, r.Failure)
	}
	return r, found
}

// random returns a program of a few of the instructions given.
func random(r *rand.Rand, from string, started, threads, longest int) program {
	p := program{started: started}
	for range threads {
		var instructions []instruction
		for range 1 + r.IntN(longest) {
			do := from[r.IntN(len(from))]
			on, in := r.IntN(2), r.IntN(2)
			switch do {
			case 'l': // a section with something in it
				instructions = append(instructions, instruction{'l', on}, instruction{"rwxcf"[r.IntN(5)], in}, instruction{'u', on})
			case 'm': // a section that waits
				instructions = append(instructions, instruction{'l', on}, instruction{"ab"[r.IntN(2)], in}, instruction{'u', on})
			case 'n': // a section in another one
				instructions = append(instructions, instruction{'l', on}, instruction{'l', 1 - on}, instruction{"rw"[r.IntN(2)], in}, instruction{'u', 1 - on}, instruction{'u', on})
			default:
				instructions = append(instructions, instruction{do, on})
			}
		}
		p.threads = append(p.threads, instructions)
	}
	return p
}
