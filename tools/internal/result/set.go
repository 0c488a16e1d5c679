// Package result holds what was measured, between those who measure and those who print.
package result

import "hazptr/tools/internal/machine"

// A Set is what one run of a tool has measured, all in the same circumstances.
type Set struct {
	Machine machine.Machine
	Fence   string // the library's heavy fence
	Pinned  string // which readers were pinned to CPUs, in words
	Results []Result
}

// RatioToLoad returns how many times as long a read of r takes as one of the type load, the limit, measured in the same Set with the same number
// of readers, and whether there is one. It compares minimum with minimum: hosts that run at two speeds, now the one and now the other, distort all
// other figures more.
func (s *Set) RatioToLoad(r *Result) (float64, bool) {
	for i := range s.Results {
		l := &s.Results[i]
		if l.Type == "load" && l.Readers == r.Readers && l.Minimum() > 0 {
			return r.Minimum() / l.Minimum(), true
		}
	}
	return 0, false
}
