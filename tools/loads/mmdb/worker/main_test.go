package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"hazptr/internal/command"
)

// TestMain lets the test binary be the child process of a way that crashes.
func TestMain(m *testing.M) {
	if os.Getenv(apartVariable) != "" {
		os.Exit(mmdb.Run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
	}
	folder, err := os.MkdirTemp("", "mmdb-test-")
	if err != nil {
		panic(err)
	}
	editionsFolder = folder
	status := m.Run()
	os.RemoveAll(folder)
	os.Exit(status)
}

// editionsFolder keeps the editions that most tests read.
var editionsFolder string

// cacheIn makes the user's cache folder a new one.
func cacheIn(t *testing.T) {
	t.Helper()
	folder := t.TempDir()
	for _, variable := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData", "home"} {
		t.Setenv(variable, folder)
	}
}

func runProgram(ctx context.Context, args ...string) (status int, stdout, stderr string) {
	var out, problems bytes.Buffer
	status = mmdb.Run(ctx, args, &out, &problems)
	return status, out.String(), problems.String()
}

func names() (all []string) {
	for _, w := range ways {
		all = append(all, w.Name)
	}
	return all
}

func TestTable(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	cacheIn(t)
	status, out, problems := runProgram(t.Context(), "-networks", "5000", "-duration", "400ms", "-rounds", "2", "-heap", "0")
	if status != 0 || problems != "" {
		t.Fatalf("status %d, stderr %q", status, problems)
	}
	for _, want := range append(names(), "generated, 5000 networks", "lookups per second", "p99.9", "mappings alive", "used after unmap", "none") {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

func TestJSON(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	cacheIn(t)
	status, out, problems := runProgram(t.Context(), "-networks", "5000", "-duration", "400ms", "-ways", "refcount,hazptr", "-format", "json", "-reloads", "200")
	if status != 0 || problems != "" {
		t.Fatalf("status %d, stderr %q", status, problems)
	}
	var r report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Results) != 2 || r.Results[0].Way != "hazptr" || r.Results[1].Way != "refcount" {
		t.Fatalf("results %+v", r.Results)
	}
	for _, result := range r.Results {
		if result.PerSecond.Median <= 0 || result.Times.Median <= 0 || result.Changes.Count < 10 || result.Most < 2 ||
			result.MostBytes < 2*r.Bytes || result.Ended.Worst <= 0 || result.ToHazptr == nil {
			t.Errorf("unlikely: %+v", result)
		}
	}
}

func TestOwnDatabase(t *testing.T) {
	if testing.Short() {
		t.Skip("TestShapes runs on one of its own, too")
	}
	own := ownDatabase(t)
	status, out, problems := runProgram(t.Context(), "-db", own, "-duration", "60ms", "-ways", "hazptr,gc", "-reloads", "500")
	if status != 0 || problems != "" {
		t.Fatalf("status %d, stderr %q", status, problems)
	}
	if !strings.Contains(out, own) {
		t.Errorf("no %q in\n%s", own, out)
	}
}

func TestUnusableDatabase(t *testing.T) {
	folder := t.TempDir()
	write := func(name string, content []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	whole, err := os.ReadFile(ownDatabase(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"missing":   filepath.Join(folder, "missing.mmdb"),
		"a folder":  folder,
		"empty":     write("empty.mmdb", nil),
		"text":      write("text.mmdb", []byte("not a database")),
		"truncated": write("truncated.mmdb", whole[:len(whole)/2]),
		"beheaded":  write("beheaded.mmdb", whole[len(whole)/2:]),
	} {
		status, out, problems := runProgram(t.Context(), "-db", path, "-duration", "100ms")
		if status != command.Usage || out != "" || !strings.HasPrefix(problems, "mmdb: ") || !strings.Contains(problems, "-db: ") || !strings.Contains(problems, filepath.Base(path)) {
			t.Errorf("%s: status %d, stdout %q, stderr %q", name, status, out, problems)
		}
	}
}

func TestInterrupt(t *testing.T) {
	cacheIn(t)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(200*time.Millisecond, cancel)
	began := time.Now()
	status, out, problems := runProgram(ctx, "-networks", "5000", "-duration", "1h")
	if status != command.Interrupted || out != "" || problems != "mmdb: interrupted\n" {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, problems)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestNoCache(t *testing.T) {
	cacheIn(t)
	// A file where the folder should be is in the way, root's too.
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, variable := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData", "home"} {
		t.Setenv(variable, file)
	}
	status, out, problems := runProgram(t.Context(), "-networks", "100", "-duration", "100ms")
	if status != command.Failure || out != "" || !strings.HasPrefix(problems, "mmdb: generating a database: ") {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, problems)
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestOutputFails(t *testing.T) {
	cacheIn(t)
	for _, format := range []string{"table", "json"} {
		if testing.Short() && format == "json" {
			continue
		}
		var problems bytes.Buffer
		status := mmdb.Run(t.Context(), []string{"-networks", "1000", "-duration", "50ms", "-ways", "rwmutex", "-format", format}, brokenPipe{}, &problems)
		if status != command.Failure || !strings.Contains(problems.String(), "broken pipe") {
			t.Errorf("%s: status %d, stderr %q", format, status, problems.String())
		}
	}
}

func TestBadFlags(t *testing.T) {
	for _, test := range []struct{ args, complaint string }{
		{"-readers 0", "-readers: 0 is not between 1 and 10000"},
		{"-readers -3", "-readers: -3 is not"},
		{"-reloads 0", "-reloads: 0 is not between 1 and 100000"},
		{"-reloads -1", "-reloads: -1 is not"},
		{"-rounds 0", "-rounds: 0 is not between 1 and 1000"},
		{"-networks 0", "-networks: 0 is not"},
		{"-networks 9000000", "-networks: 9000000 is not between 1 and 5000000"},
		{"-heap -1", "-heap: -1 is not between 0 and 1048576"},
		{"-duration 0s", "-duration: 0s is less than 1ms for each of the 4 rounds"},
		{"-duration -1s", "-duration: -1s is less"},
		{"-duration 6", "-duration: 6 has no unit: say 6s"},
		{"-duration 2ms", "-duration: 2ms is less than 1ms for each of the 4 rounds: raise it"},
		{"-format xml", `--format must be one of "table","json" but got "xml"`},
		{"-ways hazptr,folly", `-ways: unknown way "folly"; there are hazptr, hazptr-guard, live, mapped, rwmutex, refcount, gc, unsafe`},
		{"-ways ,", "unknown way"},
		{"-way hazptr", "-way"},
		{"file.mmdb", "file.mmdb"},
		{"-db=", "-db: the path is empty"},
		{"-db .", "-db: . is a folder"},
	} {
		status, out, problems := runProgram(t.Context(), strings.Fields(test.args)...)
		if status != command.Usage || out != "" || !strings.HasPrefix(problems, "mmdb: ") || !strings.Contains(problems, test.complaint) {
			t.Errorf("%s: status %d, stdout %q, stderr %q", test.args, status, out, problems)
		}
	}
}

func TestHelp(t *testing.T) {
	status, out, problems := runProgram(t.Context(), "-h")
	if status != 0 || problems != "" {
		t.Errorf("status %d, stderr %q", status, problems)
	}
	for _, want := range append(names(), "Examples:", "-reloads=100", "-duration=6s", "-db=FILE", "timed") {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	for line := range strings.Lines(out) {
		if utf8.RuneCountInString(line) > 81 {
			t.Errorf("more than 80 columns: %q", line)
		}
	}
}

func TestWaysAreChosenOnce(t *testing.T) {
	o, err := mmdb.Parse([]string{"-ways", "gc, hazptr,gc"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(o.Ways) != 2 || o.Ways[0].Name != "hazptr" || o.Ways[1].Name != "gc" {
		t.Errorf("chose %v", o.Ways)
	}
}

// What -http and -short stand for is what the command line leaves out.
func TestDurations(t *testing.T) {
	for args, want := range map[string]struct {
		duration time.Duration
		rounds   int
	}{
		"":                           {6 * time.Second, 4},
		"-http":                      {10 * time.Second, 4},
		"-short":                     {time.Second, 2},
		"-short -http":               {time.Second, 2},
		"-http -duration 3s":         {3 * time.Second, 4},
		"-short -duration 3s":        {3 * time.Second, 2},
		"--short --rounds=5 --http":  {time.Second, 5},
		"-duration=2s -http -short":  {2 * time.Second, 2},
		"-short=false -duration=70s": {70 * time.Second, 4},
	} {
		o, err := mmdb.Parse(strings.Fields(args), nil)
		if err != nil || o.Duration != want.duration || o.Rounds != want.rounds {
			t.Errorf("%s: %v in %d rounds, %v", args, o.Duration, o.Rounds, err)
		}
	}
}
