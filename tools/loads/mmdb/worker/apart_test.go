package main

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestUnsafeIsFound(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	if !canMap {
		t.Skip("nothing is unmapped here")
	}
	cacheIn(t)
	status, out, problems := runProgram(t.Context(), "-networks", "20000", "-duration", "5s", "-reloads", "500", "-ways", "unsafe", "-format", "json")
	if status != 0 {
		t.Fatalf("status %d, stderr %q", status, problems)
	}
	var r report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	ending := r.Endings[0]
	t.Log(ending)
	if ending.How == "survived" && len(ending.Findings) == 0 {
		t.Error("it was not noticed that databases were unmapped while they were read")
	}
}

func TestHowEnded(t *testing.T) {
	if how, err := howEnded(nil, ""); how != "survived" || err != nil {
		t.Errorf("%q, %v", how, err)
	}
	if _, err := howEnded(errors.New("no such program"), ""); err == nil {
		t.Error("a child that was never there has ended")
	}
}

// endings of real processes, so that their exit status is real too.
func TestHowCrashed(t *testing.T) {
	for problems, want := range map[string]string{
		"unexpected fault address 0x7f\nfatal error: fault\n[signal SIGSEGV: segmentation violation code=0x1]\n": "SIGSEGV",
		"Exception 0xc0000005 0x0 0x7f\nPC=0x1\n":                                   "Exception 0xc0000005",
		"panic: runtime error: index out of range [7] with length 3\n\ngoroutine 1": "panic: runtime error: index out of range [7] with length 3",
		"": "exit status 2",
	} {
		child := exec.Command(os.Args[0], "-readers", "0")
		child.Env = append(os.Environ(), apartVariable+"=1")
		how, err := howEnded(child.Run(), problems)
		if how != want || err != nil {
			t.Errorf("%q: %q, %v; want %q", problems, how, err, want)
		}
	}
}

func TestChildFails(t *testing.T) {
	cacheIn(t)
	if _, err := runApart(t.Context(), crashing, []string{"-readers", "0"}); err == nil || !strings.Contains(err.Error(), "-readers: 0 is not") {
		t.Errorf("error %v", err)
	}
}

func TestEnding(t *testing.T) {
	e := ending{Way: "unsafe", How: "SIGSEGV", After: 12 * time.Millisecond}
	if got, want := e.String(), "unsafe: SIGSEGV after 12.0 ms"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	e.Findings = []string{"wrong answer", "failed lookup"}
	if got, want := e.String(), "unsafe: SIGSEGV after 12.0 ms; before that: wrong answer, failed lookup"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
