package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"hazptr/internal/command"
	"hazptr/internal/long"
	"hazptr/tools/internal/chart"
	"hazptr/tools/internal/latency"
	"hazptr/tools/loads/internal/patch"
	"hazptr/tools/loads/internal/summary"
)

func runProgram(ctx context.Context, args ...string) (status int, stdout, stderr string) {
	var out, problems bytes.Buffer
	status = programs.Run(ctx, args, &out, &problems)
	return status, out.String(), problems.String()
}

func TestNames(t *testing.T) {
	for names, want := range map[string]string{
		"all":           "bbolt,etcd,kopia,badger,mmdb,mmdb -http,gate",
		"losses":        "fdtable,pebble,label",
		"gate mmdb":     "gate,mmdb,mmdb -http",
		"gate gate all": "gate,bbolt,etcd,kopia,badger,mmdb,mmdb -http",
		"label all":     "label,bbolt,etcd,kopia,badger,mmdb,mmdb -http,gate",
	} {
		chosen, err := loadsNamed(strings.Fields(names))
		var titles []string
		for _, l := range chosen {
			titles = append(titles, l.title())
		}
		if got := strings.Join(titles, ","); err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", names, got, err, want)
		}
	}
	// Each has a folder here, and each folder with a program is named.
	for _, l := range loads {
		if _, err := os.Stat(filepath.Join(l.name, "main.go")); err != nil {
			t.Error(err)
		}
	}
	programs, err := filepath.Glob("*/main.go")
	if err != nil || len(programs) != len(loads)-1 {
		t.Errorf("programs %v, %v", programs, err)
	}
}

func TestBadOptions(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]string{
		"":                       "which loads?",
		"nginx":                  `unknown load "nginx"; there are bbolt`,
		"-nonsense all":          "-nonsense",
		"-out " + file + " gate": "-out: ",
	} {
		status, out, problems := runProgram(t.Context(), strings.Fields(args)...)
		if status == 0 || out != "" || !strings.Contains(problems, want) {
			t.Errorf("%s: status %d, stdout %q, stderr %q", args, status, out, problems)
		}
	}
}

func TestHelp(t *testing.T) {
	status, out, problems := runProgram(t.Context(), "-h")
	if status != 0 || problems != "" || !strings.Contains(out, "--full") {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, problems)
	}
	for line := range strings.Lines(out) {
		if utf8.RuneCountInString(line) > 81 {
			t.Errorf("more than 80 columns: %q", line)
		}
	}
	// Each says what hurts, what changes, how long it takes, and what it
	// downloads.
	all, losses, _ := strings.Cut(out, "\nLosses, ")
	for _, l := range loads {
		if part := map[bool]string{false: all, true: losses}[l.loss]; !strings.Contains(part, "\n  "+l.name+" ") {
			t.Errorf("no %s in\n%s", l.name, part)
		}
		if len(l.args) == 0 && (l.hurts == "" || l.changes == "" || l.takes == "" || l.downloads == "") {
			t.Errorf("not all is said: %+v", l)
		}
	}
}

func TestFailureIsToldOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds a load")
	}
	library, err := patch.Library(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = load{name: "gate", args: []string{"-dir", filepath.Join(t.TempDir(), "missing")}}.run(t.Context(), library, false, func(int, int, string) {})
	if err == nil || !strings.HasPrefix(err.Error(), "gate -dir ") || !strings.Contains(err.Error(), ": exit status 1: gate: no folder to work in") {
		t.Errorf("error %v", err)
	}
}

// A file that is to be written is refused before anything is measured.
func TestFolderWithoutFile(t *testing.T) {
	out := t.TempDir()
	if err := os.Mkdir(filepath.Join(out, "mmdb-http.svg"), 0o700); err != nil {
		t.Fatal(err)
	}
	status, printed, problems := runProgram(t.Context(), "-out", out, "mmdb")
	if status != command.Failure || printed != "" || !strings.HasPrefix(problems, "loads: -out: ") || !strings.Contains(problems, "mmdb-http.svg is a folder") {
		t.Errorf("status %d, stdout %q, stderr %q", status, printed, problems)
	}
}

func TestRun(t *testing.T) {
	long.Only(t, "it measures a load")
	out := filepath.Join(t.TempDir(), "out")
	status, printed, problems := runProgram(t.Context(), "-out", out, "gate")
	if status != 0 {
		t.Fatalf("status %d, stderr %q", status, problems)
	}
	for _, want := range []string{"each I/O is counted", "none patched", "Tables, figures and pictures are in " + out, "the short form of: go run ./tools/loads/gate\n    nothing inside: "} {
		if !strings.Contains(printed, want) {
			t.Errorf("no %q in\n%s", want, printed)
		}
	}
	md, err := os.ReadFile(filepath.Join(out, "loads.md"))
	if err != nil || strings.Contains(string(md), "![") || !strings.Contains(string(md), "| gate |") {
		t.Errorf("%v:\n%s", err, md)
	}
	list, err := os.ReadFile(filepath.Join(out, "loads.json"))
	var all []summary.Summary
	if err != nil || json.Unmarshal(list, &all) != nil || len(all) != 1 || all[0].Load != "gate" {
		t.Errorf("%v: %s", err, list)
	}
}

func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(200*time.Millisecond, cancel)
	status, out, problems := runProgram(ctx, "-out", "", "gate")
	if status != command.Interrupted || out != "" || problems != "loads: interrupted\n" {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, problems)
	}
}

// A load that has a picture has it in the folder, and loads.md shows it.
func TestFiles(t *testing.T) {
	out := t.TempDir()
	growth := &chart.Growth{What: "on disk", Unit: "MB", Courses: []chart.Course{{Name: "as it is", Amounts: []chart.Amount{{At: 1, Value: 2}}}}}
	stall := &chart.Stall{Reads: "Views", Sides: []chart.Side{{Name: "original", Times: latency.NewTimeline(time.Now()), All: latency.NewHistogram()}}}
	all := []*summary.Summary{
		{Command: "go run ./tools/loads/grows -short", Growth: growth},
		{Command: "go run ./tools/loads/stalls -http", Stall: stall},
		{Command: "go run ./tools/loads/plain"},
	}
	if err := writeFiles(out, all); err != nil {
		t.Fatal(err)
	}
	md, err := os.ReadFile(filepath.Join(out, "loads.md"))
	if err != nil {
		t.Fatal(err)
	}
	for name, words := range map[string]string{"grows": ">on disk<", "stalls-http": ">original: 0 Views", "plain": ""} {
		svg, _ := os.ReadFile(filepath.Join(out, name+".svg"))
		link := fmt.Sprintf("![%s](%s.svg)", name, name)
		if has := words != ""; strings.Contains(string(md), link) != has || strings.Contains(string(svg), "<svg") != has || !strings.Contains(string(svg), words) {
			t.Errorf("%s: %d bytes of a picture, in\n%s", name, len(svg), md)
		}
	}
}

// Figures have the unit that suits them, and no exponent.
func TestValue(t *testing.T) {
	for _, c := range []struct {
		value float64
		unit  string
		want  string
	}{
		{1003, "ms", "1.00 s"}, {0.983, "ms", "983 µs"}, {12.34, "ms", "12.3 ms"}, {4.123, "ns", "4.12 ns"}, {1234, "ns", "1.23 µs"},
		{67.1, "MB", "67.1 MB"}, {1016.4, "MB", "1020 MB"}, {95928, "", "95928"}, {2.4e6, "", "2.40 M"},
	} {
		if got := value(c.value, c.unit); got != c.want {
			t.Errorf("%v %s: %s, want %s", c.value, c.unit, got, c.want)
		}
	}
}

// Each result of a load has a line of its own, under what was run.
func TestResults(t *testing.T) {
	all := []*summary.Summary{
		{Command: "go run ./tools/loads/bbolt -short", Verdict: "faster: 3 times\nlower: 2 times"},
		{Command: "go run ./tools/loads/gate", Verdict: "faster: 1 times", Others: 0.5},
	}
	var out strings.Builder
	if err := writeTable(&out, all); err != nil {
		t.Fatal(err)
	}
	if want := "\nthe short form of: go run ./tools/loads/bbolt\n    faster: 3 times\n    lower: 2 times\nthe long form: go run ./tools/loads/gate\n    faster: 1 times\n    Other programs used 50 % of the cores meanwhile.\n"; !strings.HasSuffix(out.String(), want) {
		t.Errorf("no %q in\n%s", want, out.String())
	}
	folder := t.TempDir()
	if err := writeFiles(folder, all); err != nil {
		t.Fatal(err)
	}
	md, err := os.ReadFile(filepath.Join(folder, "loads.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"\n    go run ./tools/loads/bbolt -short\n\n- faster: 3 times\n- lower: 2 times\n",
		"\n    go run ./tools/loads/gate\n\n- faster: 1 times\n- Other programs used 50 % of the cores meanwhile.\n",
	} {
		if !strings.Contains(string(md), want) {
			t.Errorf("no %q in\n%s", want, md)
		}
	}
}
