package result

import "slices"

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

func (r *Result) sorted() []float64 {
	ns := make([]float64, len(r.Runs))
	for i, run := range r.Runs {
		ns[i] = run.NS
	}
	slices.Sort(ns)
	return ns
}

// Minimum returns the fastest run's ns per read.
func (r *Result) Minimum() float64 { return r.quantile(0) }

// Median returns the middle of the runs' ns per read, or the mean of the two in the middle.
func (r *Result) Median() float64 { return r.quantile(0.5) }

// Maximum returns the slowest run's ns per read.
func (r *Result) Maximum() float64 { return r.quantile(1) }

// Spread returns how far apart the lower and the upper quartile are, as a fraction of the median: half of all runs lie within it.
func (r *Result) Spread() float64 {
	if r.Median() == 0 {
		return 0
	}
	return (r.quantile(0.75) - r.quantile(0.25)) / r.Median()
}

// quantile interpolates between the two runs nearest to q. It is 0 without runs.
func (r *Result) quantile(q float64) float64 {
	ns := r.sorted()
	if len(ns) == 0 {
		return 0
	}
	at := q * float64(len(ns)-1)
	low := int(at)
	if low == len(ns)-1 {
		return ns[low]
	}
	return ns[low] + (at-float64(low))*(ns[low+1]-ns[low])
}

// Average returns the mean of the runs' ns per read.
func (r *Result) Average() float64 {
	if len(r.Runs) == 0 {
		return 0
	}
	var sum float64
	for _, run := range r.Runs {
		sum += run.NS
	}
	return sum / float64(len(r.Runs))
}

// Replaced returns how many updates per second were made, on average over the runs.
func (r *Result) Replaced() float64 {
	if len(r.Runs) == 0 {
		return 0
	}
	var sum float64
	for _, run := range r.Runs {
		sum += run.Replaced
	}
	return sum / float64(len(r.Runs))
}
