package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"hazptr/internal/command"
	"hazptr/internal/long"
	"hazptr/tools/internal/machine"
	"hazptr/tools/internal/sample"
	"hazptr/tools/internal/way"
)

func call(ctx context.Context, args ...string) (status int, stdout, stderr string) {
	var out, problems bytes.Buffer
	status = scaling.Run(ctx, args, &out, &problems)
	return status, out.String(), problems.String()
}

func TestBadFlags(t *testing.T) {
	folder := t.TempDir()
	page := filepath.Join(folder, "page.md")
	if err := os.WriteFile(page, []byte("no block\n```\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]string{
		"-procs 0":                           `-procs: "0" is not a number from 1 on`,
		"-procs 2,4097":                      "-procs: 4097 is not between 1 and 4096",
		"-limit 1s":                          "-limit: 1s is not between 10s and 24h",
		"-from " + folder:                    "is a folder",
		"-pack=":                             "-pack: the path is empty",
		"-page " + page:                      "has no block",
		"-page " + folder + "/none":          "no such file",
		"-svg /no/such/folder/x.svg":         "-svg: open",
		"-json=":                             "-json: the path is empty",
		"-format benchfmt":                   "--format must be one of",
		"-pack " + folder:                    "-pack: mkdir",
		"-from " + page:                      "was not written by scaling",
		"-pack " + folder + "/no/such/place": "-pack: mkdir",
	} {
		status, stdout, stderr := call(t.Context(), strings.Fields(args)...)
		if status == 0 || stdout != "" || !strings.Contains(stderr, want) || !strings.HasPrefix(stderr, "scaling: ") {
			t.Errorf("%s: status %d, stdout %q, stderr %q, want %q", args, status, stdout, stderr, want)
		}
	}
}

func TestHelp(t *testing.T) {
	status, stdout, stderr := call(t.Context(), "-h")
	if status != 0 || stderr != "" || !strings.Contains(stdout, "-pack") || strings.Contains(stdout, "-probe") {
		t.Errorf("status %d, stdout %q, stderr %q", status, stdout, stderr)
	}
	for line := range strings.Lines(stdout) {
		if line = strings.TrimSuffix(line, "\n"); utf8.RuneCountInString(line) > 80 || strings.HasSuffix(line, " ") {
			t.Errorf("%q is more than 80 columns wide, or ends in a space", line)
		}
	}
}

func TestDefaultProcs(t *testing.T) {
	for cores, want := range map[int]string{1: "2,64,256,1024", 2: "2,64,256,1024", 48: "2,4,8,16,32,48,64,256,1024", 64: "2,4,8,16,32,64,256,1024", 2000: "2,4,8,16,32,64,128,256,512,1024,2000", 5000: "2,4,8,16,32,64,128,256,512,1024,2048,4096"} {
		if got := defaultProcs(cores); got != want {
			t.Errorf("with %d cores: %s, want %s", cores, got, want)
		}
	}
}

// sampleSet has figures of all groups, for these numbers of Ps.
func sampleSet(procs ...int) *set {
	s := &set{Machine: machine.Machine{Go: "go1.25", OS: "linux", Arch: "amd64", CPU: "Model 7, 2 GHz", Cores: 2, Fence: "membarrier"}}
	for _, n := range procs {
		p := point{Procs: n}
		for i, typ := range way.Reads() {
			p.add(times(readsByOne, typ.Name, sample.Sample{3, 1.234}))
			p.add(times(readsByAll, typ.Name, sample.Sample{float64(i*i*n) + 0.25}))
		}
		for i, typ := range way.Updates() {
			p.add(times(updateCPU, typ.Name, sample.Sample{float64(100 + i*n)}))
			p.add(times(endedAfter, typ.Name, sample.Sample{1e6}))
			p.add(figure{Group: pending, Name: typ.Name, Median: 1001, Minimum: 7})
		}
		for i := range 9 {
			p.add(times(waits, fmt.Sprintf("what waits for number %d", i), sample.Sample{float64(500 + 100*i*n)}))
			p.add(times(claims, fmt.Sprintf("claim %d", i), sample.Sample{5}))
			p.add(figure{Group: memory, Name: fmt.Sprintf("the memory of number %d", i), Unit: "B", Median: float64(100 + n*i)})
		}
		s.Points = append(s.Points, p)
	}
	return s
}

// What is written as JSON is read again, and comes to the same table and
// picture.
func TestFrom(t *testing.T) {
	folder := t.TempDir()
	for _, s := range []*set{sampleSet(2, 64, 256, 1024), sampleSet(2, 4, 8, 16, 32, 48, 64, 128, 256, 512, 1024), sampleSet(64), {Points: []point{{Procs: 2}}, Skipped: []string{"refscale"}}} {
		from, svg, page := filepath.Join(folder, "scaling.json"), filepath.Join(folder, "scaling.svg"), filepath.Join(folder, "page.md")
		if err := writeFile(from, s.writeJSON); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(page, []byte("before\n\n```\nold\n```\nafter\n```\nanother\n```\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		status, stdout, stderr := call(t.Context(), "-from", from, "-svg", svg, "-page", page)
		if status != 0 || stderr != "" || stdout != table(s) {
			t.Errorf("status %d, stderr %q\n%s\nwant\n%s", status, stderr, stdout, table(s))
		}
		if text, err := os.ReadFile(page); err != nil || string(text) != "before\n\n```\n"+table(s)+"```\nafter\n```\nanother\n```\n" {
			t.Errorf("%v: the page is\n%s", err, text)
		}
		if text, err := os.ReadFile(svg); err != nil || !strings.Contains(string(text), "How cost grows") || strings.Contains(string(text), "NaN") {
			t.Errorf("%v: a picture of %d bytes", err, len(text))
		}
	}
}

func TestTable(t *testing.T) {
	s := sampleSet(2, 1024)
	s.Points[1].Figures = s.Points[1].Figures[1:]
	s.Skipped = []string{"updatescale, GOMAXPROCS 1024"}
	text := table(s)
	for _, want := range []string{" load ", "1.23 ns", " - ", " 1001 ", "1.00 ms", "500 ns", "100 B", "there was no time for updatescale, GOMAXPROCS 1024\n", "Model 7, 2 GHz, cores: 2", "GOMAXPROCS"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// Each figure that a process measures is there, and more than nothing.
func TestProbe(t *testing.T) {
	status, stdout, stderr := call(t.Context(), "-probe")
	var p point
	if err := json.Unmarshal([]byte(stdout), &p); err != nil || status != 0 {
		t.Fatalf("status %d, %v, stderr %s", status, err, stderr)
	}
	if p.Procs != runtime.GOMAXPROCS(0) || len(p.Figures) != 8+9+4 {
		t.Errorf("%d Ps, %d figures", p.Procs, len(p.Figures))
	}
	for _, f := range p.Figures {
		if f.Median <= 0 || f.Minimum <= 0 || f.Minimum > f.Median || f.Name == "" {
			t.Errorf("unlikely: %+v", f)
		}
	}
	if domain, _ := p.of(memory, "hazptr.Domain"); domain.Median < 500 || domain.Median > 1e6 {
		t.Errorf("unlikely: %+v", domain)
	}
}

func TestInterrupt(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds programs")
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(300*time.Millisecond, cancel)
	if status, out, problems := call(ctx); status != command.Interrupted || out != "" || problems != "scaling: interrupted\n" {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, problems)
	}
}

// The programs of the folder measure on their own.
func TestPack(t *testing.T) {
	long.Only(t, "it builds programs, and measures")
	folder := filepath.Join(t.TempDir(), "scaling")
	if status, out, problems := call(t.Context(), "-pack", folder); status != 0 || !strings.Contains(out, "are in "+folder) {
		t.Fatalf("status %d, stdout %q, stderr %q", status, out, problems)
	}
	cmd := command.Child(t.Context(), filepath.Join(folder, "scaling"), "-procs", "3", "-format", "json")
	cmd.Env, cmd.Dir = []string{"PATH="}, t.TempDir()
	out, err := cmd.Output()
	var s set
	if err != nil || json.Unmarshal(out, &s) != nil || len(s.Points) != 1 || len(s.Skipped) > 0 {
		t.Fatalf("%v: %s", err, out)
	}
	for _, group := range groups {
		if len(s.names(group)) == 0 {
			t.Errorf("no figure of %s", group)
		}
	}
}

// The page's table and its picture are of the figures that are kept beside it.
func TestPage(t *testing.T) {
	kept, err := readSet("../../docs/scaling.json")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../docs/scaling.md")
	if err != nil || !strings.Contains(string(page), ticks+table(kept)+ticks) {
		t.Errorf("%v: docs/scaling.md has another table than docs/scaling.json makes", err)
	}
	svg := filepath.Join(t.TempDir(), "scaling.svg")
	if err := picture(svg, kept); err != nil {
		t.Fatal(err)
	}
	drawn, err := os.ReadFile(svg)
	if err != nil {
		t.Fatal(err)
	}
	if shown, err := os.ReadFile("../../docs/scaling.svg"); err != nil || !bytes.Equal(shown, drawn) {
		t.Errorf("%v: docs/scaling.svg is another picture than docs/scaling.json makes", err)
	}
}
