package interleave

// A schedule is what is left of the bytes that say which Thread goes on. Each
// says for how many points, too:
//
//	bits 0, 1   the Thread; if it can't go on, the next one that can
//	bit 2       whether it goes to the other P before, unless it is pinned
//	bits 3..7   how many points it passes before the next byte: see lengths
//
// When they are used up all go on in turn, each for long.
type schedule []byte

// lengths has short runs one by one, since orders differ by a few points, and
// some long ones, in which whole operations fit.
var lengths = [32]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 24, 28, 32, 40, 48, 64, 80, 100, 128, 256, longest}

// longest ends the run of a Thread that waits and doesn't say so.
const longest = 5000

// next returns the next turn.
func (s *schedule) next(last int) turn {
	if len(*s) == 0 {
		return turn{thread: last + 1, points: longest}
	}
	b := (*s)[0]
	*s = (*s)[1:]
	return turn{thread: int(b & 3), moves: b&4 != 0, points: lengths[b>>3]}
}
