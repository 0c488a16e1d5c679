package rounds

import "github.com/aclements/go-moremath/stats"

// A Spread is what several rounds found.
type Spread struct {
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
}

// SpreadOf returns the Spread of values, of which there must be at least one.
func SpreadOf(values []float64) Spread {
	least, most := stats.Bounds(values)
	return Spread{Median: stats.Sample{Xs: values}.Quantile(0.5), Min: least, Max: most}
}
