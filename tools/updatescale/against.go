package main

import (
	"encoding/json"

	"hazptr/tools/internal/against"
)

// told are the figures that tell two builds apart: no counts, and no lengths of
// phases.
var told = []string{updatesPerSec, endedPerSec, updateCPU, updateAllocs, latencyP50, latencyP99, latencyMaximum,
	quiet.p50(), quiet.p99(), paced.p50(), paced.p99(), busy.p50(), busy.p99(), floodCPU, pendingMost, drained, requestP50, requestP99, requestP999,
	waitingOne, waitingSome, waitingMany, waitingUpdates, waitingBarrier}

// readFigures returns what an updatescale printed as JSON.
func readFigures(text []byte) ([]against.Figure, error) {
	var set struct {
		Results []struct {
			Type    string
			Figures map[string]struct{ Runs []float64 }
		}
	}
	if err := json.Unmarshal(text, &set); err != nil {
		return nil, err
	}
	var figures []against.Figure
	for _, r := range set.Results {
		for _, name := range told {
			if runs := r.Figures[name].Runs; len(runs) == 1 {
				figures = append(figures, against.Figure{Name: r.Type + " " + name, Value: runs[0]})
			}
		}
	}
	return figures, nil
}
