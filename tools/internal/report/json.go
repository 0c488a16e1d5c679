package report

import (
	"encoding/json"
	"io"

	"hazptr/tools/internal/result"
)

// jsonSet and jsonResult fix the names that programs rely on.
type jsonSet struct {
	Go      string       `json:"go"`
	OS      string       `json:"os"`
	Arch    string       `json:"arch"`
	CPU     string       `json:"cpu"`
	Cores   int          `json:"cores"`
	Fence   string       `json:"fence"`
	Pinned  string       `json:"pinned"`
	Results []jsonResult `json:"results"`
}

type jsonResult struct {
	Type     string    `json:"type"`
	Shape    string    `json:"shape"`
	Length   int       `json:"length"`
	Readers  int       `json:"nreaders"`
	Loops    int       `json:"loops"`
	Delay    int       `json:"readdelay_ns"`
	Updates  int       `json:"updates"`
	Replaced float64   `json:"updates_made"`
	Median   float64   `json:"median_ns"`
	Minimum  float64   `json:"min_ns"`
	Maximum  float64   `json:"max_ns"`
	Spread   float64   `json:"spread"`
	Ratio    *float64  `json:"ratio_to_load"` // null without load
	Kernel   *float64  `json:"kernel_ns"`     // null where the kernel has no figure
	Runs     []float64 `json:"runs_ns"`
}

// jsonObject prints one object.
func jsonObject(w io.Writer, s *result.Set) error {
	m := s.Machine
	set := jsonSet{Go: m.Go, OS: m.OS, Arch: m.Arch, CPU: m.CPU, Cores: m.Cores, Fence: s.Fence, Pinned: s.Pinned, Results: []jsonResult{}}
	for i := range s.Results {
		r := &s.Results[i]
		j := jsonResult{Type: r.Type, Shape: r.Shape, Length: r.Length, Readers: r.Readers, Loops: r.Loops, Delay: r.Delay,
			Updates: r.Updates, Replaced: r.Replaced(),
			Median: r.Median(), Minimum: r.Minimum(), Maximum: r.Maximum(), Spread: r.Spread(), Runs: []float64{}}
		if ratio, ok := s.RatioToLoad(r); ok {
			j.Ratio = &ratio
		}
		if r.Kernel > 0 {
			j.Kernel = &r.Kernel
		}
		for _, run := range r.Runs {
			j.Runs = append(j.Runs, run.NS)
		}
		set.Results = append(set.Results, j)
	}
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(set)
}
