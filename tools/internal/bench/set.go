package bench

import (
	"hazptr/tools/internal/machine"
	"hazptr/tools/internal/sample"
)

// A Set is what a Series has measured, all in the same circumstances. The names
// in its JSON, and in that of a Result, are what programs rely on.
type Set struct {
	machine.Machine
	Pinned  string    `json:"pinned"` // the CPUs of pinned readers, in words
	Results []*Result `json:"results"`
}

// A Result is all runs of one type with one number of readers.
type Result struct {
	Type     string        `json:"type"`
	Shape    string        `json:"shape"`  // "read" or "list"
	Length   int           `json:"length"` // of the list; 1 for a single object
	Readers  int           `json:"nreaders"`
	Loops    int           `json:"loops"` // read sections of a reader in a run
	Delay    int           `json:"readdelay_ns"`
	Updates  int           `json:"updates"`      // per second, as asked for
	Replaced float64       `json:"updates_made"` // per second, mean of the runs
	Median   float64       `json:"median_ns"`
	Minimum  float64       `json:"min_ns"`
	Maximum  float64       `json:"max_ns"`
	Spread   float64       `json:"spread"`
	ToLoad   *float64      `json:"ratio_to_load"` // nil without load
	Kernel   *float64      `json:"kernel_ns"`     // nil if the kernel has none
	Runs     sample.Sample `json:"runs_ns"`       // per read and core

	replaced sample.Sample // updates per second, by run
}

// Reads returns how many objects all readers read in one run.
func (r *Result) Reads() int { return r.Readers * r.Loops * r.Length }

// Summarize finds what the runs come to.
//
// It relates each Result to that of the type load, the limit, with the same
// number of readers. It compares minimum with minimum: hosts that run at two
// speeds, now the one and now the other, distort all other figures more.
func (s *Set) Summarize() {
	load := make(map[int]float64) // by the number of readers
	for _, r := range s.Results {
		r.Median, r.Minimum, r.Maximum, r.Spread = r.Runs.Median(), r.Runs.Minimum(), r.Runs.Maximum(), r.Runs.Spread()
		r.Replaced, r.ToLoad = r.replaced.Average(), nil
		if r.Type == "load" {
			load[r.Readers] = r.Minimum
		}
	}
	for _, r := range s.Results {
		if limit := load[r.Readers]; limit > 0 {
			ratio := r.Minimum / limit
			r.ToLoad = &ratio
		}
	}
}
