package main

import (
	"encoding/json"
	"fmt"

	"hazptr/tools/internal/against"
	"hazptr/tools/internal/bench"
)

// readFigures returns the ns per read that a refscale printed as JSON.
func readFigures(text []byte) ([]against.Figure, error) {
	var set bench.Set
	if err := json.Unmarshal(text, &set); err != nil {
		return nil, err
	}
	var figures []against.Figure
	for _, r := range set.Results {
		for _, ns := range r.Runs {
			figures = append(figures, against.Figure{Name: fmt.Sprintf("%s, readers: %d", r.Type, r.Readers), Value: ns})
		}
	}
	return figures, nil
}
