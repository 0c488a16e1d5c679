package pair

import "fmt"

// Found is what rounds of benchmarks have found in a copy: nanoseconds per
// operation by a benchmark's name.
type Found map[string][]float64

// Add adds a round.
func (f Found) Add(round map[string]float64) {
	for name, ns := range round {
		f[name] = append(f[name], ns)
	}
}

// Of returns the rounds of a benchmark, of which there must be some.
func (f Found) Of(name string) ([]float64, error) {
	if len(f[name]) == 0 {
		return nil, fmt.Errorf("no benchmark %q has run", name)
	}
	return f[name], nil
}
