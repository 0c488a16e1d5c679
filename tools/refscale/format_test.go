package main

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"hazptr/tools/internal/bench"
	"hazptr/tools/internal/machine"
	"hazptr/tools/internal/report"
)

// sampleSet has two types with one and eight readers; the one is load.
func sampleSet() *bench.Set {
	s := &bench.Set{Machine: machine.Machine{Go: "go1.25", OS: "linux", Arch: "amd64", CPU: "Model 7, 2 GHz", Cores: 2, Fence: "membarrier"}, Pinned: "not pinned"}
	for i, name := range []string{"load", "hazptr"} {
		for _, readers := range []int{1, 8} {
			r := &bench.Result{Type: name, Shape: "read", Length: 1, Readers: readers, Loops: 1000}
			if name == "hazptr" {
				kernel := 8.5
				r.Kernel = &kernel
			}
			for _, ns := range []float64{4, 1, 3, 2} {
				r.Runs = append(r.Runs, float64(1+i)*ns)
			}
			s.Results = append(s.Results, r)
		}
	}
	s.Summarize()
	return s
}

func printed(t *testing.T, format string, s *bench.Set) string {
	t.Helper()
	var b strings.Builder
	if err := report.Write(&b, format, s, table, benchmarks); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(b.String(), "\n") {
		t.Errorf("%s does not end its last line", format)
	}
	return b.String()
}

func TestTable(t *testing.T) {
	s := sampleSet()
	text := printed(t, "table", s)
	for _, want := range []string{
		`(?m)^ type +readers +median +minimum +spread +× load +kernel *$`,
		`(?m)^ load +1 +2\.500 +1\.000 +60% +1\.00 *$`,
		`(?m)^ hazptr +1 +5\.000 +2\.000 +60% +2\.00 +8\.5 *$`,
		`(?m)^ +8 +5\.000 +2\.000 +60% +2\.00 +8\.5 *$`,
		`Model 7, 2 GHz`, `membarrier`, `readers not pinned`, `go1\.25`,
	} {
		if !regexp.MustCompile(want).MatchString(text) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	for _, r := range s.Results {
		r.Updates, r.Kernel, r.Replaced = 100, nil, 90
	}
	text = printed(t, "table", s)
	if !regexp.MustCompile(`(?m)^ hazptr +1 +5\.000 +2\.000 +60% +2\.00 +90 *$`).MatchString(text) || strings.Contains(text, "kernel") {
		t.Errorf("with updates and without kernel:\n%s", text)
	}
}

func TestJSON(t *testing.T) {
	s := sampleSet()
	s.Results = s.Results[1:] // no load with one reader
	s.Summarize()
	var got struct {
		Go      string
		CPU     string
		Cores   int
		Fence   string
		Results []struct {
			Type     string
			Shape    string
			NReaders int
			Updates  *int
			Median   float64   `json:"median_ns"`
			Minimum  float64   `json:"min_ns"`
			Ratio    *float64  `json:"ratio_to_load"`
			Runs     []float64 `json:"runs_ns"`
		}
	}
	if err := json.Unmarshal([]byte(printed(t, "json", s)), &got); err != nil {
		t.Fatal(err)
	}
	if got.Go != "go1.25" || got.CPU != "Model 7, 2 GHz" || got.Cores != 2 || got.Fence != "membarrier" || len(got.Results) != 3 {
		t.Errorf("%+v", got)
	}
	r := got.Results[2]
	if r.Type != "hazptr" || r.Shape != "read" || r.NReaders != 8 || r.Updates == nil || r.Median != 5 || r.Minimum != 2 || r.Ratio == nil || *r.Ratio != 2 ||
		!slices.Equal(r.Runs, []float64{8, 2, 6, 4}) {
		t.Errorf("%+v", r)
	}
	if got.Results[1].Ratio != nil {
		t.Errorf("a ratio of %v to a load that was not measured", *got.Results[1].Ratio)
	}
}

func TestBenchfmt(t *testing.T) {
	s := sampleSet()
	s.Results[3].Shape, s.Results[3].Length, s.Results[3].Updates, s.Results[3].Delay = "list", 64, 100, 7
	var results []string
	for line := range strings.Lines(printed(t, "benchfmt", s)) {
		if fields := strings.Fields(line); len(fields) == 0 {
			continue
		} else if strings.HasPrefix(line, "Benchmark") {
			if _, err := strconv.Atoi(fields[1]); err != nil || len(fields) != 4 || fields[3] != "ns/op" {
				t.Errorf("%q", line)
			}
			results = append(results, fields[0]+" "+fields[2])
		} else if key, _, ok := strings.Cut(line, ": "); !ok || key != strings.ToLower(key) {
			t.Errorf("%q is neither a result nor a configuration line", line)
		}
	}
	if len(results) != 16 || results[0] != "BenchmarkRefscale/type=load/shape=read/nreaders=1-2 4" ||
		results[15] != "BenchmarkRefscale/type=hazptr/shape=list/length=64/readdelay=7/updates=100/nreaders=8-2 4" {
		t.Errorf("%q", results)
	}
}

func TestNanoseconds(t *testing.T) {
	for ns, want := range map[float64]string{0.3: "0.300", 9.9876: "9.988", 10.123: "10.12", 123.45: "123.5", 12345.6: "12346"} {
		if got := nanoseconds(ns); got != want {
			t.Errorf("nanoseconds(%v) = %s, want %s", ns, got, want)
		}
	}
}
