package result

import "hazptr/tools/internal/sample"

// A Result is all runs of one type with one number of readers.
type Result struct {
	Type    string
	Shape   string // "read" or "list"
	Length  int    // of the list, 1 where a single object is read
	Readers int
	Loops   int     // read sections of each reader in one run
	Delay   int     // ns inside each read section
	Updates int     // per second, as asked for
	Kernel  float64 // what the kernel's figure is, in ns, or 0
	Runs    []Run
}

// Reads returns how many objects all readers read in one run.
func (r *Result) Reads() int64 { return int64(r.Readers) * int64(r.Loops) * int64(r.Length) }

// ns returns the runs' ns per read.
func (r *Result) ns() sample.Sample {
	ns := make(sample.Sample, len(r.Runs))
	for i, run := range r.Runs {
		ns[i] = run.NS
	}
	return ns
}

// Minimum returns the fastest run's ns per read.
func (r *Result) Minimum() float64 { return r.ns().Minimum() }

// Median returns the middle of the runs' ns per read, or the mean of the two in the middle.
func (r *Result) Median() float64 { return r.ns().Median() }

// Maximum returns the slowest run's ns per read.
func (r *Result) Maximum() float64 { return r.ns().Maximum() }

// Spread returns how far apart the lower and the upper quartile are, as a fraction of the median: half of all runs lie within it.
func (r *Result) Spread() float64 { return r.ns().Spread() }

// Average returns the mean of the runs' ns per read.
func (r *Result) Average() float64 { return r.ns().Average() }

// Replaced returns how many updates per second were made, on average over the runs.
func (r *Result) Replaced() float64 {
	perSecond := make(sample.Sample, len(r.Runs))
	for i, run := range r.Runs {
		perSecond[i] = run.Replaced
	}
	return perSecond.Average()
}
