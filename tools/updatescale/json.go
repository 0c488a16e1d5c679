package main

import (
	"encoding/json"
	"io"
)

// jsonSet, jsonResult and jsonFigure fix the names that programs rely on.
type jsonSet struct {
	Go       string       `json:"go"`
	OS       string       `json:"os"`
	Arch     string       `json:"arch"`
	CPU      string       `json:"cpu"`
	Cores    int          `json:"cores"`
	Fence    string       `json:"fence"`
	Writers  int          `json:"nwriters"`
	Readers  int          `json:"nreaders"`
	Workers  int          `json:"workers"`
	Hazards  int          `json:"hazards"`
	Objects  int          `json:"objects"`
	Stall    bool         `json:"stall"`
	Reclaim  int64        `json:"reclaim_ns"`
	Bytes    int64        `json:"bytes"`
	Rate     int          `json:"rate"`
	Duration int64        `json:"duration_ns"`
	Results  []jsonResult `json:"results"`
}

type jsonResult struct {
	Type    string                `json:"type"`
	Blocks  string                `json:"stall_blocks"`
	Figures map[string]jsonFigure `json:"figures"` // those that could be had
}

type jsonFigure struct {
	Median  float64   `json:"median"`
	Minimum float64   `json:"min"`
	Maximum float64   `json:"max"`
	Spread  float64   `json:"spread"`
	AtLeast bool      `json:"at_least"` // the true figure is no less, which is all that is known
	Runs    []float64 `json:"runs"`
}

// jsonObject prints one object.
func jsonObject(w io.Writer, s *set) error {
	m, c := s.machine, s.config
	j := jsonSet{Go: m.Go, OS: m.OS, Arch: m.Arch, CPU: m.CPU, Cores: m.Cores, Fence: s.fence, Writers: c.Writers, Readers: c.Readers, Workers: c.Workers,
		Hazards: c.Hazards, Objects: c.Objects, Stall: c.Stall, Reclaim: int64(c.Reclaim), Bytes: c.Bytes, Rate: c.Rate, Duration: int64(c.Duration),
		Results: []jsonResult{}}
	for _, r := range s.results {
		of := jsonResult{Type: r.typ.Name, Blocks: r.blocked.String(), Figures: make(map[string]jsonFigure)}
		for _, f := range figures() {
			if found, least := r.of(f); len(found) > 0 {
				of.Figures[f.name] = jsonFigure{Median: found.Median(), Minimum: found.Minimum(), Maximum: found.Maximum(), Spread: found.Spread(),
					AtLeast: least, Runs: found}
			}
		}
		j.Results = append(j.Results, of)
	}
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(j)
}
