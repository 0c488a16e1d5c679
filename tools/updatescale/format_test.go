package main

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hazptr/tools/internal/machine"
	"hazptr/tools/internal/report"
	"hazptr/tools/internal/way"
)

// sampleSet has three runs of four types: one with all figures, one that is
// blocked, one that ends nothing in time, and swap.
func sampleSet(t *testing.T) *set {
	c := &options{Writers: 1, Readers: 2, Objects: 1000, Bytes: 4096, Rate: 500, Runs: 3, Duration: 200 * time.Millisecond}
	s := &set{options: c, Machine: machine.Machine{Go: "go1.25", OS: "linux", Arch: "amd64", CPU: "Model 7, 2 GHz", Cores: 2, Fence: "membarrier"}}
	for _, name := range []string{"hazptr-retire", "rcu-synchronize", "gc", "swap"} {
		r := &result{typ: typeNamed(t, name)}
		for i := range 3 {
			found := new(run)
			found.set(updateCPU, []float64{50, 40, 90}[i])
			found.set(updateAllocs, 0.25)
			found.setTime(latencyP50, 31*time.Nanosecond)
			found.setTime(latencyP99, 4200*time.Nanosecond)
			request := 10.0
			if name == "hazptr-retire" {
				request = 17
			}
			found.set(requestP999, request)
			if name != "swap" {
				for _, p := range []pace{quiet, paced, busy} {
					ended, soon, least := 100.0, microseconds(12345*time.Microsecond), false
					over := age{12345 * time.Microsecond, true}
					if name == "gc" {
						ended, soon, least = 0, 100_000, true
						over = age{100 * time.Millisecond, false}
					}
					found.set(p.replaced(), 100)
					found.set(p.ended(), ended)
					for _, f := range []string{p.p50(), p.p99(), p.maximum()} {
						*found = append(*found, reading{f, soon, least})
					}
					found.setTime(p.length(), c.Duration)
					r.pool(p).add(&promptness{ages: []age{over}})
				}
				found.set(pendingMost, 1025)
				found.set(pendingBytes, 1025*4096)
				found.set(pendingLeft, 1)
			}
			switch name {
			case "hazptr-retire":
				found.set(waitingOne, []float64{0.3, 0.12, 0.2}[i])
				found.set(waitingBarrier, 0.25)
			case "rcu-synchronize":
				found.set(waitingUpdates, 1.5)
			}
			r.runs = append(r.runs, *found)
		}
		s.Results = append(s.Results, r)
	}
	s.Results[1].blocked = everyWriter
	s.compare()
	return s
}

func printed(t *testing.T, format string, s *set) string {
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
	text := printed(t, "table", sampleSet(t))
	for _, want := range []string{
		`(?m)^ type +CPU +min +p50 +p99 +allocs +quiet p50 +500/s p99 +busy p99 +most +bytes +left +p99\.9 *$`,
		`(?m)^ hazptr-retire +50 ns +40 ns +31 ns +4\.20 µs +0\.25 +12\.3 ms +12\.3 ms +12\.3 ms +1025 +4\.0 MiB +1 +1\.7× *$`,
		`(?m)^ rcu-synchronize .* 12\.3 ms +blocks +1\.0× *$`,
		`(?m)^ gc .* > 100 ms +> 100 ms +> 100 ms +1025 .*$`,
		`(?m)^ swap +50 ns +40 ns +31 ns +4\.20 µs +0\.25( +-){6} +1\.0× *$`,
		`(?m)^rcu-synchronize: a reader that stays blocks every writer$`,
		`(?m)^What waiting costs, % of a core; minima of 3 runs$`,
		`(?m)^ type +1 object +100 +10,000 +500 updates +Barrier *$`,
		`(?m)^ hazptr-retire +0\.12 +- +- +- +0\.25 *\n rcu-synchronize +- +- +- +1\.50 +- *\n$`,
		`(?m)^gc: 0 of 300 ended in phases of 0\.2 s \(quiet\), 0 of 300`,
		`Updates by 1, read by 2 all the time; medians of 3 runs`,
		`Model 7, 2 GHz`, `membarrier`, `go1\.25`, `cores: 2`,
	} {
		if !regexp.MustCompile(want).MatchString(text) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	if strings.Contains(text, "hazptr-retire: ") {
		t.Errorf("hazptr-retire is said to block or not to end:\n%s", text)
	}
}

func TestJSON(t *testing.T) {
	var got struct {
		Go      string
		Fence   string
		Rate    int
		Results []struct {
			Type    string
			Blocks  string `json:"stall_blocks"`
			Figures map[string]struct {
				Median, Min, Max, Spread float64
				AtLeast                  bool `json:"at_least"`
				Runs                     []float64
				Pooled                   float64
				PooledAtLeast            bool `json:"pooled_at_least"`
			}
		}
	}
	if err := json.Unmarshal([]byte(printed(t, "json", sampleSet(t))), &got); err != nil {
		t.Fatal(err)
	}
	if got.Go != "go1.25" || got.Fence != "membarrier" || got.Rate != 500 || len(got.Results) != 4 || got.Results[1].Blocks != "every writer" {
		t.Errorf("%+v", got)
	}
	if f := got.Results[0].Figures["update_cpu_ns"]; f.Median != 50 || f.Min != 40 || f.Max != 90 || f.Spread != 0.5 || !slices.Equal(f.Runs, []float64{50, 40, 90}) {
		t.Errorf("%+v", f)
	}
	if f := got.Results[0].Figures["request_p99.9_to_swap"]; f.Median != 1.7 {
		t.Errorf("%+v", f)
	}
	if f := got.Results[0].Figures["paced_p99_us"]; f.Pooled < 12300 || f.Pooled > 12400 || f.PooledAtLeast {
		t.Errorf("%+v", f)
	}
	if f := got.Results[0].Figures["update_cpu_ns"]; f.Pooled != 0 {
		t.Errorf("%+v", f)
	}
	if f := got.Results[2].Figures["paced_p99_us"]; !f.AtLeast || !f.PooledAtLeast {
		t.Errorf("%+v", f)
	}
	if f, ok := got.Results[3].Figures["paced_p99_us"]; ok {
		t.Errorf("swap: %+v", f)
	}
}

func TestBenchfmt(t *testing.T) {
	n := 0
	for line := range strings.Lines(printed(t, "benchfmt", sampleSet(t))) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		if !strings.HasPrefix(line, "Benchmark") {
			if key, _, ok := strings.Cut(line, ": "); !ok || key != strings.ToLower(key) {
				t.Errorf("%q is neither a result nor a configuration line", line)
			}
			continue
		}
		n++
		if len(fields)%2 != 0 || !strings.HasSuffix(fields[0], "-2") {
			t.Errorf("%q", line)
		}
		for i := 2; i < len(fields); i += 2 {
			if _, err := strconv.ParseFloat(fields[i], 64); err != nil {
				t.Errorf("%q: %v", line, err)
			}
		}
		if strings.Contains(line, "type=gc/") && slices.Contains(fields, quiet.p50()) {
			t.Errorf("a bound passes for a figure: %q", line)
		}
		if strings.Contains(line, "type=hazptr-retire/") && !slices.Contains(fields, quiet.p50()) {
			t.Errorf("a figure is missing: %q", line)
		}
	}
	if n != 12 {
		t.Errorf("%d results", n)
	}
}

func TestPicture(t *testing.T) {
	all, none := sampleSet(t), sampleSet(t)
	for _, r := range none.Results {
		r.runs, r.pools = nil, nil
	}
	one := sampleSet(t)
	one.Results = one.Results[:1]
	for name, s := range map[string]*set{"all": all, "no figures": none, "one type": one, "every type": everyType(t)} {
		path := filepath.Join(t.TempDir(), "picture")
		if err := picture(path, s); err != nil {
			t.Fatal(err)
		}
		svg, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		parts := xml.NewDecoder(strings.NewReader(string(svg)))
		for {
			if _, err := parts.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		for _, want := range []string{"<svg", "hazptr-retire", "membarrier", "Model 7", "500 a second, with every core busy"} {
			ofFigures := want == "hazptr-retire" || strings.HasPrefix(want, "500")
			if has := strings.Contains(string(svg), want); has == (ofFigures && name == "no figures") {
				t.Errorf("%s: %q in the picture: %v", name, want, has)
			}
		}
		if strings.Contains(string(svg), "NaN") || strings.Contains(string(svg), "Inf") {
			t.Errorf("%s: the picture has a coordinate that is no number", name)
		}
	}
}

// everyType is a set with all types, whose objects ended soon, late, or never.
func everyType(t *testing.T) *set {
	s := sampleSet(t)
	s.Results = nil
	for i, typ := range way.Updates() {
		r := &result{typ: typ}
		for _, p := range []pace{quiet, paced, busy} {
			for n := range 100 {
				r.pool(p).add(&promptness{ages: []age{{time.Duration(n*n) * time.Microsecond << (i % 5), n < 20*i}}})
			}
		}
		s.Results = append(s.Results, r)
	}
	return s
}

func TestEveryFigureHasItsName(t *testing.T) {
	set, err := newSeries(small(typeNamed(t, "hazptr-retire"), typeNamed(t, "swap"))).run(t.Context(), func() {})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range set.Results {
		seen := make(map[string]bool)
		for _, reading := range r.runs[0] {
			if f := reading.figure; f == "" || strings.ContainsAny(f, " \t,") || seen[f] {
				t.Errorf("figure %q", f)
			}
			seen[reading.figure] = true
		}
	}
	for _, typ := range way.Updates() {
		if strings.ContainsAny(typ.Name, " /=") {
			t.Errorf("type %q is no part of a benchmark's name", typ.Name)
		}
	}
}
